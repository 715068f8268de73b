"""Heaps' law, counted along the text and recovered where it holds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.vocabulary_growth import vocabulary_growth


@given(ids=st.lists(st.integers(0, 9), max_size=400))
def test_the_curve_counts_the_different_ones_so_far(ids: list[int]) -> None:
    growth = vocabulary_growth(np.array(ids, dtype=np.int32))
    assert growth.types.tolist() == [len(set(ids[:n])) for n in growth.tokens]
    assert not ids or growth.tokens[-1] == len(ids)


@pytest.mark.parametrize("beta", [0.5, 0.8])
def test_the_law_is_recovered_from_a_text_that_follows_it(beta: float) -> None:
    N, K = 100_000, 1.0
    types = np.floor(K * np.arange(1, N + 1) ** beta).astype(int)
    new = np.diff(types, prepend=0) > 0  # a new type wherever the law has grown by one
    growth = vocabulary_growth(np.where(new, np.cumsum(new), 1))
    assert growth.beta == pytest.approx(beta, abs=0.02)
    assert abs(growth.K - K) < 0.15
    assert growth.at(growth.tokens) == pytest.approx(growth.types, rel=0.1)


def test_too_little_text_has_no_law() -> None:
    assert math.isnan(vocabulary_growth(np.zeros(1, dtype=int)).K)
    assert len(vocabulary_growth(np.zeros(0, dtype=int)).tokens) == 0
