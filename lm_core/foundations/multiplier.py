"""One neuron with one weight learns to multiply by two: y = w x, the loss a parabola over w.

    loss(w) = mean (w x - 2 x)^2        slope(w) = mean 2 x (w x - 2 x) = 2 mean(x^2) (w - 2)
    w -= lr * slope                     w - 2 is multiplied by 1 - 2 lr mean(x^2) at each step

The last line says all about the learning rate: it ends at 2 only where that factor lies between -1
and 1, so not with every rate. The slope may be had without a rule, from two losses; then it ends
half a nudge below 2, where these two are equal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

Pairs = Sequence[tuple[float, float]]
TARGET = 2.0
FAR = 1e12  # a weight beyond it has left


@dataclass(frozen=True)
class Step:
    """Where the weight stands, its loss there, and the slope that was found there."""

    w: float
    loss: float
    slope: float


def doubles(count: int, first: int = 0) -> list[tuple[float, float]]:
    """So many examples (x, 2x), x from `first` on by ones."""
    return [(float(x), TARGET * x) for x in range(first, first + count)]


def random_weight(seed: int) -> float:
    """A guess in [0, 10), as numpy's older generator draws it."""
    return float(np.random.RandomState(seed).uniform(0, 10))


def loss_of(w: float, pairs: Pairs) -> float:
    """The mean squared error."""
    return sum((w * x - y) ** 2 for x, y in pairs) / len(pairs)


def slope_of(w: float, pairs: Pairs) -> float:
    """Its derivative: the gradient."""
    return sum(2 * x * (w * x - y) for x, y in pairs) / len(pairs)


def nudged_slope(w: float, pairs: Pairs, eps: float) -> float:
    """The slope from the loss here and a little to the right: (loss(w + eps) - loss(w)) / eps."""
    return (loss_of(w + eps, pairs) - loss_of(w, pairs)) / eps


def mean_square(pairs: Pairs) -> float:
    """mean(x^2): how steep the parabola is."""
    return sum(x * x for x, _ in pairs) / len(pairs)


def factor(lr: float, pairs: Pairs) -> float:
    """What the distance to the best weight is multiplied by at each step."""
    return 1 - 2 * lr * mean_square(pairs)


def largest_rate(pairs: Pairs) -> float:
    """Below it the weight comes to 2; at it it goes to and fro for good; above it it leaves."""
    return 1 / mean_square(pairs)


def learn(w: float, pairs: Pairs, *, lr: float, eps: float | None = None) -> Iterator[Step]:
    """Where it begins, and where it stands after each step; ends where the weight has left.

    Args:
        eps: find the slope by a nudge of this size; by its rule when None.
    """
    while abs(w) < FAR:
        slope = slope_of(w, pairs) if eps is None else nudged_slope(w, pairs, eps)
        yield Step(w, loss_of(w, pairs), slope)
        w -= lr * slope
