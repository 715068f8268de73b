"""One attention head small enough to be seen whole, from the tokens' vectors to what it adds.

    q = x W_q,   k = x W_k,   v = x W_v
    scores = q kᵀ,   scaled = scores / sqrt(D),   weights = softmax(scaled, masked)
    output = weights v,   added = output W_o,   x + added goes on

The weights and the output are those of `lm_core.models.attention.attend`, which the models run; a
test holds the whole equal to an `Attention` with these matrices. What comes before, the mean of the
past in three ways, is at the end of that file and is run here too.

Shapes: T tokens, C numbers of each, D of the head.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.models.attention import (
    attend,
    causal_mask,
    mean_by_loop,
    mean_by_matrix,
    mean_by_softmax,
)
from lm_core.models.positions import sinusoids

LARGEST = 10.0  # of a number that a person gives: beyond it every softmax is all or nothing


@dataclass(frozen=True, eq=False)
class HeadWeights:
    """The matrices of one head, each read from the left: x (T, C) @ q (C, D)."""

    q: Tensor  # (C, D)
    k: Tensor  # (C, D)
    v: Tensor  # (C, D)
    out: Tensor  # (D, C)


@dataclass(frozen=True, eq=False)
class HeadSteps:
    """Everything between the tokens and what the head adds to them."""

    x: Tensor  # (T, C) with their places, where they have any
    q: Tensor  # (T, D)
    k: Tensor  # (T, D)
    v: Tensor  # (T, D)
    scores: Tensor  # (T, T) q · k
    scaled: Tensor  # (T, T) over sqrt(D), where that is asked for
    masked: Tensor  # (T, T) minus infinity where nobody may look
    weights: Tensor  # (T, T) each row sums to 1
    output: Tensor  # (T, D)
    added: Tensor  # (T, C)
    after: Tensor  # (T, C) x + added


@dataclass(frozen=True, eq=False)
class ThreeMeans:
    """The mean of each token and all before it, in the course's three ways."""

    loop: Tensor  # (T, C)
    matrix: Tensor  # (T, C)
    softmax: Tensor  # (T, C)
    weights: Tensor  # (T, T) the share that each token has in the mean

    @property
    def difference(self) -> float:
        """The largest between any two of the three."""
        others = (self.matrix - self.loop, self.softmax - self.loop, self.softmax - self.matrix)
        return max(float(other.abs().max()) for other in others)


def three_means(x: Tensor) -> ThreeMeans:
    """By loop, by matrix, by softmax. x (T, C)."""
    x = x.float().unsqueeze(0)  # (1, T, C)
    ways = [way(x)[0] for way in (mean_by_loop, mean_by_matrix, mean_by_softmax)]
    return ThreeMeans(*ways, mean_by_softmax(torch.eye(x.size(1)).unsqueeze(0))[0])


def head_steps(
    x: Tensor,
    weights: HeadWeights,
    *,
    causal: bool = True,
    positions: bool = False,
    scaled: bool = True,
) -> HeadSteps:
    """Run one head and keep what it makes on the way.

    Args:
        x: (T, C) float.
        causal: nobody looks ahead.
        positions: add the sinusoids of 2017 to x first, so that a token knows its place.
        scaled: divide the scores by sqrt(D).
    """
    T, D = len(x), weights.q.size(1)
    if positions:
        x = x + sinusoids(T, x.size(1)).to(x.dtype)  # (T, C)
    q, k, v = x @ weights.q, x @ weights.k, x @ weights.v  # (T, D)
    scores = q @ k.T  # (T, T)
    scale = D**-0.5 if scaled else 1.0
    mask = causal_mask(T, T, x.device) if causal else None
    asked = q if scaled else q * D**0.5  # `attend` divides by it
    output, shares = attend(asked[None, None], k[None, None], v[None, None], mask)
    output, shares = output[0, 0], shares[0, 0]  # (T, D), (T, T)
    divided = scores * scale
    masked = divided if mask is None else divided.masked_fill(~mask, float("-inf"))
    added = output @ weights.out  # (T, C)
    return HeadSteps(x, q, k, v, scores, divided, masked, shares, output, added, x + added)


def moved_by_order(
    x: Tensor, weights: HeadWeights, order: Sequence[int], *, causal: bool, positions: bool
) -> Tensor:
    """How much the output of each token changes when the same tokens stand in another order.

    Args:
        order: places in x (T, C), in their new order.

    Returns:
        (T,) of the tokens as they stand in x, the largest difference in any of the D numbers.
    """
    how = {"causal": causal, "positions": positions}
    before = head_steps(x, weights, **how).output
    after = torch.empty_like(before)
    after[list(order)] = head_steps(x[list(order)], weights, **how).output  # each to its token
    return (after - before).abs().amax(dim=1)


def some_order(T: int, seed: int) -> list[int]:
    """The places 0 to T - 1 in an order that is not this one (of one place there is no other)."""
    order = torch.randperm(T, generator=torch.Generator().manual_seed(seed)).tolist()
    return order if order != list(range(T)) else [*order[1:], *order[:1]]


def some_words(words: Sequence[str], C: int, seed: int) -> Tensor:
    """(T, C) normal numbers of one decimal; a word that comes again has the same."""
    known = {word: place for place, word in enumerate(dict.fromkeys(words))}
    drawn = _drawn(len(known), C, seed)
    return drawn[[known[word] for word in words]]


def some_weights(C: int, D: int, seed: int) -> HeadWeights:
    """Numbers of one decimal and of about the size that training begins with, so that what comes
    out is as large as what went in; another matrix for each use."""
    q, k, v = (_drawn(C, D, seed + i, C**-0.5) for i in (1, 2, 3))
    return HeadWeights(q, k, v, _drawn(D, C, seed + 4, D**-0.5))


def _drawn(rows: int, columns: int, seed: int, std: float = 1.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(rows, columns, generator=generator).double() * std
    return drawn.mul(10).round().div(10)


def read_matrix(rows: Sequence[Sequence[object]], name: str) -> Tensor:
    """A table that a person wrote, as float64.

    Args:
        name: what it is called where it is written.

    Raises:
        BadSettings: a cell holds no number from -LARGEST to LARGEST, and which.
    """
    found = []
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            number = _number(cell)
            if number is None or not abs(number) <= LARGEST:
                wrong = "is empty or no number" if number is None else "is too large"
                raise BadSettings(
                    f"{name}, row {i + 1}, column {j + 1} {wrong}: "
                    f"give it a number from -{LARGEST:.0f} to {LARGEST:.0f}.",
                    name,
                )
            found.append(number)
    return torch.tensor(found, dtype=torch.float64).view(len(rows), -1)


def _number(cell: object) -> float | None:
    """None for what is none, "not a number" included."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return None
    try:
        number = float(cell)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number
