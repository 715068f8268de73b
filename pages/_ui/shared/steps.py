"""Measurements that take a while: a button, how far it is, a way to stop, what is there so far."""

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lm_core.errors import LabError
from pages._ui.shared import session
from pages._ui.shared.alone import alone

TICK, AT_ONCE = 0.2, 0.6  # seconds between two looks, and of work before the page is drawn again


@dataclass
class Going:
    """What is measured row by row; `of` tells which models and settings it is about."""

    of: Hashable
    work: Iterator[Any]
    total: int
    rows: list[Any] = field(default_factory=list)
    going: bool = True

    def advance(self) -> None:
        """At least one row more."""
        until = time.monotonic() + AT_ONCE
        while self.going and time.monotonic() < until:
            try:
                self.rows.append(next(self.work))
            except StopIteration:
                self.going = False
            except LabError:
                self.going = False
                raise

    @property
    def share(self) -> float:
        return min(1.0, len(self.rows) / self.total)


def stage(
    key: str,
    *,
    of: Hashable,
    label: str,
    begin: Callable[[], tuple[Iterator[Any], int]],
    show: Callable[[list[Any], bool], None],
) -> None:
    """The button that begins, and the rows.

    Args:
        begin: gives the work, and how many rows it will be.
        show: draws the rows; told whether these are all.
    """
    now = st.session_state.get(key)
    going = now is not None and now.of == of and now.going
    draw = alone(_stage, run_every=TICK if going else None)
    draw(key, of, label, begin, show, going)


def _stage(
    key: str,
    of: Hashable,
    label: str,
    begin: Callable[[], tuple[Iterator[Any], int]],
    show: Callable[[list[Any], bool], None],
    going: bool,
) -> None:
    now: Going | None = st.session_state.get(key)
    now = now if now is not None and now.of == of else None  # of other models
    with session.mending():
        if now is None or not now.going:
            again = "Measure again" if now else label
            if st.button(again, key=f"{key}-start", type="secondary" if now else "primary"):
                work, total = begin()
                st.session_state[key] = Going(of, work, total)
                st.rerun()  # now with a clock
        elif st.button("Stop", key=f"{key}-stop", type="primary"):
            now.going = False
        if now is not None and now.going:
            now.advance()
            st.progress(now.share, text=f"{len(now.rows)} of {now.total} measured")
    if now is not None and now.rows:
        show(now.rows, len(now.rows) >= now.total)
    if going and not (now and now.going):
        st.rerun()  # the clock stops with the whole page
