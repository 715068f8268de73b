"""What was said beside what should have been: the shares of what both hold.

    precision = common / said     recall = common / real     F1 = 2 P R / (P + R)

A share of nothing is 0, never an error: who said nothing has no precision to be proud of.
"""

from typing import NamedTuple


class PRF(NamedTuple):
    """Three shares from 0 to 1."""

    precision: float
    recall: float
    f1: float


def share(part: float, whole: float) -> float:
    """part / whole, and 0 where the whole is nothing."""
    return part / whole if whole else 0.0


def prf(common: int, said: int, real: int) -> PRF:
    """The shares of `common` in what was said and in what should have been."""
    precision, recall = share(common, said), share(common, real)
    return PRF(precision, recall, share(2 * precision * recall, precision + recall))
