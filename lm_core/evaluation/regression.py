"""How good are numbers that were said: how far off, and how much of their spread is told.

    MAE = mean |said - real|     RMSE = sqrt(mean (said - real)^2)
    R2 = 1 - sum (said - real)^2 / sum (real - mean)^2

MAE and RMSE have the unit of the numbers (years, say); RMSE is the larger the more uneven the
errors are. R2 is 1 where all is right, 0 for who always says the mean, and below 0 for worse.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lm_core.errors import BadText


@dataclass(frozen=True)
class Regression:
    """Errors in the unit of the numbers."""

    mean_absolute_error: float
    rmse: float
    r2: float | None  # None: the real numbers are all the same, so there is no spread to tell
    count: int


def regression(real: Sequence[float], predicted: Sequence[float]) -> Regression:
    """The figures of numbers said; not a number where one of them is none.

    Raises:
        BadText: no number, or not one said for each.
    """
    n = len(real)
    if not n or n != len(predicted):
        raise BadText(
            f"{len(predicted)} numbers cannot be compared with {n} real ones: give one or more, "
            "and one for each."
        )
    real, predicted = list(map(float, real)), list(map(float, predicted))
    errors = [b - a for a, b in zip(real, predicted, strict=True)]
    mean = sum(real) / n
    squares, spread = (sum(x * x for x in xs) for xs in (errors, [a - mean for a in real]))
    same = min(real) == max(real) or not spread  # a mean of equal numbers may be rounded
    return Regression(
        mean_absolute_error=sum(map(abs, errors)) / n,
        rmse=math.sqrt(squares / n),
        r2=None if same else 1 - squares / spread,
        count=n,
    )
