import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from lm_core.evaluation.overlap import PRF
from lm_core.evaluation.rouge import longest_common, rouge_l, rouge_n
from lm_core.evaluation.words import plain_words

SAID = (
    "as we learn more about the frequency and size distribution of exoplanets, we are discovering "
    "that terrestrial planets are exceedingly common."
)
REAL = (
    "The more we learn about the frequency and size distribution of exoplanets, the more confident "
    "we are that they are exceedingly common."
)
WORDS = st.lists(st.sampled_from("abcd"), max_size=12)
SCORER = RougeScorer(["rouge1", "rouge2", "rougeL"])


def test_the_exoplanets() -> None:
    """The course's example, week 9."""
    said, real = plain_words(SAID), plain_words(REAL)
    assert rouge_n(said, real, 1).f1 == pytest.approx(0.7906976744186046, abs=1e-15)
    assert rouge_n(said, real, 2).f1 == pytest.approx(0.5365853658536585, abs=1e-15)
    assert rouge_l(said, real).f1 == pytest.approx(0.7441860465116279, abs=1e-15)
    assert rouge_l(said, real) == pytest.approx(PRF(16 / 21, 16 / 22, 32 / 43))


@given(said=WORDS, real=WORDS)
def test_scores_are_those_of_the_rouge_package(said: list[str], real: list[str]) -> None:
    expected = SCORER.score(" ".join(real), " ".join(said))
    for ours, name in (
        (rouge_n(said, real, 1), "rouge1"),
        (rouge_n(said, real, 2), "rouge2"),
        (rouge_l(said, real), "rougeL"),
    ):
        assert ours == pytest.approx(tuple(expected[name]), abs=1e-12), name


def longest_by_trying(one: list[str], other: list[str]) -> int:
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + longest_by_trying(one[1:], other[1:])
    return max(longest_by_trying(one[1:], other), longest_by_trying(one, other[1:]))


@given(one=st.text("abc", max_size=7), other=st.text("abc", max_size=7))
def test_the_longest_common_subsequence(one: str, other: str) -> None:
    assert longest_common(one, other) == longest_by_trying(list(one), list(other))


def test_order_matters_to_l_alone() -> None:
    said, real = list("cba"), list("abc")
    assert rouge_n(said, real, 1) == (1, 1, 1)
    assert rouge_n(said, real, 2) == (0, 0, 0)
    assert rouge_l(said, real) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_nothing_shares_nothing() -> None:
    assert rouge_n([], [], 1) == rouge_l([], ["a"]) == PRF(0, 0, 0)
