"""How many different tokens a text has met after its first n: Heaps' law, V(n) = K n^beta.

Source: Heaps 1978, "Information Retrieval"; Herdan 1960.
"""

from dataclasses import dataclass

import numpy as np

POINTS = 60  # at which the curve is drawn and fitted
FROM = 100  # tokens: the first few of any text are all new


@dataclass(frozen=True)
class Growth:
    """`types` different ones among the first `tokens`, both (P,) int64; the law fitted to them.
    `K` and `beta` are NaN where the text has fewer than two points."""

    tokens: np.ndarray
    types: np.ndarray
    K: float
    beta: float

    def at(self, tokens: np.ndarray | float) -> np.ndarray:
        """Types that the law gives for so many tokens."""
        return self.K * np.asarray(tokens, dtype=float) ** self.beta


def vocabulary_growth(ids: np.ndarray) -> Growth:
    """Counted along the text and fitted by least squares to the logarithms, at places spaced evenly
    in the logarithm, from the hundredth token on where there are more.

    Args:
        ids: (N,) a number for each token, the same for equal ones.
    """
    N = len(ids)
    first = np.sort(np.unique(ids, return_index=True)[1])  # where each type comes first
    start = min(FROM, max(1, N // 2))
    at = np.unique(np.geomspace(start, N, POINTS).round().astype(np.int64)) if N else first[:0]
    types = np.searchsorted(first, at)  # those that began before place `at`
    if len(at) < 2:
        return Growth(at, types, float("nan"), float("nan"))
    beta, intercept = np.polyfit(np.log(at), np.log(types), 1)
    return Growth(at, types, float(np.exp(intercept)), float(beta))
