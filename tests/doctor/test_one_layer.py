"""One layer: the four numbers of the course, and the formula behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.doctor.one_layer import LayerSettings, one_layer, usual_scales
from lm_core.errors import BadSettings


@pytest.mark.parametrize(
    ("scale", "expected", "tolerance"),
    [("1", 3.19, 0.15), ("5", 15.69, 0.8), ("0.05", 0.16, 0.01), ("1/√n", 1.0, 0.05)],
)
def test_the_products_of_the_course(scale: str, expected: float, tolerance: float) -> None:
    """std of x W, x 1000 x 10 and W 10 x 200. Its generator was another."""
    found = one_layer(LayerSettings(scale=usual_scales(10)[scale]))
    assert found.y == pytest.approx(expected, abs=tolerance)
    assert found.y == pytest.approx(found.expected, rel=0.05)
    assert found.x == pytest.approx(1.0, abs=0.03)
    assert sum(found.before["counts"]) == 10_000
    assert sum(found.after["counts"]) == 200_000


@given(st.floats(0, 100), st.integers(1, 60), st.integers(1, 60))
def test_any_layer_has_figures(scale: float, n_in: int, n_out: int) -> None:
    settings = LayerSettings(scale=scale, n_in=n_in, n_out=n_out, rows=50)
    found = one_layer(settings)
    assert found == one_layer(settings)
    assert found.y >= 0
    assert sum(found.after["counts"]) == 50 * n_out


def test_too_many_numbers_are_refused_before_they_are_drawn() -> None:
    with pytest.raises(BadSettings, match="more than"):
        LayerSettings(rows=10_000, n_in=1000)
