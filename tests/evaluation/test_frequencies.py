"""Throws of dice: the course's, and how their shares near the probabilities."""

import math

import pytest
import torch

from lm_core.evaluation.frequencies import looks, shares, spread, throw, throw_any


def test_the_throws_of_the_course():
    """003: seed 42, three numbers over their sum, a thousand draws by the same generator."""
    thrown = throw_any(3, 1000, seed=42)
    assert thrown.probabilities.tolist() == pytest.approx([0.4047, 0.4197, 0.1756], abs=5e-5)
    assert shares(thrown, [1000])[0].tolist() == pytest.approx([0.404, 0.425, 0.171])


def test_shares_are_counted_among_the_first_throws():
    thrown = throw(torch.tensor([0.2, 0.3, 0.5]), 50, seed=3)
    came = thrown.throws.tolist()
    for n, row in zip([1, 7, 50], shares(thrown, [1, 7, 50]).tolist(), strict=True):
        assert row == pytest.approx([came[:n].count(side) / n for side in range(3)])


def test_the_spread_is_that_of_many_experiments():
    p = torch.tensor([0.2, 0.8])
    found = torch.stack([shares(throw(p, 100, seed=s), [100])[0] for s in range(400)])
    assert found.std(0).tolist() == pytest.approx(spread(p, 100).tolist(), rel=0.15)
    assert float(spread(p, 100)[0]) == pytest.approx(math.sqrt(0.2 * 0.8 / 100))
    assert spread(p, 400).tolist() == pytest.approx((spread(p, 100) / 2).tolist())


def test_looks_are_even_by_factors_and_end_at_the_end():
    assert looks(1) == [1]
    assert looks(100)[:4] == [1, 2, 3, 4]
    assert looks(100)[-1] == 100
    assert looks(37) == sorted(set(looks(37)))
    assert len(looks(1_000_000)) < 80
