"""What each attention head does on a text, read off its weights.

The figures are averages over the tokens that have a choice, which the first of a text read from
the left has not: it can only look at itself. A head that looks for an earlier copy of its own
token, or for what came after that copy, is an induction head or the half of one (Olsson et al.
2022): text that came once is expected to go on as it did.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

# A head that gives this much on average is named after it.
PREVIOUS, SELF, FIRST, AGAIN = 0.5, 0.5, 0.5, 0.5
DIFFUSE = 0.9  # of the entropy of an even look, from which on it is called diffuse
ROWS = 2  # tokens with an earlier copy from which a head is judged by them


@dataclass(frozen=True)
class HeadReading:
    """One head on one text. Shares are of 1; `entropy` in nats, `breadth` in tokens."""

    layer: int  # from 0
    head: int  # from 0
    previous: float  # given to the token just before
    following: float  # to the token just after; 0 where nobody looks ahead
    itself: float
    first: float  # given to the first token, by tokens to which it is not the one just before
    # By tokens that stand further back already, to those earlier copies and to the tokens after
    # them; the one just before is left out of both. NaN for a text with fewer than ROWS such.
    repeated: float
    after_repeat: float
    entropy: float  # 0: all on one token; ln(t): alike over t tokens
    breadth: float  # exp(entropy): over how many tokens it spreads, if it did so evenly
    evenness: float  # entropy as a share of that of looking at all tokens alike

    @property
    def kind(self) -> str:
        """ "previous token", "next token", "after a copy", "a copy", "itself", "first token",
        "diffuse" or "mixed": the first of them whose share is reached."""
        if self.previous >= PREVIOUS:
            return "previous token"
        if self.following >= PREVIOUS:
            return "next token"
        if self.after_repeat >= AGAIN:
            return "after a copy"
        if self.repeated >= AGAIN:
            return "a copy"
        if self.itself >= SELF:
            return "itself"
        if self.first >= FIRST:
            return "first token"
        return "diffuse" if self.evenness >= DIFFUSE else "mixed"

    @property
    def called(self) -> str:
        """The kind; of a mixed one with where it gives most all the same."""
        if self.kind != "mixed":
            return self.kind
        most = {"previous token": self.previous, "itself": self.itself, "first token": self.first}
        most |= {"next token": self.following}
        return f"mixed, most to {max(most, key=most.__getitem__)}"

    @property
    def visible(self) -> float:
        """How far it does what an eye sees at once: the largest of `previous`, `following` and the
        two for tokens that came before."""
        shares = (self.previous, self.following, self.repeated, self.after_repeat)
        return max(x for x in shares if x == x)


def read_heads(maps: Tensor, ids: Tensor, seen: Tensor | None = None) -> list[HeadReading]:
    """A reading of each head, layer by layer; nothing where no token has a choice.

    Args:
        maps: (L, H, T, T), as from `attention_maps`.
        ids: (T,) of the text.
        seen: (T, T) bool, where a row may look; None is at itself and all before it.
    """
    L, H, T, _ = maps.shape
    seen = torch.ones(T, T, dtype=torch.bool).tril() if seen is None else seen
    choice = seen.sum(-1) > 1
    if not choice.any():
        return []
    maps = maps.double()
    entropy = torch.special.entr(maps[:, :, choice]).sum(-1).mean(-1)  # (L, H)
    even = seen.sum(-1)[choice].log().mean()  # of a look that is shared out alike
    own = torch.eye(T, dtype=torch.bool)
    place, start = torch.arange(T), seen.int().argmax(-1)  # where what a row sees begins
    first = (place == start[:, None]) & (place - start >= 2)[:, None]
    copies, after = _again(ids)
    figures = (
        _given(maps, seen & own.roll(-1, dims=1).tril(), least=1),
        _given(maps, seen & own.roll(1, dims=1).triu(), least=1),
        _given(maps, own & choice[:, None], least=1),
        _given(maps, first, least=1),
        _given(maps, copies & seen),
        _given(maps, after & seen),
        entropy,
        entropy.exp(),
        entropy / even,
    )
    return [
        HeadReading(layer, head, *(float(x[layer, head]) for x in figures))
        for layer in range(L)
        for head in range(H)
    ]


@dataclass(frozen=True)
class AcrossReading:
    """What one head does from one text to another. Shares are of 1."""

    layer: int  # from 0
    head: int  # from 0
    nothing: float  # given to no token of the other text; 0 where all of it goes to some
    onward: float  # steps from row to row that move on there, or stay; NaN for a single row
    entropy: float  # in nats
    breadth: float  # exp(entropy): over how many columns it spreads, if it did so evenly


def read_across(maps: Tensor, seen: Tensor, *, nothing: int = 0) -> list[AcrossReading]:
    """A reading of each head, layer by layer; none where no row has a choice.

    Args:
        maps: (L, H, T, S) from one text to another.
        seen: (T, S) bool, where a row may look.
        nothing: how many columns in front stand for no token.
    """
    choice = seen.sum(-1) > 1
    if not choice.any():
        return []
    L, H, _, _ = maps.shape
    rows = maps.double()[:, :, choice]  # (L, H, rows with a choice, S)
    entropy = torch.special.entr(rows).sum(-1).mean(-1)  # (L, H)
    place = rows[..., nothing:].argmax(-1)  # where each looks most
    figures = (
        rows[..., :nothing].sum(-1).mean(-1),
        (place.diff(dim=-1) >= 0).double().mean(-1),
        entropy,
        entropy.exp(),
    )
    return [
        AcrossReading(layer, head, *(float(x[layer, head]) for x in figures))
        for layer in range(L)
        for head in range(H)
    ]


def _again(ids: Tensor) -> tuple[Tensor, Tensor]:
    """Where (T, T) an earlier copy of the row's token stands, and where one has just stood."""
    back = torch.ones(len(ids), len(ids), dtype=torch.bool).tril(-2)
    same = ids.cpu()[:, None] == ids.cpu()
    return same & back, same.tril(-1).roll(1, dims=1) & back


def _given(maps: Tensor, places: Tensor, *, least: int = ROWS) -> Tensor:
    """What each head (L, H) gives to `places` (T, T), averaged over the rows that have any. Where
    fewer than `least` have: NaN, or 0 where one is enough."""
    rows = places.any(-1)
    if rows.sum() < least:
        return torch.full(maps.shape[:2], float("nan") if least > 1 else 0.0)
    return maps.flatten(2) @ places.flatten().to(maps.dtype) / rows.sum()
