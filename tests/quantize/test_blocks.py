"""Scales that are quantized themselves."""

import torch

from lm_core.quantize.blocks import GROUP, in_blocks, restore, squeeze


def test_the_last_block_is_filled_with_zeros() -> None:
    assert in_blocks(torch.arange(1.0, 6.0), 4).tolist() == [[1, 2, 3, 4], [5, 0, 0, 0]]


def test_scales_come_back_within_half_a_step() -> None:
    scales = torch.rand(GROUP + 44, generator=torch.Generator().manual_seed(0)) + 0.5
    kept = squeeze(scales)
    assert kept["scale"].dtype == torch.int8
    assert {name: len(part) for name, part in kept.items()} == {"scale": 300, "steps": 2, "mean": 1}
    steps = kept["steps"].repeat_interleave(GROUP)[: len(scales)]
    assert ((restore(**kept) - scales).abs() <= steps / 2 * 1.001).all()
