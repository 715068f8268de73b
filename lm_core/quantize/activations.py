"""Activations in int8 too: what goes into each matrix, quantized while it runs.

Weights are known beforehand; activations come with the text, so their range is found on the spot
(dynamic quantization): of all numbers that go in at once, or of each token alone. One far number
widens the range, and with it the steps of all others. Clipping gives up the farthest: the range
ends at a percentile.

Computed here with real numbers that are rounded to the levels, which gives what the integer product
gives: (s_w s_x) times the sum of whole numbers. What goes into the head stays as it is, as in
LLM.int8().

Paper: Dettmers et al. 2022, "LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale".
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lm_core.models.contract import Model
from lm_core.models.heads import LinearHead
from lm_core.quantize import affine
from lm_core.settings import Settings, setting

PER = ("tensor", "token")


@dataclass(frozen=True)
class ActivationSettings(Settings):
    """How what goes into a matrix is quantized."""

    per: str = setting(
        "tensor",
        title="One range for",
        choices=PER,
        help="Tensor: all numbers that go in at once. Token: each token has its own range.",
    )
    clip: float = setting(
        100.0,
        title="Range up to the percentile",
        low=90.0,
        high=100.0,
        unit="%",
        help="100 is from the smallest to the largest; 99 leaves out the last 1 % on both sides.",
    )


def rounded(x: Tensor, settings: ActivationSettings, bits: int = 8) -> Tensor:
    """x (..., C) at the nearest of its levels, the same shape."""
    groups = x.reshape(1, -1) if settings.per == "tensor" else x.flatten(0, -2)  # (G, S)
    kept = within(groups, settings.clip)
    scale, zero = affine.affine(kept, bits)
    codes = affine.encode(groups, scale, zero, bits)
    return affine.decode(codes, scale, zero).view_as(x)


def within(groups: Tensor, clip: float) -> Tensor:
    """The ends of the range of each group (G, S): (G, 2), the smallest and the largest number when
    (100 - clip) % of them are left out on either side."""
    if clip == 100:
        return torch.stack(groups.aminmax(dim=1), dim=1)
    k = round((1 - clip / 100) * groups.size(1)) + 1
    largest = groups.topk(k).values[:, -1]
    smallest = groups.topk(k, largest=False).values[:, -1]
    return torch.stack([smallest, largest], dim=1)


def with_activations(model: Model, settings: ActivationSettings) -> Model:
    """A model of its own that rounds what goes into its matrices; `model` stays as it is. It is for
    scoring: the engine that writes reads the matrices and not the modules."""
    made = copy.deepcopy(model).eval()
    made.int8 = None
    for layer in inputs_of(made).values():
        layer.register_forward_pre_hook(lambda _, args: (rounded(args[0], settings), *args[1:]))
    return made


def inputs_of(model: Model) -> dict[str, nn.Linear]:
    """The matrices whose input is quantized, by name: all but the head."""
    return {
        name: part
        for name, part in model.named_modules()
        if isinstance(part, nn.Linear) and not isinstance(part, LinearHead)
    }


def largest_inputs(model: Model, read: Callable[[Model], object]) -> dict[str, Tensor]:
    """While `read` runs a model: the largest |x| of each number (C,) that goes into each matrix."""
    found: dict[str, Tensor] = {}

    def look(name: str, x: Tensor) -> None:
        most = x.detach().abs().flatten(0, -2).amax(0)
        found[name] = torch.maximum(found[name], most) if name in found else most

    hooks = [
        layer.register_forward_pre_hook(lambda _, args, name=name: look(name, args[0]))
        for name, layer in inputs_of(model).items()
    ]
    try:
        read(model)
    finally:
        for hook in hooks:
            hook.remove()
    return found
