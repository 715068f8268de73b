"""What each attention head does on a text, read off its weights.

The figures are averages over the tokens that have a choice, which the first has not: it can only
look at itself. A head that looks for an earlier copy of its own token, or for what came after that
copy, is an induction head or the half of one (Olsson et al. 2022): text that came once is expected
to go on as it did.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

# A head that gives this much on average is named after it.
PREVIOUS, SELF, FIRST, AGAIN = 0.5, 0.5, 0.5, 0.5
ROWS = 2  # tokens with an earlier copy from which a head is judged by them


@dataclass(frozen=True)
class HeadReading:
    """One head on one text. Shares are of 1; `entropy` in nats, `breadth` in tokens."""

    layer: int  # from 0
    head: int  # from 0
    previous: float  # given to the token just before
    itself: float
    first: float  # given to the first token, by tokens to which it is not the one just before
    # By tokens that stand further back already, to those earlier copies and to the tokens after
    # them; the one just before is left out of both. NaN for a text with fewer than ROWS such.
    repeated: float
    after_repeat: float
    entropy: float  # 0: all on one token; ln(t): alike over t tokens
    breadth: float  # exp(entropy): over how many tokens it spreads, if it did so evenly

    @property
    def kind(self) -> str:
        """ "previous token", "after a copy", "a copy", "itself", "first token" or "mixed"."""
        if self.previous >= PREVIOUS:
            return "previous token"
        if self.after_repeat >= AGAIN:
            return "after a copy"
        if self.repeated >= AGAIN:
            return "a copy"
        if self.itself >= SELF:
            return "itself"
        return "first token" if self.first >= FIRST else "mixed"

    @property
    def visible(self) -> float:
        """How far it does what an eye sees at once: the largest of `previous` and the two for
        tokens that came before."""
        return max(x for x in (self.previous, self.repeated, self.after_repeat) if x == x)


def read_heads(maps: Tensor, ids: Tensor) -> list[HeadReading]:
    """A reading of each head, layer by layer; nothing for a text of a single token.

    Args:
        maps: (L, H, T, T) from `attention_maps`.
        ids: (T,) of the text.
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
    copies, after = _again(ids)
    repeated, after_repeat = _given(maps, copies), _given(maps, after)
    figures = (previous, itself, first, repeated, after_repeat, entropy, entropy.exp())
    return [
        HeadReading(layer, head, *(float(x[layer, head]) for x in figures))
        for layer in range(L)
        for head in range(H)
    ]


def _again(ids: Tensor) -> tuple[Tensor, Tensor]:
    """Where (T, T) an earlier copy of the row's token stands, and where one has just stood."""
    back = torch.ones(len(ids), len(ids), dtype=torch.bool).tril(-2)
    same = ids.cpu()[:, None] == ids.cpu()
    return same & back, same.tril(-1).roll(1, dims=1) & back


def _given(maps: Tensor, places: Tensor) -> Tensor:
    """What each head (L, H) gives to `places` (T, T), averaged over the rows that have any."""
    rows = places.any(-1)
    if rows.sum() < ROWS:
        return torch.full(maps.shape[:2], float("nan"))
    return (maps * places).sum(-1)[:, :, rows].mean(-1)
