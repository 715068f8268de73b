"""What every screen has: its name in the window's title, and, beyond Streamlit's theme, one look
and what a keyboard and a screen reader need."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import language

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.navigation.page import StreamlitPage

LARGE = "large"  # in the address and in the session
LAB = "Language Model Lab"
STYLE, SCRIPT = (
    Path(__file__).with_name(f"everywhere.{kind}").read_text(encoding="utf-8")
    for kind in ("css", "js")
)
# 1.5 times the theme's, and all else is in rem; the arrow at the top leaves the middle free.
LARGER = (
    ":root {font-size: 22.5px !important} "
    "[data-testid=stMainBlockContainer] {padding-top: 1.6rem !important}"
)


def large() -> bool:
    """Whether the page is shown to a room: type 1.5 times as large, the picture first."""
    return st.session_state.get(LARGE, False)


def switch() -> bool:
    """The one switch for it, beside the names of the screens."""
    with st.sidebar:
        return st.toggle(
            "Large, for a projector",
            key=LARGE,
            bind="query-params",
            help="Larger type, the picture first, and no list of screens beside it: the arrow at "
            "the top left brings it back.",
        )


def tall(pixels: int) -> int:
    """The height of a box around a chart of so many pixels."""
    return pixels * 3 // 2 if large() else pixels


def picture_and_controls() -> "tuple[DeltaGenerator, DeltaGenerator]":
    """Two places one below the other: what is chosen above the picture, or below it where a room
    looks on."""
    first, second = st.container(), st.container()
    return (first, second) if large() else (second, first)


def begin(page: "StreamlitPage") -> None:
    """Before a screen draws: the page around it."""
    heading = page.title if page.url_path else LAB  # of the first screen: the lab's own name
    title = heading if heading == LAB else f"{heading} · {LAB}"
    sidebar = "collapsed" if switch() else "auto"
    st.set_page_config(
        page_title=title, page_icon="🔤", layout="wide", initial_sidebar_state=sidebar
    )
    code = language.code()
    # A script runs where its words are new: when a page is loaded, and on another screen.
    st.html(
        f"<style>{STYLE}{LARGER * large()}</style>"
        f"<script>{{const HEADING = {_json(language.say(heading))}, LANGUAGE = {_json(code)}, "
        f"OPTIONS = {_options(code)};\n{SCRIPT}}}</script>",
        unsafe_allow_javascript=True,
    )
    language.place()


@cache
def _options(code: str) -> str:
    return _json(language.options(code))


def _json(value: object) -> str:
    """For a script: one that holds what looks like a tag would be thrown away in the browser."""
    return json.dumps(value, allow_nan=False).replace("<", "\\u003c")
