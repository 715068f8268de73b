"""What every screen has: its name in the window's title, and, beyond Streamlit's theme, one look
and what a keyboard and a screen reader need."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

LAB = "Language Model Lab"
STYLE, SCRIPT = (
    Path(__file__).with_name(f"everywhere.{kind}").read_text(encoding="utf-8")
    for kind in ("css", "js")
)


def begin(page: "StreamlitPage") -> None:
    """Before a screen draws: the page around it."""
    heading = page.title if page.url_path else LAB  # of the first screen: the lab's own name
    title = heading if heading == LAB else f"{heading} · {LAB}"
    st.set_page_config(page_title=title, page_icon="🔤", layout="wide")
    # A script runs where its words are new: when a page is loaded, and on another screen.
    st.html(
        f"<style>{STYLE}</style>"
        f"<script>{{const HEADING = {json.dumps(heading)};\n{SCRIPT}}}</script>",
        unsafe_allow_javascript=True,
    )
