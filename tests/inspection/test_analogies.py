"""Analogies of vectors that were made to have them, and shares counted by a plain loop."""

import torch
from torch.nn import functional as F

from lm_core.inspection.analogies import MOST, analogy, known_pairs, trial


def made(n: int, noise: float = 0.0) -> torch.Tensor:
    """n small ones, then n with one step more that is the same for all."""
    generator = torch.Generator().manual_seed(3)
    base = F.normalize(torch.randn(n, 24, generator=generator), dim=-1)
    step = F.normalize(torch.randn(24, generator=generator), dim=0)
    return torch.cat([base, base + step]) + noise * torch.randn(2 * n, 24, generator=generator)


def test_a_step_that_is_the_same_everywhere_is_found() -> None:
    x = made(6)
    assert analogy(x, 6, 0, 3)[0][0] == 9
    found = trial(x, [(6 + i, i) for i in range(6)], "capital")
    assert (found.right, found.pairs, found.asked) == (1.0, 6, 30)
    assert found.chance == 1 / 9


def test_shares_are_those_of_a_loop() -> None:
    x = made(5, noise=0.3)
    pairs = [(5 + i, i) for i in range(5)]
    unit = F.normalize(x, dim=-1)
    right = given = alone = 0
    for a, b in pairs:
        for d, c in pairs:
            if (a, b) == (d, c):
                continue
            right += analogy(x, a, b, c, 1)[0][0] == d
            near = F.normalize(unit[a] - unit[b] + unit[c], dim=0) @ unit.T
            given += int(near.argmax()) == d
            near = unit[c] @ unit.T
            near[[a, b, c]] = -2
            alone += int(near.argmax()) == d
    found = trial(x, pairs, "capital")
    for share, count in ((found.right, right), (found.with_given, given), (found.alone, alone)):
        assert abs(share - count / 20) < 1e-9


def test_pairs_of_a_vocabulary() -> None:
    texts = ["", "a", "A", "b", " a", " A", "3", " 3", "ß", " "]
    found = known_pairs(texts)
    assert found["capital"] == [(2, 1), (5, 4)]
    assert found["blank"] == [(4, 1), (5, 2), (7, 6)]
    assert known_pairs([])["capital"] == []
    assert trial(made(1), [(1, 0)], "blank") is None


def test_many_pairs_are_asked_in_part() -> None:
    n = 60
    assert n * (n - 1) > MOST
    assert trial(made(n), [(n + i, i) for i in range(n)], "blank").asked == MOST
