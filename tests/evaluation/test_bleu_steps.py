import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, BadText
from lm_core.evaluation.bleu_steps import SMOOTHINGS, bleu_steps
from lm_core.evaluation.translation import bleu

# Few different words, so that runs of them are often found again; marks that 13a cuts off.
SENTENCE = st.lists(st.sampled_from(["a", "b", "A", "c.", "1,5", "&amp;"]), max_size=12).map(
    " ".join
)


@given(
    answer=SENTENCE,
    references=st.lists(SENTENCE, min_size=1, max_size=3),
    lower_case=st.booleans(),
    smoothing=st.sampled_from(SMOOTHINGS),
)
def test_the_steps_lead_to_what_sacrebleu_says(answer, references, lower_case, smoothing) -> None:
    steps = bleu_steps(answer, *references, lower_case=lower_case, smoothing=smoothing)
    columns = [[one] for one in references]
    theirs = bleu([answer], *columns, lower_case=lower_case, smoothing=smoothing)
    assert steps.score == pytest.approx(theirs.score, abs=1e-9)
    assert tuple(order.right for order in steps.orders) == theirs.matches
    assert tuple(order.of for order in steps.orders) == theirs.runs
    assert steps.brevity_penalty == pytest.approx(theirs.brevity_penalty)
    assert (len(steps.tokens), steps.reference_length) == (
        theirs.answer_length,
        theirs.reference_length,
    )
    if any(theirs.matches):
        shares = [100 * order.precision for order in steps.orders]
        assert shares == pytest.approx(theirs.precisions)
    for order in steps.orders:
        assert sum(run.said for run in order.runs) == order.of
        assert all(run.counts == min(run.said, run.held) for run in order.runs)


@given(text=st.text(max_size=40), other=st.text(max_size=40))
def test_any_text_of_a_person(text: str, other: str) -> None:
    assert bleu_steps(text, other).score == pytest.approx(bleu([text], [other]).score, abs=1e-9)


def test_a_run_counts_as_often_as_one_reference_holds_it() -> None:
    steps = bleu_steps("the " * 7, "The cat is on the mat.", "there is a cat", lower_case=True)
    (the,) = steps.orders[0].runs
    assert the == (("the",), 7, 2, 2)
    assert steps.orders[0].precision == 2 / 7
    cased = bleu_steps("the " * 7, "The cat is on the mat.")
    assert cased.orders[0].precision == 1 / 7


def test_words_out_of_order_have_no_run_of_four() -> None:
    steps = bleu_steps("years six thirty have I", "I am thirty six years old", smoothing="none")
    assert [(order.right, order.of) for order in steps.orders] == [(4, 5), (0, 4), (0, 3), (0, 2)]
    assert steps.score == 0
    smoothed = bleu_steps("years six thirty have I", "I am thirty six years old")
    assert [order.precision for order in smoothed.orders] == [4 / 5, 1 / 8, 1 / 12, 1 / 16]
    assert smoothed.score > 0


def test_too_short_an_answer_pays() -> None:
    steps = bleu_steps("a b c d", "a b c d e f")
    assert steps.mean == 1
    assert steps.brevity_penalty == pytest.approx(math.exp(1 - 6 / 4))
    assert bleu_steps("a b c d e", "a b c d", "a b c d e f").reference_length == 4


def test_a_reference_and_a_known_smoothing_are_needed() -> None:
    with pytest.raises(BadText, match="give a reference"):
        bleu_steps("a")
    with pytest.raises(BadSettings, match="exp, none"):
        bleu_steps("a", "a", smoothing="floor")
