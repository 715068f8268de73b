"""Grid and random search: the losses are those of the optimizer by hand, coverage is counted."""

import numpy as np
import pytest

from lm_core.foundations.descent import How, descend
from lm_core.foundations.searching import (
    MOMENTA,
    POWERS,
    grid_points,
    landscape,
    losses,
    random_points,
    searched,
    wins,
)
from lm_core.foundations.surfaces import SURFACES


@pytest.mark.parametrize("place", SURFACES)
def test_each_trial_ends_where_the_optimizer_does(place: str) -> None:
    surface = SURFACES[place]
    points = random_points(6, 3)
    floor = surface.height(np.array(surface.lows)).min()
    for (power, momentum), found in zip(points, losses(surface, points, 40), strict=True):
        path = descend(surface, "momentum", How(10**power, momentum), 40)
        assert found == pytest.approx(float(surface.height(path[-1])) - floor, rel=1e-9)


def test_points_lie_in_the_ranges_of_the_course_and_a_seed_draws_the_same() -> None:
    """Rates from 0.0001 to 0.01, momenta from 0.85 to 0.99."""
    points = random_points(2000, 0)
    for k, (low, high) in enumerate((POWERS, MOMENTA)):
        assert low <= points[:, k].min() < points[:, k].max() < high
        assert np.median(points[:, k]) == pytest.approx((low + high) / 2, abs=0.05 * (high - low))
    assert (10.0 ** np.array(POWERS)).tolist() == pytest.approx([0.0001, 0.01])
    assert MOMENTA == (0.85, 0.99)
    assert np.array_equal(random_points(10, 4), random_points(10, 4))
    assert not np.array_equal(random_points(10, 4), random_points(10, 5))
    assert 10 ** grid_points(3)[:3, 0] == pytest.approx(10 ** np.array([-11 / 3, -3, -7 / 3]))


def test_random_points_try_as_many_values_of_each_setting_as_there_are_trials() -> None:
    grid, random = searched(SURFACES["valley"], 4, 60, 0)
    assert (grid.different, random.different) == ((4, 4), (16, 16))
    assert grid.gap == pytest.approx(1 / 4)
    assert grid.losses[grid.best] == grid.losses.min()
    x, y, heights = landscape(SURFACES["valley"], 60)
    corner = losses(SURFACES["valley"], np.array([[x[-1], y[0]]]), 60)
    assert heights[0, -1] == pytest.approx(corner[0])


def test_how_often_chance_wins_is_a_share_of_draws() -> None:
    surface, side = SURFACES["valley"], 3
    grid = losses(surface, grid_points(side), 50).min()
    lower = [losses(surface, random_points(9, seed), 50).min() < grid for seed in range(20)]
    assert wins(surface, side, 50, 20) == pytest.approx(np.mean(lower))
    lost = losses(surface, np.array([[1.0, 0.99]]), 100)
    assert np.isnan(lost).all()
