"""A weight that becomes 2, and when it does not."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.foundations import multiplier
from lm_core.foundations.multiplier import (
    doubles,
    factor,
    largest_rate,
    learn,
    loss_of,
    nudged_slope,
    random_weight,
    slope_of,
)

SIX = doubles(6)


def end(w: float, lr: float, eps: float | None = None, steps: int = 500) -> float:
    return list(islice(learn(w, SIX, lr=lr, eps=eps), steps + 1))[-1].w


def test_the_numbers_of_week_1() -> None:
    assert doubles(4) == [(0, 0), (1, 2), (2, 4), (3, 6)]
    w = random_weight(42)
    assert w == 3.745401188473625
    assert loss_of(w, SIX) == pytest.approx(27.92556532998047)
    nudged = {0.002: 27.98960, 0.001: 27.95757, -0.001: 27.89358, -0.002: 27.86160}
    for by, loss in nudged.items():
        assert loss_of(w + by, SIX) == pytest.approx(loss, abs=5e-6)
    assert slope_of(w, SIX) == pytest.approx(31.9990, abs=5e-5)
    assert nudged_slope(w, SIX, 1e-6) == pytest.approx(slope_of(w, SIX), rel=1e-6)


def test_a_nudge_ends_half_a_nudge_below() -> None:
    w = random_weight(42)
    assert end(w, 0.001, 0.001) == pytest.approx(1.99967, abs=5e-6)
    assert end(w, 0.01, 0.001) == pytest.approx(1.9995, abs=5e-6)
    assert end(w, 0.1, 0.001) == pytest.approx(1.9995, abs=5e-6)
    assert end(w, 0.01) == pytest.approx(2)


def test_the_rate_decides_and_not_every_one_leads_to_2() -> None:
    """The course says that it always does."""
    assert largest_rate(SIX) == pytest.approx(0.10909, abs=5e-6)
    assert end(4, 0.108) == pytest.approx(2, abs=1e-3)
    assert abs(end(4, 0.11) - 2) > 1e3
    path = list(islice(learn(4, SIX, lr=1.0), 500))
    assert len(path) < 20  # it has left
    assert path[-1].w < multiplier.FAR


def test_without_a_rate_one_example_oscillates_for_good() -> None:
    path = [step.w for step in islice(learn(5.0, [(1, 2)], lr=1.0), 5)]
    assert path == [5, -1, 5, -1, 5]
    assert factor(1.0, [(1, 2)]) == -1
    assert [s.w for s in islice(learn(5.0, doubles(2), lr=1.0), 3)] == [5, 2, 2]


@given(st.floats(-10, 10), st.floats(0.001, 0.2))
def test_each_step_multiplies_the_distance_by_one_number(w: float, lr: float) -> None:
    before, after = list(islice(learn(w, SIX, lr=lr), 2))
    assert after.w - 2 == pytest.approx(factor(lr, SIX) * (before.w - 2), abs=1e-9)
