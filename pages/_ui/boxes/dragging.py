"""Boxes that are moved by pointer or keyboard: a small component, as no chart of Streamlit's lets
go of what is dragged on it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.language import say

if TYPE_CHECKING:
    from lm_core.charts.boxes import Drawn
    from lm_core.pictures.boxes import Box

HINT = (
    "Drag a box, or its lower right corner. With the keyboard: Tab to a box, arrows move it, with "
    "Shift they move its right and lower side."
)
_CSS = """
svg {width: 100%; display: block; touch-action: none; border-radius: 6px;
     border: 1px solid #80808059; background: #8080800F}
g {cursor: move; outline: none}
g:focus-visible .side {stroke-width: 6}
.corner {cursor: nwse-resize}
text {font: 600 9px var(--st-font); fill: var(--st-text-color); pointer-events: none;
      unicode-bidi: plaintext;}
p {font: inherit; font-size: 0.8rem; margin: 0.2rem 0 0; color: var(--st-text-color); opacity: 0.8}
"""
_element = st.components.v2.component(
    "dragged_boxes",
    html='<svg role="group"></svg><p></p>',
    css=_CSS,
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def dragged(
    boxes: "Sequence[Drawn]",
    *,
    shared: "Box | None",
    width: int,
    height: int,
    key: str,
    label: str,
    on_move: Callable[[list[list[int]]], None],
) -> None:
    """Show boxes to be moved; their sides are whole pixels and stay inside.

    Args:
        shared: what they have in common, filled.
        on_move: called with the sides of all boxes when one was let go.
    """
    _element(
        key=key,
        data={
            "boxes": [[one.x1, one.y1, one.x2, one.y2] for one in boxes],
            "names": [say(one.name) for one in boxes],
            "colors": [one.color for one in boxes],
            "dashes": ["6 4" if one.dash == "dash" else "" for one in boxes],
            "shared": list(shared) if shared is not None else None,
            "width": width,
            "height": height,
            "label": label,
            "hint": HINT,
        },
        on_moved_change=lambda: _told(st.session_state[key].get("moved"), len(boxes), on_move),
    )


def _told(sent: object, many: int, on_move: Callable[[list[list[int]]], None]) -> None:
    """What a browser sent, if it is so many boxes of four whole numbers."""
    if not isinstance(sent, list) or len(sent) != many:
        return
    if all(isinstance(box, list) and len(box) == 4 for box in sent) and all(
        type(one) is int for box in sent for one in box
    ):
        on_move(sent)
