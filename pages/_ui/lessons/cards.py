"""The ready lessons as cards: what for, how long, how far one is."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.lesson import guide
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.lessons.lesson import Lesson

OPEN = guide.OPEN


def cards() -> None:
    """Two in a row, in the order in which they are given."""
    from lm_core.lessons.ready import lesson, lessons

    entries = list(lessons)
    for first in range(0, len(entries), 2):
        for column, entry in zip(st.columns(2), entries[first : first + 2], strict=False):
            with column.container(border=True, height="stretch"):
                _card(entry.order, entry.idea, lesson(entry.name))


def _card(order: int, idea: str, lesson: "Lesson") -> None:
    st.markdown(f"## {order} {plain(lesson.title)}\n{plain(idea)}")
    finished = sum(is_done(lesson, n) for n in range(1, len(lesson.steps) + 1))
    words = f"{lesson.minutes} minutes, {len(lesson.steps)} steps"
    st.caption(f"{words}, {finished} of them done" if finished else words)
    label = "Open" if not begun(lesson) else "Go on" if finished < len(lesson.steps) else "Again"
    st.button(
        f"{label}: {plain(lesson.title)}",
        key=f"lessons-to-{lesson.name}",
        width="stretch",
        on_click=choose,
        args=(lesson.name,),
    )


def choose(name: str | None) -> None:
    """Open a lesson; None closes the one that is open."""
    st.session_state[OPEN] = name


def is_done(lesson: "Lesson", number: int) -> bool:
    """Whether every task of a step is."""
    return len(guide.done(lesson, number)) == len(lesson.step(number).tasks)


def begun(lesson: "Lesson") -> bool:
    """Whether anything of it was done."""
    return any(guide.done(lesson, n) for n in range(1, len(lesson.steps) + 1))
