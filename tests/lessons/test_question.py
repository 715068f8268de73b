"""Questions: what may be asked and predicted, and how the two compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.lessons.question import Computed, Question
from lm_core.lessons.reading import BadLesson

NEXT = Question("What comes next?", "choice", ("a", "e", "i"), answer="e")
GUESS = Question("How surprised?", "number", answer=8.0, tolerance=0.25, unit="nats")
CURVE = Question("Draw it.", "curve", at=(10, 100), answer=(2.0, 1.0), tolerance=0.1, unit="nats")
OPEN = Question("Why?", "open", ("the training data", "it is broken"), when="before")


@pytest.mark.parametrize("question", [NEXT, GUESS, CURVE, OPEN])
def test_there_and_back(question: Question) -> None:
    assert Question.from_dict(question.to_dict()) == question


@pytest.mark.parametrize(
    ("question", "predicted", "right", "said"),
    [
        (NEXT, "e", True, "It came as you said."),
        (NEXT, "a", False, "It is: e"),
        (GUESS, 10.0, True, "10 nats was 25 % too high."),
        (GUESS, 6.0, True, "6 nats was 25 % too low."),
        (GUESS, 5.9, False, "5.9 nats was 26 % too low."),
        (GUESS, 80.0, False, "80 nats was 10 times too high."),
        (GUESS, 0.0, False, "0 nats was off by 8."),
        (GUESS, 8.0, True, "8 nats was exactly right."),
        (CURVE, (2.1, 1.05), True, "2 of 2 places are within 10 %."),
        (CURVE, (2.1, 2.0), False, "1 of 2 places are within 10 %."),
    ],
)
def test_the_self_check_is_one_line(
    question: Question, predicted: object, right: bool, said: str
) -> None:
    checked = question.check(question.prediction(predicted), question.answer)
    assert (checked.right, checked.said) == (right, said)


def test_where_nothing_is_right_it_is_noted() -> None:
    assert OPEN.check("it is broken", None).right is None
    assert not OPEN.has_answer


def test_a_question_asked_twice_is_one() -> None:
    after = Question("Why?", "open", ("the training data", "it is broken"), when="after")
    assert OPEN.id == after.id != NEXT.id


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"text": " "}, "needs words"),
        ({}, "needs words"),
        ({"text": "x" * 601}, "shorten it"),
        ({"text": "?", "options": ["a"]}, "two options"),
        ({"text": "?", "options": ["a", "a"]}, "must differ"),
        ({"text": "?", "options": ["a", "b"], "answer": "c"}, "one of the options"),
        ({"text": "?", "kind": "number", "options": ["a"]}, "no options"),
        ({"text": "?", "kind": "number", "at": [1, 2]}, "Only a curve"),
        ({"text": "?", "kind": "number", "answer": "3"}, "must be a number"),
        ({"text": "?", "kind": "number", "answer": 1, "computed": {"name": "x"}}, "not both"),
        ({"text": "?", "kind": "curve", "at": [2, 1]}, "beyond the one before"),
        ({"text": "?", "kind": "curve", "at": [1, 2], "answer": [1]}, "each of its 2 places"),
        ({"text": "?", "kind": "open", "answer": "because"}, "no right answer"),
        ({"text": "?", "kind": "open", "when": "during"}, "before, after"),
        ({"text": "?", "kind": "open", "computed": []}, "JSON object with a name"),
        ({"text": "?", "kind": "open", "more": 1}, "has no 'more'"),
    ],
)
def test_what_is_wrong_is_said(said: dict, sentence: str) -> None:
    with pytest.raises(BadLesson, match=sentence):
        Question.from_dict(said)


@given(st.sampled_from([NEXT, GUESS, CURVE, OPEN]), st.text() | st.floats() | st.lists(st.floats()))
def test_anything_is_a_prediction_or_a_sentence(question: Question, value: object) -> None:
    try:
        predicted = question.prediction(value)
    except BadLesson:
        return
    said = question.check(predicted, question.answer).said
    assert said
    assert "\n" not in said
    assert question.shown(predicted)


def test_what_computes_an_answer_goes_there_and_back() -> None:
    computed = Computed("next_token", (("model", "names-lstm"), ("prompt", "emm")))
    asked = Question("?", "choice", ("a", "b"), computed=computed)
    assert Question.from_dict(asked.to_dict()).computed == computed
