"""Landscapes to go down on: the height of each place and its gradient, of one weight or of two."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Point = np.ndarray


@dataclass(frozen=True)
class Surface:
    """A loss over weights, small enough to be drawn.

    Attributes:
        height: of places (..., D) -> (...).
        gradient: of one place, (D,) -> (D,).
        start: where the optimizers begin.
        ranges: of each weight, what is drawn.
        lows: the places where it is lowest around.
    """

    title: str
    equation: str
    height: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[Point], Point]
    start: tuple[float, ...]
    ranges: tuple[tuple[float, float], ...]
    lows: tuple[tuple[float, ...], ...]


def _valley(w: np.ndarray) -> np.ndarray:
    return 0.05 * w[..., 0] ** 2 + w[..., 1] ** 2


def _banana(w: np.ndarray) -> np.ndarray:
    x, y = w[..., 0], w[..., 1]
    return ((1 - x) ** 2 + 10 * (y - x**2) ** 2) / 10


def _banana_gradient(w: Point) -> Point:
    x, y = w
    return np.array([-2 * (1 - x) - 40 * x * (y - x**2), 20 * (y - x**2)]) / 10


def _saddle(w: np.ndarray) -> np.ndarray:
    x, y = w[..., 0], w[..., 1]
    return x**2 - y**2 + y**4 / 4 + 1


SURFACES: dict[str, Surface] = {
    "valley": Surface(
        "A long valley",
        r"L = 0.05\, w_1^2 + w_2^2",
        _valley,
        lambda w: np.array([0.1 * w[0], 2 * w[1]]),
        (-8.0, 1.8),
        ((-9.0, 9.0), (-2.5, 2.5)),
        ((0.0, 0.0),),
    ),
    "banana": Surface(
        "A bent valley (Rosenbrock's)",
        r"L = \left((1 - w_1)^2 + 10 (w_2 - w_1^2)^2\right) / 10",
        _banana,
        _banana_gradient,
        (-1.3, 1.8),
        ((-2.0, 2.0), (-1.0, 3.0)),
        ((1.0, 1.0),),
    ),
    "saddle": Surface(
        "A saddle",
        r"L = w_1^2 - w_2^2 + w_2^4 / 4 + 1",
        _saddle,
        lambda w: np.array([2 * w[0], -2 * w[1] + w[1] ** 3]),
        (-1.6, 0.01),
        ((-2.0, 2.0), (-2.2, 2.2)),
        ((0.0, -(2**0.5)), (0.0, 2**0.5)),
    ),
}

# The curve of the course's exercise on momentum, and where one begins there.
CURVE = Surface(
    "Two hollows",
    r"L = w^4 + w^3 - 5 w^2",
    lambda w: w[..., 0] ** 4 + w[..., 0] ** 3 - 5 * w[..., 0] ** 2,
    lambda w: 4 * w**3 + 3 * w**2 - 10 * w,
    (2.0,),
    ((-3.0, 2.3),),
    ((-2.0,), (1.25,)),
)


def grid(surface: Surface, points: int = 61) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of two weights: the values of each, (points,), and the heights, (points of w2, of w1)."""
    (a, b), (c, d) = surface.ranges
    x, y = np.linspace(a, b, points), np.linspace(c, d, points)
    return x, y, surface.height(np.stack(np.meshgrid(x, y), -1))
