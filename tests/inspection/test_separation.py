"""Two kinds that lie apart are told from two that do not, and the share is that of a plain loop."""

import torch
from torch.nn import functional as F

from lm_core.inspection.separation import separation


def test_kinds_that_lie_apart() -> None:
    x = torch.randn(20, 8, generator=torch.Generator().manual_seed(1)) * 0.1
    x[:8, 0] += 1
    x[8:, 1] += 1
    found = separation(x, ["v"] * 8 + ["c"] * 12)
    assert found.same == {"v": (8, 8), "c": (12, 12)}
    assert found.share == 1
    assert found.p < 0.01
    # Dealt at random: the nearest is of one's own kind as often as another one drawn blindly.
    blind = (8 * 7 + 12 * 11) / (20 * 19)
    assert abs(found.chance - blind) < 0.02
    assert separation(x, ["v"] * 8 + ["c"] * 12) == found  # seeded


def test_kinds_that_do_not_and_the_share_by_a_loop() -> None:
    x = torch.randn(30, 8, generator=torch.Generator().manual_seed(2))
    kinds = ["v" if i % 3 == 0 else "c" for i in range(30)]
    found = separation(x, kinds, deals=500)
    assert found.p > 0.05
    alike = 0
    for i in range(30):
        near = [(float(F.cosine_similarity(x[i], x[j], dim=0)), j) for j in range(30) if j != i]
        alike += kinds[max(near)[1]] == kinds[i]
    assert round(found.share * 30) == alike == sum(hits for hits, _ in found.same.values())


def test_nothing_to_tell_apart() -> None:
    x = torch.randn(4, 2)
    assert separation(x, ["v"] * 4) is None
    assert separation(x, ["v", "c", "c", "c"]) is None
    assert separation(x[:0], []) is None
