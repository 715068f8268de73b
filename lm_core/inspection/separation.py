"""Do two kinds of tokens lie apart? Measured in all dimensions, not on the map.

The rule: the share of tokens whose nearest other one, by cosine, is of the same kind (leave-one-out
accuracy of one nearest neighbour), against the same share where the kinds were dealt anew at
random. Chance alone is high where one kind is the larger, as consonants are: what counts is how
often a random deal does as well (a permutation test, Good 2005).

Shapes: N tokens, C numbers of each, S random deals.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.inspection.embeddings import similarities

DEALS = 2_000


@dataclass(frozen=True)
class Separation:
    """How far apart two kinds lie."""

    same: dict[str, tuple[int, int]]  # kind -> how many have one of their kind next to them, of all
    share: float  # of all N
    chance: float  # the mean of that share over the random deals
    p: float  # how often a deal is as good, (1 + as good) / (1 + deals)
    deals: int


def separation(
    vectors: Tensor, kinds: Sequence[str], *, deals: int = DEALS, seed: int = 0
) -> Separation | None:
    """None where a kind has fewer than two tokens, or there are not two kinds.

    Args:
        vectors: (N, C).
        kinds: N names, of two kinds.
    """
    names = sorted(set(kinds))
    if len(names) != 2 or min(map(list(kinds).count, names)) < 2:
        return None
    near = similarities(vectors, vectors)  # (N, N)
    nearest = near.fill_diagonal_(-torch.inf).argmax(1)  # (N,)
    first = torch.tensor([kind == names[0] for kind in kinds])
    alike = first == first[nearest]
    generator = torch.Generator().manual_seed(seed)
    N = len(first)
    order = torch.rand(deals, N, generator=generator).argsort(1)  # (S, N)
    dealt = first[order]
    by_chance = (dealt == dealt[:, nearest]).sum(1)  # (S,)
    good = int((by_chance >= alike.sum()).sum())
    counts = {
        name: (int(alike[first == (name == names[0])].sum()), list(kinds).count(name))
        for name in names
    }
    return Separation(
        same=counts,
        share=float(alike.float().mean()),
        chance=float(by_chance.double().mean()) / N,
        p=(1 + good) / (1 + deals),
        deals=deals,
    )
