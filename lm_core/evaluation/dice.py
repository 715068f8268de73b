"""Uncertainty by hand: a die of any probabilities, and the surprise of a few tokens that came.

    p_i = weight_i / sum of all weights     bits = -sum_i p_i log2 p_i     perplexity = 2^bits

So a die that is not fair is as hard to guess as a fair one with `perplexity` sides; that number
need not be whole. A model that guesses the next token throws such a die, one side a token.
Paper: Shannon 1948, "A Mathematical Theory of Communication".
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch

from lm_core.errors import BadSettings, BadText
from lm_core.evaluation.surprise import entropy, perplexity, to_bits

MOST_TOKENS = 40  # in a sequence by hand
_NUMBER = re.compile(r"\d{0,9}\.?\d{1,20}(e-\d{1,3})?|\d{1,9}\.?")


class Side(NamedTuple):
    """One side of a die."""

    probability: float
    bits: float  # its surprise, -log2 p; infinite where it never comes up
    part: float  # of the entropy, in bits: probability times surprise, 0 where it never comes up


@dataclass(frozen=True)
class Die:
    """What a die amounts to."""

    sides: tuple[Side, ...]
    nats: float
    bits: float
    perplexity: float  # sides of a fair die that is as hard to guess


class Heard(NamedTuple):
    """The surprise of tokens that came, given what had been expected of each."""

    nats: tuple[float, ...]  # -ln p of each token
    mean: float  # nats per token: the cross-entropy
    perplexity: float


def die(weights: Sequence[float]) -> Die:
    """A die whose sides come up in proportion to their weights.

    Raises:
        BadSettings: no weight above 0, or one below it or not finite.
    """
    if not all(math.isfinite(w) and w >= 0 for w in weights) or not any(weights):
        raise BadSettings("No side can come up: give at least one side a weight above 0.")
    total = sum(weights)
    shares = [weight / total for weight in weights]
    nats = abs(entropy(torch.tensor(shares, dtype=torch.float64)).item())  # never -0
    surprises = [_bits(p) for p in shares]
    sides = (
        Side(p, bits, p * bits if p else 0.0) for p, bits in zip(shares, surprises, strict=True)
    )
    return Die(tuple(sides), nats, to_bits(nats), perplexity(nats))


def heard(probabilities: Sequence[float]) -> Heard:
    """Cross-entropy and perplexity of tokens from the probability that each of them had.

    Raises:
        BadText: no token, or a probability that is none.
    """
    if not probabilities:
        raise BadText("No token came: give the probability that each of them had, as 0.8 0.6.")
    for p in probabilities:
        if not 0 <= p <= 1:
            raise BadText(f"{p:g} is no probability: give numbers from 0 to 1.")
    nats = tuple(-math.log(p) if p else math.inf for p in probabilities)
    nats = tuple(abs(one) for one in nats)  # never -0
    mean = sum(nats) / len(nats)
    return Heard(nats, mean, perplexity(mean))


def read_probabilities(text: str) -> list[float]:
    """Numbers from 0 to 1 as a person types them, blanks, commas or semicolons between them.

    Raises:
        BadText: a piece is no such number, or there are too many; it names the piece.
    """
    pieces = re.split(r"[\s,;]+", text.strip(" ,;\t\r\n"))
    pieces = [piece for piece in pieces if piece]
    if len(pieces) > MOST_TOKENS:
        raise BadText(f"{len(pieces)} tokens are too many to do by hand: give {MOST_TOKENS}.")
    for piece in pieces:
        if not _NUMBER.fullmatch(piece) or not 0 <= float(piece) <= 1:
            raise BadText(
                f"“{piece}” is no probability: give numbers from 0 to 1 with a point, as 0.8 0.6."
            )
    return [float(piece) for piece in pieces]


def _bits(p: float) -> float:
    return abs(math.log2(p)) if p else math.inf
