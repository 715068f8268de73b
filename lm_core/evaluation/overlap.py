"""What two texts share: n-grams counted as often as both hold them, and the shares of it.

    precision = common / said     recall = common / real     F = (1 + b^2) P R / (b^2 P + R)

`b` says how many times as important recall is; b = 1 gives F1, the harmonic mean. A share of
nothing is 0, never an error: who said nothing has no precision to be proud of.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple


class PRF(NamedTuple):
    """Three shares from 0 to 1."""

    precision: float
    recall: float
    f1: float


def ngrams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    """How often each run of n neighbours occurs; a string is a sequence of characters."""
    return Counter(zip(*(tokens[i:] for i in range(n)), strict=False))


def share(part: float, whole: float) -> float:
    """part / whole, and 0 where the whole is nothing."""
    return part / whole if whole else 0.0


def f_score(precision: float, recall: float, beta: float = 1.0) -> float:
    """F with recall `beta` times as important as precision."""
    weight = beta * beta
    return share((1 + weight) * precision * recall, weight * precision + recall)


def prf(common: int, said: int, real: int) -> PRF:
    """The shares of `common` in what was said and in what should have been."""
    precision, recall = share(common, said), share(common, real)
    return PRF(precision, recall, f_score(precision, recall))
