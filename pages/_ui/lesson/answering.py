"""Where an answer goes: one function, and whoever wants to hear of it."""

from collections.abc import Callable
from dataclasses import dataclass

from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Prediction, Question


@dataclass(frozen=True)
class Answered:
    """What a pupil answered. It comes once with the prediction, and again with the reason."""

    lesson: LessonLink
    question: Question
    prediction: Prediction
    right: bool | None  # None where nothing is right, or the answer could not be computed
    distance: float | None = None  # how far off a number was, in its own unit
    why: str = ""


RECEIVERS: list[Callable[[Answered], None]] = []


def answered(answer: Answered) -> None:
    """Tell everyone who wants to hear of it; the class board, say."""
    for receive in RECEIVERS:
        receive(answer)
