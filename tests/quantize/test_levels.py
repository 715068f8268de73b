"""The sixteen levels of NF4."""

import torch

from lm_core.quantize.levels import nearest, nf4_levels
from lm_core.quantize.packing import unpack
from lm_core.quantize.schemes import SCHEMES

PUBLISHED = [-1, -0.6961928, -0.5250731, -0.3949175, -0.2844414, -0.1847734, -0.0910500, 0]
PUBLISHED += [0.0795803, 0.1609302, 0.2461123, 0.3379152, 0.4407098, 0.5626170, 0.7229568, 1]


def test_the_levels_are_the_published_ones() -> None:
    assert (nf4_levels() - torch.tensor(PUBLISHED)).abs().max() < 1e-4


def test_the_nearest_level_is_found() -> None:
    values = torch.linspace(-1.2, 1.2, 1001)
    distances = (values.unsqueeze(1) - nf4_levels()).abs()
    chosen = distances.gather(1, nearest(values, nf4_levels()).unsqueeze(1)).squeeze(1)
    assert torch.equal(chosen, distances.min(1).values)


def test_normal_weights_use_every_level_about_alike() -> None:
    """Of blocks of 64 the largest decides, so that the outermost levels are rarer."""
    weight = torch.randn(256, 256, generator=torch.Generator().manual_seed(0))
    codes = unpack(SCHEMES["nf4"].encode(weight)["codes"], weight.numel())
    shares = codes.long().bincount(minlength=16) / weight.numel()
    equal = SCHEMES["int4"].encode(weight)["codes"]
    spread = unpack(equal, weight.numel()).long().bincount(minlength=16) / weight.numel()
    entropy = [-(s[s > 0] * s[s > 0].log2()).sum() for s in (shares, spread)]
    assert entropy[0] > entropy[1] + 0.1
