"""The Fréchet distance is that of scipy's matrix root."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import linalg

from lm_core.errors import BadSettings
from lm_core.pictures.frechet import Normal, frechet, normal_of, outline, two_dimensions

numbers = st.floats(-3, 3)
normals = st.builds(
    two_dimensions, numbers, numbers, st.floats(0.1, 3), st.floats(0.1, 3), st.floats(-0.95, 0.95)
)


def by_scipy(one: Normal, other: Normal) -> float:
    root = np.real(linalg.sqrtm(one.covariance @ other.covariance))
    means = ((one.mean - other.mean) ** 2).sum()
    return means + np.trace(one.covariance + other.covariance - 2 * root)


@given(normals, normals)
def test_in_the_plane(one: Normal, other: Normal) -> None:
    found = frechet(one, other)
    assert found.squared == pytest.approx(by_scipy(one, other), abs=1e-6)
    assert found.squared == pytest.approx(frechet(other, one).squared, abs=1e-9)
    assert frechet(one, one).squared == pytest.approx(0, abs=1e-9)


def test_of_features_in_many_dimensions() -> None:
    rng = np.random.default_rng(0)
    one, other = (normal_of(rng.normal(k, 1 + k, (200, 12))) for k in (0, 0.5))
    assert frechet(one, other).squared == pytest.approx(by_scipy(one, other))


def test_with_fewer_pictures_than_dimensions() -> None:
    rng = np.random.default_rng(0)
    few = normal_of(rng.normal(size=(5, 12)))
    assert frechet(few, few).squared == pytest.approx(0, abs=1e-6)


def test_along_one_axis_it_is_the_difference_of_means_and_of_spreads() -> None:
    one, other = two_dimensions(0, 0, 1, 1, 0), two_dimensions(3, 0, 2, 1, 0)
    found = frechet(one, other)
    assert (found.means, found.shapes) == pytest.approx((9, 1))


def test_what_does_not_go_together_is_a_sentence() -> None:
    with pytest.raises(BadSettings, match="same number"):
        frechet(two_dimensions(0, 0, 1, 1, 0), normal_of(np.eye(3)))
    with pytest.raises(BadSettings, match="at least two"):
        normal_of(np.ones((1, 4)))
    with pytest.raises(BadSettings, match="finite"):
        Normal(np.array([np.nan]), np.ones((1, 1)))
    with pytest.raises(BadSettings, match="D × D"):
        Normal(np.ones(2), np.ones((3, 3)))


def test_an_outline_lies_two_spreads_away() -> None:
    points = outline(two_dimensions(1, 2, 0.5, 3, 0))
    assert points.max(0) == pytest.approx((2, 8), abs=1e-6)
