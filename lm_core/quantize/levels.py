"""NF4: sixteen levels for weights that are normally distributed, derived and not copied.

Trained weights lie about 0 like a bell, so equal steps waste levels where there are few weights.
NF4 puts the levels where each stands for about as many weights: at evenly spaced quantiles of
N(0, 1), divided by the largest. Eight above zero, seven below, and zero itself, which padding and
pruned weights need exactly. The outermost quantile would be infinite; it is put halfway between
those of 15 and of 16 levels, 1 - (1/30 + 1/32) / 2.

Paper: Dettmers et al. 2023, "QLoRA: Efficient Finetuning of Quantized LLMs", section 3.
"""

from functools import lru_cache
from statistics import NormalDist

import torch
from torch import Tensor

OUTERMOST = 1 - (1 / 30 + 1 / 32) / 2


def quantiles(count: int) -> list[float]:
    """`count` quantiles of N(0, 1), evenly spaced from OUTERMOST down to the middle, which is left
    out."""
    step = (OUTERMOST - 0.5) / count
    return [NormalDist().inv_cdf(OUTERMOST - k * step) for k in range(count)]


@lru_cache(maxsize=1)
def _levels() -> tuple[float, ...]:
    above, below = quantiles(8), quantiles(7)
    return tuple(level / above[0] for level in sorted([*above, 0.0, *(-q for q in below)]))


def nf4_levels() -> Tensor:
    """The sixteen levels in order, from -1 to 1: (16,) float32."""
    return torch.tensor(_levels())


def nearest(values: Tensor, levels: Tensor) -> Tensor:
    """For each of `values` the place of the nearest of `levels`, which are in order; int64."""
    return torch.bucketize(values, (levels[1:] + levels[:-1]) / 2)
