"""A screen opened by its own address on a server that has just started.

Streamlit takes a folder named `pages` for its older way of making several pages and, until
`st.navigation` was called once in the process, runs such a file alone, without app.py.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def enter() -> None:
    """First line of a screen: start again through app.py where it was passed by."""
    if "visitor" not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()
