"""Optimizers by hand, held to torch.optim step by step; surfaces, held to their own slopes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.foundations.descent import RULES, How, arrived, by_torch, descend
from lm_core.foundations.surfaces import CURVE, SURFACES, grid

EVERY = {**SURFACES, "curve": CURVE}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("surface", EVERY)
def test_every_step_is_that_of_torch(rule: str, surface: str) -> None:
    how = How(lr=0.02, momentum=0.9, weight_decay=0.1)
    ours, theirs = (run(EVERY[surface], rule, how, 40) for run in (descend, by_torch))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize("surface", EVERY)
@given(st.floats(-2, 2), st.floats(-2, 2))
def test_gradients_are_those_that_nudging_finds(surface: str, a: float, b: float) -> None:
    one = EVERY[surface]
    w = np.array([a, b][: len(one.start)])
    for i in range(len(w)):
        e = np.zeros(len(w))
        e[i] = 1e-5
        slope = (one.height(w + e) - one.height(w - e)) / 2e-5
        assert one.gradient(w)[i] == pytest.approx(float(slope), abs=1e-5, rel=1e-5)


@pytest.mark.parametrize("surface", EVERY)
def test_the_lows_are_low(surface: str) -> None:
    one = EVERY[surface]
    for low in one.lows:
        np.testing.assert_allclose(one.gradient(np.array(low)), 0, atol=1e-9)


def test_the_hollows_of_the_course() -> None:
    """f(1.25) is -3.418, f(-2) is -12; 20 steps from 2, its start counted among them."""
    heights = CURVE.height(np.array([[1.25], [-2.0]]))
    assert heights == pytest.approx([-3.418, -12.0], abs=5e-4)
    for lr, momentum, there, near in (
        *((0.01, 0.0, 1.26, 0.003), (0.05, 0.0, 1.25, 1e-3)),
        *((0.01, 0.92, -2.18, 0.35), (0.02, 0.9, -1.80, 0.45)),
    ):
        path = descend(CURVE, "momentum", How(lr=lr, momentum=momentum), 20)
        assert path[-1, 0] == pytest.approx(there, abs=near)


def test_weight_decay_by_hand() -> None:
    """w = 2, gradient 3, rate 0.1, decay 0.5: 2 - 0.1 (3 + 0.5 * 2) = 1.6."""
    w = RULES["SGD"](np.array([2.0]), np.array([3.0]), {}, How(lr=0.1, weight_decay=0.5))
    assert w == pytest.approx([1.6])


def test_a_path_that_is_lost_ends_in_gaps() -> None:
    path = descend(SURFACES["valley"], "SGD", How(lr=1.5), 100)
    assert np.isnan(path[-1]).all()
    assert np.isfinite(path[0]).all()
    assert arrived(SURFACES["valley"], path) is None


def test_who_arrives_and_stays_is_told_when() -> None:
    path = descend(SURFACES["saddle"], "RMSProp", How(lr=0.05), 100)
    after = arrived(SURFACES["saddle"], path)
    assert after is not None
    assert 0 < after < 30


def test_the_grid_is_what_is_drawn() -> None:
    x, y, heights = grid(SURFACES["valley"], 5)
    assert heights.shape == (5, 5)
    assert heights[0, 0] == pytest.approx(0.05 * x[0] ** 2 + y[0] ** 2)
