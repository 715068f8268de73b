"""The course's questions: what is right is right in fact, where that can be tried."""

import pytest
import torch
from torch import nn

from lm_core.foundations.questions import QUESTIONS
from lm_core.pictures.boxes import Box, iou
from lm_core.pictures.questions import BOXES


@pytest.mark.parametrize("name", [*QUESTIONS, *BOXES])
def test_every_answer_is_among_the_options(name: str) -> None:
    question = (QUESTIONS | BOXES)[name]
    assert set(question.answer) <= set(range(len(question.options)))
    assert question.right(list(question.answer))
    assert not question.right([])
    if question.ordered:
        assert sorted(question.answer) == list(range(len(question.options)))
        assert not question.right(sorted(question.answer))


def test_of_the_four_imports_the_last_one_serves() -> None:
    served = []
    for line in QUESTIONS["import"].options:
        space: dict[str, object] = {}
        try:
            exec(line, space)
        except ImportError:
            continue
        served.append("my_inv" in space)
    assert served == [False, False, True]
    assert QUESTIONS["import"].said == "4"


def test_the_order_of_the_course_for_tuning() -> None:
    assert QUESTIONS["tuning"].said == "4, 3, 2, 1, 5"


def test_a_negative_number_through_relu_is_0() -> None:
    assert nn.ReLU()(torch.tensor(-2.0)) == 0


def test_where_boxes_do_not_touch_intersection_over_union_has_nothing_to_learn_from() -> None:
    still = Box(0, 0, 10, 10)
    assert {iou(still, Box(x, 0, x + 10, 10)) for x in (10, 11, 50, 500)} == {0.0}
    assert BOXES["metric"].answer == (0,)
