"""Surprise and uncertainty: nats, bits, and the number of choices they amount to.

    surprise(x) = -ln p(x)     entropy(p) = -sum_x p(x) ln p(x)     perplexity = e^nats = 2^bits

A model's perplexity of 6 says: on average it is as unsure as somebody who throws a fair die. Means
are taken over surprises, before the exponential: the mean of two perplexities is no perplexity.
Paper: Shannon 1948, "A Mathematical Theory of Communication".
"""

import math

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.figures import perplexity

__all__ = ["cross_entropy", "entropy", "perplexity", "to_bits"]

SUM_WITHIN = 1e-4  # how far from 1 rounded probabilities may sum


def to_bits(nats: float) -> float:
    """A bit is ln 2 = 0.693 nats: one question that is answered by yes or no."""
    return nats / math.log(2)


def entropy(p: Tensor) -> Tensor:
    """Mean surprise, in nats, of what is drawn from p (..., V) by p itself: (...) float64.

    Raises:
        BadSettings: a row is no probabilities (negative, or its sum is not 1).
    """
    return torch.special.entr(_checked(p)).sum(-1)


def cross_entropy(real: Tensor, said: Tensor) -> Tensor:
    """Mean surprise, in nats, of what comes by `real` (..., V) to who expects `said` (..., V).

    Never below `entropy(real)`; infinite where something happens that was said to be impossible.

    Raises:
        BadSettings: a row is no probabilities (negative, or its sum is not 1).
    """
    return -torch.special.xlogy(_checked(real), _checked(said)).sum(-1)


def _checked(p: Tensor) -> Tensor:
    p = p.double()
    if not ((p >= 0).all() and ((p.sum(-1) - 1).abs() <= SUM_WITHIN).all()):
        raise BadSettings("These are no probabilities: give numbers of at least 0 that sum to 1.")
    return p
