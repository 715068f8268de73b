"""What takes a while and is kept in the visitor's session, with a bar that shows how far it is."""

import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from lm_core.errors import LabError

if TYPE_CHECKING:
    from lm_core.corpora.corpus import Progress

T = TypeVar("T")
MOMENT, AGAIN = 0.3, 0.1  # seconds until progress is shown, and between two words of it


def made_once(
    slot: str, source: Hashable, make: Callable[["Progress"], T], doing: str = "Reading the text"
) -> T:
    """What `make` gives, or the error it raises: made once and kept in this visitor's session, for
    the page runs anew at every click, until it is asked for another `source`."""
    kept = st.session_state.get(slot)
    if kept is None or kept[0] != source:
        bar = _Bar(doing)
        try:
            kept = (source, make(bar.tell), None)
        except LabError as error:
            kept = (source, None, error)
        bar.clear()
        st.session_state[slot] = kept
    if kept[2] is not None:
        raise kept[2]
    return kept[1]


class _Bar:
    """Shows how far something is that takes more than a moment."""

    def __init__(self, doing: str) -> None:
        self._doing, self._place, self._next = doing, st.empty(), time.monotonic() + MOMENT

    def tell(self, so_far: int, total: int) -> None:
        from lm_core.charts.words import percent

        if time.monotonic() < self._next:
            return
        share = min(1.0, so_far / total)
        self._place.progress(share, text=f"{self._doing}: {percent(round(share, 2))}")
        self._next = time.monotonic() + AGAIN

    def clear(self) -> None:
        self._place.empty()
