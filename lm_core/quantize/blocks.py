"""A scale for every few weights, and the scales made small in their turn.

One large weight in a matrix makes the steps of all others wide. A scale for each block of 64
neighbours keeps that to 64 weights and costs 32 bits for 64 codes: half a bit a weight. Double
quantization stores these scales as int8 in groups of 256, about their mean: 8/64 + 32/(64 x 256),
an eighth of a bit.

Paper: Dettmers et al. 2023, "QLoRA: Efficient Finetuning of Quantized LLMs", section 3.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.quantize.affine import absmax, decode, encode

GROUP = 256  # scales that share a scale of their own


def in_blocks(numbers: Tensor, size: int) -> Tensor:
    """(N,) -> (G, size), the last block filled up with zeros, which no scale minds."""
    return F.pad(numbers, (0, -len(numbers) % size)).view(-1, size)


def squeeze(scales: Tensor) -> dict[str, Tensor]:
    """Scales (G,) as int8 about their mean: `scale` (G,), `steps` (G / 256,), `mean` (1,)."""
    mean = scales.mean().view(1)
    groups = in_blocks(scales - mean, GROUP)  # (G / 256, 256)
    steps = absmax(groups)
    codes = encode(groups, steps, 0.0).flatten()[: len(scales)]
    return {"scale": codes.to(torch.int8), "steps": steps, "mean": mean}


def restore(scale: Tensor, steps: Tensor, mean: Tensor) -> Tensor:
    """The scales (G,) of `squeeze`, as near as they are known."""
    found = decode(in_blocks(scale, GROUP), steps, 0.0).flatten()[: len(scale)]
    return found + mean
