"""A screen opened by its own address on a server that has just started.

Streamlit takes a folder named `pages` for its older way of making several pages and, until
`st.navigation` was called once in the process, runs such a file alone, without app.py. The first
visitor who comes by a bookmark would meet a screen that knows no visitor.
"""

from pathlib import Path

import streamlit as st

SCREENS = Path(__file__).parents[2]
ENTERED = "entered"  # in a session that came through app.py


def enter() -> None:
    """First line of a screen: start again through app.py where it was passed by."""
    if ENTERED not in st.session_state:
        # Home as in app.py: of itself the first of the folder would be what has no address
        pages = [st.Page(file, default=file.stem == "home") for file in SCREENS.glob("*.py")]
        st.navigation(pages, position="hidden")
        st.rerun()
