"""Cells that are painted: a grid of a small component, by pointer or by keyboard, since no widget
of Streamlit's is drawn on. What was painted comes back as rows of 0 and 1.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

Cells = list[list[int]]
_CSS = """
.drawing {outline-offset: 2px; touch-action: none; cursor: crosshair; line-height: 0}
.drawing:focus-visible {outline: 2px solid light-dark(#0072B2, #56B4E9)}
.drawing canvas {display: block; border-radius: 4px}
p {font: inherit; font-size: 0.8rem; margin: 0.2rem 0 0; color: var(--st-text-color); opacity: 0.8}
"""
_element = st.components.v2.component(
    "drawing",
    html='<div class="drawing" tabindex="0" role="slider"><canvas aria-hidden="true"></canvas>'
    "</div><p></p>",
    css=_CSS,
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def drawing(
    cells: Sequence[Sequence[int]],
    *,
    key: str,
    label: str,
    version: int,
    on_draw: Callable[[Cells], None],
    hint: str = "",
    background: str = "",
    marked: tuple[int, int] | None = None,
    cell: int = 34,
) -> None:
    """Show `cells` to be painted.

    Args:
        version: what the browser shows is its own until this is another number.
        on_draw: called with all cells when a stroke has ended, before the page is drawn.
        label: says to who cannot see it what is drawn; `hint` stands below.
        background: an image under the cells, as a data address.
        marked: row and column of a cell with a frame.
        cell: pixels of a cell at most; it shrinks with the room there is.
    """
    rows, columns = len(cells), len(cells[0])
    _element(
        key=key,
        data={
            "rows": rows,
            "columns": columns,
            "cells": "".join("1" if one else "0" for row in cells for one in row),
            "version": version,
            "label": label,
            "hint": hint,
            "background": background,
            "marked": list(marked) if marked else None,
            "cell": cell,
        },
        on_drawn_change=lambda: on_draw(_read(st.session_state[key]["drawn"], rows, columns)),
    )


def _read(text: object, rows: int, columns: int) -> Cells:
    """What the browser sent; what is no 1 is a 0."""
    signs = str(text)[: rows * columns].ljust(rows * columns, "0")
    return [
        [int(sign == "1") for sign in signs[columns * i : columns * (i + 1)]] for i in range(rows)
    ]
