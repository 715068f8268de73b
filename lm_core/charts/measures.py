"""A loss in the unit that is asked for: nats, perplexity, or bits per character.

    perplexity = e^nats        bits per character = nats / ln 2 * tokens / characters

Nats and perplexities are counted per token, so they compare runs of one tokenizer only; bits per
character are counted per piece of text, whatever it was cut into, and compare all of them.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

NATS, PERPLEXITY, BITS = "nats", "perplexity", "bits"
MEASURES = (NATS, PERPLEXITY, BITS)
LARGEST = 700.0  # e to more than this is no number


@dataclass(frozen=True)
class Measure:
    """What an axis shows. `factor` turns nats into the unit unless `exponential`."""

    unit: str
    factor: float = 1.0
    exponential: bool = False

    def of(self, nats: np.ndarray | float) -> np.ndarray:
        """The same losses in this unit; what is not finite stays so."""
        nats = np.asarray(nats, dtype=float)
        return np.exp(np.minimum(nats, LARGEST)) if self.exponential else nats * self.factor


def measure(name: str, *, per: str = "character", tokens_per_character: float = 1.0) -> Measure:
    """One of MEASURES.

    Args:
        per: what a token is, "character", "word" or "token".
        tokens_per_character: of the text that is scored; for bits.
    """
    if name == NATS:
        return Measure(f"nats per {per}")
    if name == PERPLEXITY:
        return Measure(f"perplexity per {per}", exponential=True)
    if name == BITS:
        return Measure("bits per character", tokens_per_character / math.log(2))
    raise ValueError(f"a measure is one of {', '.join(MEASURES)}, not {name!r}")


def shared(tokenizers: Sequence[Hashable]) -> tuple[str, ...]:
    """The measures that runs with these tokenizers may share an axis in: all of them where the
    tokenizers are the same, else bits per character alone."""
    return MEASURES if len(set(tokenizers)) < 2 else (BITS,)
