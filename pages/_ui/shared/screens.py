"""The screens as Streamlit's navigation takes them."""

from copy import copy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage


def page(file: str, **about: Any) -> "StreamlitPage":
    """`st.Page`, its file looked for once: of fifty at each run that takes milliseconds. Every run
    has copies of its own, as Streamlit notes in a page that it may run now."""
    return copy(_page(get_script_run_ctx().main_script_parent, file, **about))


@cache
def _page(of: Path, file: str, **about: Any) -> "StreamlitPage":
    return st.Page(file, **about)
