"""Slopes of lines, of curves, of chains."""

import math

import pytest

from lm_core.errors import BadText
from lm_core.foundations.slopes import CURVES, chain, line_through, quotient, quotient_errors


@pytest.mark.parametrize(
    ("p", "q", "slope", "direction", "steep"),
    [
        ((1, 2), (13, 8), 0.5, "up", False),
        ((4, 15), (3, 21), -6, "down", True),
        ((0, 0), (1, 1), 1, "up", False),
        ((0, 0), (1, -1), -1, "down", False),
        ((0, 2), (5, 2), 0, "level", False),
        ((2, 0), (2, 5), math.inf, "vertical", True),
    ],
)
def test_lines_of_the_course(p: tuple, q: tuple, slope: float, direction: str, steep: bool) -> None:
    for line in (line_through(p, q), line_through(q, p)):
        assert (line.slope, line.direction, line.steep) == (slope, direction, steep)


def test_one_point_is_no_line() -> None:
    with pytest.raises(BadText, match="move one of them"):
        line_through((1, 2), (1, 2))


def test_the_quotient_of_a_square_is_2x_and_eps() -> None:
    for eps in (1.0, 0.1, 0.001):
        assert quotient(CURVES["x²"].f, 3, eps) == pytest.approx(6 + eps, abs=1e-9)
    assert CURVES["x²"].slope(3) == 6


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("x", [-1.5, 0.0, 0.4, 2.0])
def test_each_rule_is_the_limit(name: str, x: float) -> None:
    curve = CURVES[name]
    centred = (curve.f(x + 1e-5) - curve.f(x - 1e-5)) / 2e-5
    assert curve.slope(x) == pytest.approx(centred, rel=1e-6, abs=1e-8)


def test_an_eps_that_is_too_small_is_worse_again() -> None:
    large, good, small = quotient_errors(CURVES["sin x"], 1.0, [1e-2, 1e-8, 1e-15])
    assert good < large
    assert good < small


def test_the_chain_of_a_sine() -> None:
    for x in (0.0, 0.3, 2.0):
        found = chain(CURVES["sin x"], 6, x)
        assert found.slope == pytest.approx(6 * math.cos(6 * x))
        assert found.slope == pytest.approx(CURVES["sin 6x"].slope(x))
        assert (found.y, found.inner) == (6 * x, 6)


def test_the_largest_slopes_of_sigmoid_and_tanh() -> None:
    places = [x / 10 for x in range(-100, 101)]
    assert max(map(CURVES["sigmoid"].slope, places)) == CURVES["sigmoid"].slope(0) == 0.25
    assert max(map(CURVES["tanh"].slope, places)) == CURVES["tanh"].slope(0) == 1
    ten = 0.25**10
    assert ten == pytest.approx(9.5e-7, abs=5e-9)
