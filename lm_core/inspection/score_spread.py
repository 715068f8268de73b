"""Why scores are divided by sqrt(D): the spread of q · k, and what the softmax makes of it.

    q, k ~ N(0, 1):   var(q · k) = D,   var(q · k / sqrt(D)) = 1

Shapes: D numbers of a head, N sampled rows of scores, S tokens to look at in each.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.models.attention import attend

ROWS, SEEN = 2000, 8


@dataclass(frozen=True)
class Spread:
    """What was sampled for one size of head."""

    D: int
    raw: float  # variance of q · k
    scaled: float  # of q · k / sqrt(D)
    most_raw: float  # the largest of SEEN weights, on average
    most_scaled: float


def score_spread(D: int, *, seed: int, rows: int = ROWS, seen: int = SEEN) -> Spread:
    """Sample queries and keys of independent numbers of variance 1.

    Args:
        rows: N queries, each with keys of its own.
        seen: S keys of each.
    """
    generator = torch.Generator().manual_seed(seed)
    q = torch.randn(rows, 1, 1, D, generator=generator)  # (N, 1, 1, D)
    k = torch.randn(rows, 1, seen, D, generator=generator)  # (N, 1, S, D)
    scores = q @ k.transpose(-2, -1)  # (N, 1, 1, S)
    scaled = attend(q, k, k)[1]  # (N, 1, 1, S)
    raw = attend(q * D**0.5, k, k)[1]  # `attend` divides by it
    return Spread(
        D=D,
        raw=float(scores.var()),
        scaled=float((scores * D**-0.5).var()),
        most_raw=float(raw.amax(-1).mean()),
        most_scaled=float(scaled.amax(-1).mean()),
    )


def sharpened(scores: Tensor, times: float) -> Tensor:
    """The softmax of scores (S,) that are first multiplied."""
    return (scores * times).softmax(dim=-1)
