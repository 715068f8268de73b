"""Cells that are painted: a grid of a small component, by pointer or by keyboard, since no widget
of Streamlit's is drawn on. Cells are marks, on or off, or greys; a text says them row by row, one
letter a cell.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

LEVELS = {"marks": "01", "greys": "0123456789abcdef"}  # of a cell: off and on, black to white
_CSS = """
.painting {outline-offset: 2px; touch-action: none; cursor: crosshair; line-height: 0}
.painting:focus-visible {outline: 2px solid light-dark(#0072B2, #56B4E9)}
.painting canvas {display: block; border-radius: 4px}
p {font: inherit; font-size: 0.87em; margin: 0.3rem 0 0; color: var(--st-text-color)}
"""
_element = st.components.v2.component(
    "painting",
    html='<div class="painting" tabindex="0" role="slider"><canvas aria-hidden="true"></canvas>'
    "</div><p></p>",
    css=_CSS,
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def painting(
    cells: str,
    columns: int,
    *,
    kind: str,
    key: str,
    label: str,
    version: int,
    on_paint: Callable[[str], None],
    hint: str = "",
    background: str = "",
    cell: int = 34,
) -> None:
    """Show `cells` to be painted, letters of LEVELS[kind].

    Args:
        version: what the browser shows is its own until this is another number.
        on_paint: called with all cells when a stroke has ended, before the page is drawn.
        label: says to who cannot see it what is painted; `hint` stands below.
        background: an image under marks, as a data address.
        cell: pixels of a cell at most; it shrinks with the room there is.
    """
    data = {"cells": cells, "columns": columns, "kind": kind, "version": version, "label": label}
    data |= {"hint": hint, "background": background, "cell": cell}

    def painted() -> None:
        if (given := read(st.session_state[key].get("painted"), len(cells), kind)) is not None:
            on_paint(given)

    _element(key=key, data=data, on_painted_change=painted)


def read(given: object, count: int, kind: str) -> str | None:
    """What a browser sent, or an address says; None where it is not so many cells of that kind."""
    fits = isinstance(given, str) and len(given) == count
    return given if fits and set(given) <= set(LEVELS[kind]) else None
