"""a is to b as what is to c? By arithmetic with vectors: the tokens nearest to a - b + c.

Mikolov, Yih and Zweig 2013, "Linguistic Regularities in Continuous Space Word Representations". The
three given are left out of the answers, as usual; otherwise the answer is most often one of them.
How much the arithmetic does is seen beside the neighbour of c alone, which is often the answer
without it (Linzen 2016, "Issues in evaluating semantic spaces using word analogies").

Shapes: N tokens, C numbers of each, Q questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.inspection.embeddings import similarities

MOST = 2_000  # questions of a family that are asked
FAMILIES = {
    "capital": "a capital and a small letter: A is to a as B is to b",
    "blank": "with a blank before it and without: “ in” is to “in” as “ on” is to “on”",
}


@dataclass(frozen=True)
class Trial:
    """How often the arithmetic is right over pairs that are known."""

    family: str
    pairs: int
    asked: int
    right: float  # share of 1: the first answer, the three given left out
    with_given: float  # the same where they may be the answer
    alone: float  # the nearest to c is right, without a and b
    chance: float  # one of the tokens that may be the answer, drawn blindly


def analogy(vectors: Tensor, a: int, b: int, c: int, k: int = 5) -> list[tuple[int, float]]:
    """The k tokens nearest to a - b + c by cosine, a, b and c left out. Each vector is made as long
    as all others first, so that none weighs more."""
    unit = F.normalize(vectors, dim=-1)
    near = similarities(unit, (unit[a] - unit[b] + unit[c]).unsqueeze(0))[0]  # (N,)
    near[[a, b, c]] = -torch.inf
    best = near.topk(min(k, len(near) - len({a, b, c})))
    return list(zip(best.indices.tolist(), best.values.tolist(), strict=True))


def known_pairs(texts: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Pairs of a vocabulary that differ in one thing, by the names in FAMILIES: (with, without)."""
    place = {text: i for i, text in enumerate(texts) if text}
    small = [(i, place.get(t.lower(), i)) for t, i in place.items() if t != t.lower()]
    bare = [(i, place.get(t[1:], i)) for t, i in place.items() if t[0] == " " and t.strip()]
    found = {"capital": small, "blank": bare}
    return {name: [(i, j) for i, j in pairs if i != j] for name, pairs in found.items()}


def trial(
    vectors: Tensor, pairs: Sequence[tuple[int, int]], family: str, *, seed: int = 0
) -> Trial | None:
    """Ask a - b + c for each two pairs (a, b) and (d, c) of a family, d being right: all of them,
    or MOST at random. None where there are fewer than two pairs."""
    if len(pairs) < 2:
        return None
    n, table = len(pairs), torch.tensor(pairs)  # (n, 2)
    every = torch.arange(n * n)
    every = every[every // n != every % n]
    order = torch.randperm(len(every), generator=torch.Generator().manual_seed(seed))
    chosen = every[order[:MOST]]
    (a, b), (d, c) = table[chosen // n].T, table[chosen % n].T  # (Q,) each
    unit = F.normalize(vectors, dim=-1)
    near = similarities(unit, unit[a] - unit[b] + unit[c])  # (Q, N)
    with_given = near.argmax(1) == d
    given = torch.stack([a, b, c], dim=1)  # (Q, 3)
    right = near.scatter(1, given, -torch.inf).argmax(1) == d
    alone = similarities(unit, unit[c]).scatter(1, given, -torch.inf).argmax(1) == d
    shares = [float(x.double().mean()) for x in (right, with_given, alone)]
    return Trial(family, n, len(chosen), *shares, chance=1 / max(1, len(vectors) - 3))
