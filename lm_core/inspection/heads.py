"""What each attention head does on a text, read off its weights.

The figures are averages over the tokens that have a choice, which the first has not: it can only
look at itself.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

PREVIOUS, SELF, FIRST = 0.5, 0.5, 0.5  # a head that gives this much on average is named after it


@dataclass(frozen=True)
class HeadReading:
    """One head on one text. Shares are of 1; `entropy` in nats, `breadth` in tokens."""

    layer: int  # from 0
    head: int  # from 0
    previous: float  # given to the token just before
    itself: float
    first: float  # given to the first token, by tokens to which it is not the one just before
    entropy: float  # 0: all on one token; ln(t): alike over t tokens
    breadth: float  # exp(entropy): over how many tokens it spreads, if it did so evenly

    @property
    def kind(self) -> str:
        """ "previous token", "itself", "first token" or "mixed"."""
        if self.previous >= PREVIOUS:
            return "previous token"
        if self.itself >= SELF:
            return "itself"
        return "first token" if self.first >= FIRST else "mixed"


def read_heads(maps: Tensor) -> list[HeadReading]:
    """A reading of each head, layer by layer; nothing for a text of a single token.

    Args:
        maps: (L, H, T, T) from `attention_maps`.
    """
    L, H, T, _ = maps.shape
    if T < 2:
        return []
    maps = maps.double()
    rows = maps[:, :, 1:]  # (L, H, T - 1, T), the tokens that have a choice
    entropy = torch.special.entr(rows).sum(-1).mean(-1)  # (L, H)
    previous = maps.diagonal(offset=-1, dim1=-2, dim2=-1).mean(-1)
    itself = maps.diagonal(dim1=-2, dim2=-1)[..., 1:].mean(-1)
    first = maps[:, :, 2:, 0].mean(-1) if T > 2 else torch.zeros(L, H)
    return [
        HeadReading(
            layer,
            head,
            *(float(x[layer, head]) for x in (previous, itself, first, entropy, entropy.exp())),
        )
        for layer in range(L)
        for head in range(H)
    ]
