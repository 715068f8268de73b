"""Where an answer goes: one function, and whoever wants to hear of it: the class board."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from lm_core.errors import LabError
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Prediction, Question
from pages._ui.shared import class_address, class_board
from pages._ui.shared.plain import plain


@dataclass(frozen=True)
class Answered:
    """What a pupil answered. It comes once with the prediction, and again with the reason."""

    lesson: LessonLink
    question: Question
    prediction: Prediction
    right: bool | None  # None where nothing is right, or the answer could not be computed
    distance: float | None = None  # how far off a number was, in its own unit
    why: str = ""


def awaited() -> bool:
    """Whether anybody waits for answers: outside a class nobody reads a board."""
    return class_address.for_class()


def to_the_board(answer: Answered) -> None:
    """On the board of the class, under the lesson's name, without who gave it."""
    if not awaited():
        return
    asked = answer.question
    try:
        class_board.answer(
            answer.lesson.name,
            asked.id,
            answer.prediction,
            moment=asked.when,
            right=answer.right,
            distance=answer.distance,
            why=answer.why,
            asked=asked.text,
            options=asked.options,
        )
    except LabError as error:
        st.toast(plain(f"Your answer is not on the class board. {error}"), duration="long")


RECEIVERS: list[Callable[[Answered], None]] = [to_the_board]


def answered(answer: Answered) -> None:
    """Tell everyone who wants to hear of it."""
    for receive in RECEIVERS:
        receive(answer)
