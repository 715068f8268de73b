"""A lesson as data: minutes add up, places are given, ranges are ranges."""

import pytest

from lm_core.lessons.doing import doing
from lm_core.lessons.lesson import Figure, Lesson, Step, Task, place_of
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed
from lm_core.lessons.reading import BadLesson

LINK = LessonLink("metrics")
TASK = Task("Move it", doing("moved", name="metrics-sides"))
UNIFORM = Computed("initial_loss", (("vocab_size", 27),))


def test_steps_are_given_their_places() -> None:
    made = Lesson("one", "One", "Aim", (Step("a", 20, LINK, (TASK,)), Step("b", 25, LINK, (TASK,))))
    assert [step.link.lesson for step in made.steps] == ["one/1", "one/2"]
    assert [step.link.name for step in made.steps] == ["one", "one"]
    assert place_of(made.steps[1].link) == ("one", 2)
    assert place_of(LINK) == ("", 0)
    assert made.step(2) is made.steps[1]
    assert made.step(0) is made.step(3) is None
    assert made.screens == ("metrics",)


def test_what_is_no_lesson() -> None:
    with pytest.raises(BadLesson, match="take 20 minutes, not 45"):
        Lesson("one", "One", "Aim", (Step("a", 20, LINK, (TASK,)),))
    with pytest.raises(BadLesson, match="ticks"):
        Step("a", 5, LINK, ())
    with pytest.raises(BadLesson, match="asks nothing"):
        Step("a", 5, LINK, (Task("Answer", doing("answered")),))
    for wrong in ({"low": 2.0}, {"of_run": "gap"}, {"computed": None}):
        given = {"what": "Loss", "low": 0.0, "high": 1.0, "computed": UNIFORM} | wrong
        with pytest.raises(BadLesson):
            Figure(**given)


def test_a_range() -> None:
    figure = Figure("Loss", 3.295, 3.297, "nats", UNIFORM)
    assert figure.said == "Loss: 3.295 to 3.297 nats"
    assert figure.holds(3.2958)
    assert not figure.holds(3.3)
    assert figure.question.computed is UNIFORM
