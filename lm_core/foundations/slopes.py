"""Slopes: of the line through two points, of a curve by a limit, of one function in another.

m = dy / dx          f'(x) = lim (f(x + eps) - f(x)) / eps          dz/dx = dz/dy · dy/dx
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lm_core.errors import BadText
from lm_core.foundations.autograd import sigmoid

Function = Callable[[float], float]


@dataclass(frozen=True)
class Line:
    """Through two points: how far it goes up, how far to the right, and the one over the other."""

    dy: float
    dx: float

    @property
    def slope(self) -> float:
        """Infinite where the line is vertical."""
        return self.dy / self.dx if self.dx else math.inf

    @property
    def direction(self) -> str:
        """Read from left to right: up, down, level; or vertical."""
        if not self.dx:
            return "vertical"
        return "up" if self.slope > 0 else "down" if self.slope < 0 else "level"

    @property
    def steep(self) -> bool:
        """Steeper than a line of 45 degrees."""
        return abs(self.slope) > 1


def line_through(p: tuple[float, float], q: tuple[float, float]) -> Line:
    """Raises BadText where the two are one point."""
    if p == q:
        raise BadText("P and Q are one point, and every line goes through it: move one of them.")
    return Line(q[1] - p[1], q[0] - p[0])


@dataclass(frozen=True)
class Curve:
    """A function with its derivative, by the rule."""

    f: Function
    slope: Function
    formula: str  # LaTeX
    rule: str  # LaTeX


CURVES: dict[str, Curve] = {
    "x²": Curve(lambda x: x * x, lambda x: 2 * x, "x^2", "2x"),
    "x³": Curve(lambda x: x**3, lambda x: 3 * x * x, "x^3", "3x^2"),
    "sin x": Curve(math.sin, math.cos, r"\sin x", r"\cos x"),
    "sin 6x": Curve(
        lambda x: math.sin(6 * x), lambda x: 6 * math.cos(6 * x), r"\sin 6x", r"6\cos 6x"
    ),
    "eˣ": Curve(math.exp, math.exp, "e^x", "e^x"),
    "sigmoid": Curve(
        sigmoid,
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        r"\sigma(x)",
        r"\sigma(x)\,(1 - \sigma(x))",
    ),
    "tanh": Curve(math.tanh, lambda x: 1 - math.tanh(x) ** 2, r"\tanh x", r"1 - \tanh^2 x"),
}


def quotient(f: Function, x: float, eps: float) -> float:
    """The slope of the line through the points at x and x + eps."""
    return (f(x + eps) - f(x)) / eps


def quotient_errors(curve: Curve, x: float, sizes: Sequence[float]) -> list[float]:
    """How far the quotient is from the derivative, for each eps: falling with eps at first, and
    rising where the two values have hardly a digit left in which they differ."""
    return [abs(quotient(curve.f, x, eps) - curve.slope(x)) for eps in sizes]


@dataclass(frozen=True)
class Chain:
    """z of y of x, with its slopes."""

    y: float
    z: float
    inner: float  # dy/dx
    outer: float  # dz/dy, at that y

    @property
    def slope(self) -> float:
        """dz/dx"""
        return self.outer * self.inner


def chain(outer: Curve, k: float, x: float) -> Chain:
    """outer(k x)."""
    y = k * x
    return Chain(y, outer.f(y), k, outer.slope(y))
