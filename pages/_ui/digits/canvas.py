"""A picture that is painted, cell by cell: a small component, by pointer or by keyboard, since no
widget of Streamlit's is drawn on. What was painted comes back as one letter a cell, 0 to f.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

LEVELS = "0123456789abcdef"  # of a cell, from black to white
CELL = 36  # pixels at most
HINT = "Paint with the pointer, or with arrow keys and the space bar. Begin on white to erase."
_CSS = """
.canvas {outline-offset: 2px; touch-action: none; cursor: crosshair; line-height: 0}
.canvas:focus-visible {outline: 2px solid light-dark(#0072B2, #56B4E9)}
.canvas canvas {display: block; border-radius: 4px}
p {font: inherit; font-size: 0.87em; margin: 0.3rem 0 0; color: var(--st-text-color)}
"""
_element = st.components.v2.component(
    "canvas",
    html='<div class="canvas" tabindex="0" role="slider"><canvas aria-hidden="true"></canvas></div>'
    "<p></p>",
    css=_CSS,
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def canvas(cells: str, side: int, *, key: str, label: str, on_paint: Callable[[str], None]) -> None:
    """Show `cells`, side * side letters of LEVELS, to be painted.

    Args:
        label: says to who cannot see it what is painted.
        on_paint: called with all cells when a stroke has ended, before the page is drawn.
    """
    data = {"side": side, "cells": cells, "cell": CELL, "label": label, "hint": HINT}

    def painted() -> None:
        if (given := read(st.session_state[key].get("painted"), side)) is not None:
            on_paint(given)

    _element(key=key, data=data, on_painted_change=painted)


def read(given: object, side: int) -> str | None:
    """What a browser sent, or an address says; None where it is no such picture."""
    fits = isinstance(given, str) and len(given) == side * side
    return given if fits and set(given) <= set(LEVELS) else None
