"""Log-odds with an informative prior, held to the formula written out word by word."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.log_odds import log_odds, typical

COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8)


@given(counts=COUNTS, prior=st.sampled_from([10.0, 1000.0]))
def test_each_word_has_the_score_of_the_paper(counts: list[tuple[int, int]], prior: float) -> None:
    part, rest = np.array(counts).T
    delta, z = log_odds(part, rest, prior=prior)
    n, m = sum(part), sum(rest)
    for k, (y, other) in enumerate(counts):
        if y + other == 0:
            assert delta[k] == z[k] == 0
            continue
        a = prior * (y + other) / (n + m)
        if min(n + prior - y - a, m + prior - other - a) <= 1e-6:
            assert math.isfinite(delta[k])  # one word alone
            continue
        expected = math.log((y + a) / (n + prior - y - a))
        expected -= math.log((other + a) / (m + prior - other - a))
        assert delta[k] == pytest.approx(expected)
        assert z[k] == pytest.approx(expected / math.sqrt(1 / (y + a) + 1 / (other + a)))


def test_a_rare_word_is_believed_less_than_a_frequent_one() -> None:
    part, rest = np.array([1, 50, 949]), np.array([0, 10, 990])
    table = typical(["once", "often", "the"], part, rest)
    assert table["word"].tolist() == ["often", "once", "the"]
    assert table["z"].is_monotonic_decreasing
    assert table.loc[0, ["in the part", "in the rest"]].tolist() == [50, 10]


def test_the_other_way_round_is_the_same_with_another_sign() -> None:
    part, rest = np.array([3, 7, 0]), np.array([5, 1, 2])
    there, back = log_odds(part, rest), log_odds(rest, part)
    np.testing.assert_allclose(there, [-side for side in back])
