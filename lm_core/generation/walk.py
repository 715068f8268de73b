"""A text written from a table of pairs by hand: each token drawn, or chosen, from the row of the
one before it.

A draw takes a number from 0 to 1. The probabilities of the row laid end to end are a line as long
as 1, and the token is the one whose stretch the number lies in: a likely one has a long stretch.
The numbers come from a seed, the first for the first place and so on, so that a step back and
another draw give the same token, and another seed gives others.

Shapes: V vocabulary. A row is (V,), and sums to 1.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

MOST = 40  # tokens of a walk


class Stretch(NamedTuple):
    """Where a number fell."""

    token: int
    number: float
    low: float  # its stretch of the line
    high: float


def numbers(seed: int) -> list[float]:
    """The numbers of a walk, one for each place, equally likely anywhere from 0 to 1."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(MOST, generator=generator, dtype=torch.float64).tolist()


def fallen(row: Tensor, number: float) -> Stretch:
    """The token whose stretch holds `number`; never one of probability 0."""
    ends = row.double().cumsum(0)
    # The sum may end a last digit below 1: the number then falls to the last token there is.
    last = int(row.nonzero()[-1])
    token = min(int(torch.searchsorted(ends, number, right=True)), last)
    return Stretch(token, number, float(ends[token] - row[token].double()), float(ends[token]))


def probability(table: Tensor, tokens: Sequence[int], begin: int) -> list[float]:
    """Of each of `tokens`, in a table (V, V) of what follows what; the first follows `begin`."""
    steps = zip([begin, *tokens], tokens, strict=False)
    return [float(table[one, next]) for one, next in steps]
