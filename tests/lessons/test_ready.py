"""The ready lessons: what they say one will see is what the lab computes."""

import pytest

from lm_core.lessons.answers import answer
from lm_core.lessons.asked_twice import FROM_THE_TEXT, OPTIONS, strange
from lm_core.lessons.lesson import Figure, Step
from lm_core.lessons.ready import lesson, lessons

STEPS = [step for name in lessons.names() for step in lesson(name).steps]
FIGURES = [figure for step in STEPS for figure in step.figures if figure.computed]
ASKED = [step for step in STEPS if step.link.question and step.link.question.computed]
EACH = {(f.computed, f.low, f.high): f for f in FIGURES}.values()  # once, where several say it


def holds(figure: Figure) -> None:
    value = answer(figure.question)
    assert figure.holds(value), (figure.said, value)


def test_all_figures_and_all_answers() -> None:
    for figure in EACH:
        holds(figure)
    for step in ASKED:
        answered(step)


def answered(step: Step) -> None:
    question = step.link.question
    value = answer(question)
    assert question.check(value, value).right


def test_six_lessons_of_45_minutes_ask_one_question_before_and_after() -> None:
    assert len(lessons.names()) == 6
    for name in lessons.names():
        found = lesson(name)
        assert found.name == name
        assert (found.minutes, found.title) == (45, lessons[name].title)
        first, last = found.steps[0].link.question, found.steps[-1].link.question
        assert (first.when, last.when) == ("before", "after")
        assert first.id == last.id == strange("").id
        assert all(step.notes for step in found.steps)
    assert FROM_THE_TEXT in OPTIONS


def test_questions_of_the_sources_have_their_answers() -> None:
    """003, weeks 9 and 10: dice, the samples of a block, gates, the mask."""
    said = {step.link.question.text: step.link.question for step in STEPS if step.link.question}
    die = next(one for text, one in said.items() if text.startswith("A die with four sides"))
    assert answer(die) == pytest.approx(2.2060, abs=5e-5)
    block = next(one for text, one in said.items() if text.startswith("A block of 9 tokens"))
    assert block.answer == 8
    assert said["Which is true?"].answer.startswith("LSTM cells keep two states")
