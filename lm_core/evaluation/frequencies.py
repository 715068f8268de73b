"""Thrown again and again: how the share of each side nears its probability.

    share(n) = throws of the side among the first n / n

Its spread around the probability p is sqrt(p (1 - p) / n): four times the throws for half of it.
Paper: Bernoulli 1713, "Ars Conjectandi" (the law of large numbers).

Shapes: N throws, K sides.
"""

from typing import NamedTuple

import torch
from torch import Tensor

MOST = 1_000_000  # throws


class Thrown(NamedTuple):
    """Sides that came, and what they were drawn from."""

    probabilities: Tensor  # (K,)
    throws: Tensor  # (N,) int64


def throw(probabilities: Tensor, throws: int, *, seed: int) -> Thrown:
    """`throws` draws from a die of these probabilities (K,), each with its own chance."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.multinomial(probabilities, throws, replacement=True, generator=generator)
    return Thrown(probabilities, drawn)


def throw_any(sides: int, throws: int, *, seed: int) -> Thrown:
    """A die whose probabilities are drawn too, `sides` numbers from 0 to 1 over their sum, and then
    thrown with what the same generator gives next."""
    generator = torch.Generator().manual_seed(seed)
    p = torch.rand(sides, generator=generator)
    p = p / p.sum()
    drawn = torch.multinomial(p, throws, replacement=True, generator=generator)
    return Thrown(p, drawn)


def shares(thrown: Thrown, after: list[int]) -> Tensor:
    """The share of each side among the first so many throws, (len(after), K) float64."""
    K = len(thrown.probabilities)
    counted = [thrown.throws[:n].bincount(minlength=K).double() / n for n in after]
    return torch.stack(counted)


def looks(throws: int, *, each: int = 12) -> list[int]:
    """After how many throws to look: evenly by factors, `each` times a factor of ten, and last of
    all at the end."""
    steps = {round(10 ** (i / each)) for i in range(each * len(str(throws)))}
    return [*sorted(n for n in steps if n < throws), throws]


def spread(probabilities: Tensor, throws: int) -> Tensor:
    """The standard error of the share of each side (K,) after so many throws."""
    p = probabilities.double()
    return (p * (1 - p) / throws).sqrt()
