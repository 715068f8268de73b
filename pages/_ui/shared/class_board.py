"""The server's one class board, and who a pupil is there: a number that this session alone has."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.once import once

if TYPE_CHECKING:
    from lm_core.lessons.board import Board

PUPILS = "board-pupils"  # in the session: lesson -> the pupil's number in it


@once
def board() -> "Board":
    """Raises StoreUnavailable: the lab's home folder cannot be found."""
    from lm_core.lessons.board import Board

    return Board()


def answer(lesson: str, question: str, prediction: Any, **more: Any) -> None:
    """Put an answer of this session's pupil on the board; `more` as `Board.answer` takes it.

    Raises:
        LabError: it cannot be kept.
    """
    board().answer(lesson, question, pupil(lesson), prediction, **more)


def pupil(lesson: str) -> int:
    """Who this is in a lesson, as long as the page is open."""
    from lm_core.lessons.board import new_pupil

    pupils: dict[str, int] = st.session_state.setdefault(PUPILS, {})
    return pupils.setdefault(lesson, new_pupil())


def forget_mine() -> None:
    """What this session answered is gone.

    Raises:
        StoreUnavailable: the board cannot be written.
    """
    if pupils := st.session_state.pop(PUPILS, None):
        board().forget(pupils.values())
