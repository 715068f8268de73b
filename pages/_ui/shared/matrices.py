"""A stack of matrices that the browser draws: all of them small, one of them large. Its numbers are
sent once and going from one matrix to another needs no word to the page, which is told when a
visitor has settled. Words of others are drawn as text, never read as markup.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import language

if TYPE_CHECKING:
    from lm_core.charts.stack import Stack

SCRIPTS = ("numbers", "drawn", "views")  # one module of the browser, cut by subject
HINT = "Point at a cell or use the arrow keys; press for its arithmetic."
NUMBERS = {"at": 2, "cell": 4}  # of an event
_CSS = """
.matrices {font: inherit; color: var(--st-text-color)}
.picture {position: relative; border-radius: 4px; touch-action: manipulation}
.picture canvas {position: absolute; width: 100%; height: 100%}
.picture:focus-visible {outline: 2px solid light-dark(#0072B2, #56B4E9); outline-offset: 2px}
p {margin: 0.4rem 0 0; min-height: 1.5em; overflow-wrap: anywhere; font-size: 0.93em}
p.says {min-height: 4.5em}
@media (max-width: 640px) {p.read {min-height: 3em} p.says {min-height: 7.5em}}
p[hidden] {display: none}
button {
  font: inherit; font-size: 0.87em; color: var(--st-text-color); background: none; border: 0;
  padding: 0.2rem 0; cursor: pointer; text-decoration: underline;
}
button:focus-visible {outline: 2px solid light-dark(#0072B2, #56B4E9); outline-offset: 2px}
"""
_element = st.components.v2.component(
    "matrices",
    html='<div class="matrices"></div>',
    css=_CSS,
    js="\n".join(
        Path(__file__).with_name("matrices_js").joinpath(f"{name}.js").read_text(encoding="utf-8")
        for name in SCRIPTS
    ),
)


def hold(stack: "Stack", *, key: str) -> None:
    """Send the numbers: once, as the same bytes are not sent anew when the page runs again."""
    _element(key=key, data=_said(stack).packed)


def all_small(
    stack: "Stack",
    at: tuple[int, int],
    *,
    key: str,
    label: str,
    height: int,
    on_move: Callable[[int, int], None],
) -> None:
    """All matrices to pick from.

    Args:
        at: which one is looked at, by its two places.
        label: what is picked, for who cannot see it.
        height: in pixels at the usual size of type.
        on_move: called with the place that was picked, before the page is drawn.
    """
    _view(stack, at, None, "all", key, height, label=label, on_at_change=told(key, "at", on_move))


def one_large(
    stack: "Stack",
    at: tuple[int, int],
    *,
    cell: tuple[int, int] | None,
    key: str,
    height: int,
    on_press: Callable[[int, int, int, int], None],
    row: bool = False,
) -> None:
    """The matrix that is looked at.

    Args:
        cell: which is framed.
        on_press: called with the place of the matrix and of the cell that was pressed.
        row: frame the row of the cell, too.
    """
    on = told(key, "cell", on_press)
    _view(stack, at, cell, "one", key, height, row=row, on_cell_change=on)


def _view(
    stack: "Stack",
    at: tuple[int, int],
    cell: tuple[int, int] | None,
    part: str,
    key: str,
    height: int,
    *,
    label: str = "",
    row: bool = False,
    **on: Callable[[], None],
) -> None:
    from lm_core.charts.gates import two_sided
    from lm_core.charts.theme import color_scale

    dark = st.context.theme.type == "dark"
    _element(
        key=key,
        data={
            "of": stack.name,
            "id": _said(stack).id,
            "part": part,
            "at": at,
            "cell": cell,
            "row": row,
            "label": label,
            "hint": HINT,
            "save": "Save as PNG",
            "height": height,
            "file": key,
            "one": [color for _, color in color_scale(dark)],
            "two": [color for _, color in two_sided(dark)],
        },
        **on,
    )


def _said(stack: "Stack") -> "Stack":
    """The stack with its words in the language of who reads it: they are drawn in the browser, from
    bytes that no message is put into a language in."""
    code = language.code()
    return stack if code == "en" else _in_words(stack.id, code, stack)


@st.cache_resource(max_entries=32, show_spinner=False)
def _in_words(id: str, code: str, _stack: "Stack") -> "Stack":
    from lm_core.charts.stack import in_words

    return in_words(_stack, language.say)


def told(key: str, event: str, on: Callable[..., None]) -> Callable[[], None]:
    """Calls `on` with what came from a browser: as many whole numbers as the event has, or nothing
    is done."""

    def call() -> None:
        value = st.session_state[key].get(event)
        if not isinstance(value, list) or len(value) != NUMBERS[event]:
            return
        if all(type(one) is int and one >= 0 for one in value):
            on(*value)

    return call


def shades_said(stack: "Stack") -> str:
    """A sentence for the caption of a picture that holds no numbers; "" for one that does."""
    if stack.exact:
        return ""
    return (
        " So large a picture has 255 shades, and a number pointed at is rounded to one: press the "
        "cell for the exact one."
    )
