"""Whole numbers for real ones, by a scale and a zero point.

    code = clip(round(w / scale) + zero, low, high)        w ~ scale (code - zero)

Affine: the range from the smallest to the largest weight, made to hold 0, is cut into equal steps,
and 0 is met exactly. Absmax: the range is as wide on both sides of 0, so no zero point is needed,
and a step is lost where the weights lean to one side. Both err by half a step at most.

Paper: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-
Arithmetic-Only Inference".

Shapes: G groups that have a scale each, S numbers in a group. A tensor is one group, a channel
(a row of the matrix) is one, or a block of neighbours.
"""

import torch
from torch import Tensor


def affine(groups: Tensor, bits: int = 8) -> tuple[Tensor, Tensor]:
    """Scale (G,) and zero point (G,) of `groups` (G, S): of the span from the smallest number to
    the largest, and 0 is in it."""
    low, high = code_range(bits)
    smallest = groups.amin(1).clamp(max=0)  # (G,)
    largest = groups.amax(1).clamp(min=0)
    scale = usable((largest - smallest) / (high - low))
    return scale, low - (smallest / scale).round()


def absmax(groups: Tensor, bits: int = 8) -> Tensor:
    """Scale (G,) of `groups` (G, S): the largest number without its sign is the last code."""
    return usable(groups.abs().amax(1) / code_range(bits)[1])


def encode(groups: Tensor, scale: Tensor, zero: Tensor | float, bits: int = 8) -> Tensor:
    """`groups` (G, S) as whole numbers from -2^(bits - 1) to 2^(bits - 1) - 1; scale and zero (G,)
    or, of the whole, one number."""
    low, high = code_range(bits)
    return ((groups / _each(scale)).round() + _each(zero)).clamp(low, high)


def decode(codes: Tensor, scale: Tensor, zero: Tensor | float) -> Tensor:
    """The numbers that `codes` (G, S) stand for, in float32."""
    return (codes.float() - _each(zero)) * _each(scale)


def code_range(bits: int) -> tuple[int, int]:
    """The first and the last whole number of so many bits."""
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def usable(scale: Tensor) -> Tensor:
    """`scale` to divide by: where all numbers are 0, or next to it, any scale gives code 0."""
    return scale.where(scale != 0, 1.0)


def _each(of_group: Tensor | float) -> Tensor | float:
    return of_group.float().unsqueeze(-1) if isinstance(of_group, Tensor) else of_group


def levels(scale: float, zero: float, bits: int = 8) -> Tensor:
    """All numbers that a group can hold, in order: (2^bits,)."""
    low, high = code_range(bits)
    return (torch.arange(low, high + 1) - zero) * scale
