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


@dataclass(frozen=True)
class Measure:
    """What an axis shows. `factor` turns nats into the unit unless `exponential`."""

    unit: str
    factor: float = 1.0
    exponential: bool = False

    def of(self, nats: np.ndarray | float) -> np.ndarray:
        """Losses in this unit; what is not finite stays so, and a perplexity that no
        float is large enough for is infinite."""
        nats = np.asarray(nats, dtype=float)
        with np.errstate(over="ignore"):
            return np.exp(nats) if self.exponential else nats * self.factor


def measure(name: str, *, per: str = "character", tokens_per_character: float = 1.0) -> Measure:
    """One of MEASURES.

    Args:
        per: what a token is, "character", "word" or "token".
        tokens_per_character: of the text that is scored, for bits; not a number where bits are
            withheld, and then no bits are either.
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
