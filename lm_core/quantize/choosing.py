"""Which weights of a model are quantized: its matrices, all of them or some.

Biases, norms and other lists of numbers stay float32: they are few, and every place of a text
depends on them. What was counted stays too: counts are exact.
"""

import re

from torch import nn

from lm_core.errors import BadSettings
from lm_core.models.attention import Attention
from lm_core.models.contract import Model
from lm_core.models.layers import MLP

ALL, MLPS, ATTENTIONS, LAYERS = "all", "mlp", "attention", "layers="
LAYER_OF_RECURRENT = re.compile(r"_l(\d+)(?:_reverse)?$")  # as torch names their weights


def chosen(model: Model, only: str = ALL) -> list[str]:
    """Names in the state of `model` of the weights that are quantized, each weight once.

    Args:
        only: "all", "mlp", "attention", or layers by their numbers from 0, as "layers=0,1".

    Raises:
        BadSettings: there are none, or no such part.
    """
    if only not in (ALL, MLPS, ATTENTIONS) and not only.startswith(LAYERS):
        raise BadSettings(f"only {only!r} is unknown: choose mlp, attention or layers=0,1.")
    every = matrices(model)
    if not every:
        raise BadSettings("This model has counts and no matrices of weights: choose a network.")
    if only == ALL:
        return every
    if only.startswith(LAYERS):
        return _of_layers(every, layers_of(model, every), only)
    kind = MLP if only == MLPS else Attention
    inside = tuple(f"{name}." for name, part in model.named_modules() if isinstance(part, kind))
    found = [name for name in every if name.startswith(inside)] if inside else []
    if not found:
        what = "MLP blocks" if only == MLPS else "attention layers"
        raise BadSettings(f"This model has no {what}: quantize all of it, or some of its layers.")
    return found


def matrices(model: Model) -> list[str]:
    """Every learned matrix by its first name; none of what was counted."""
    counted = tuple(
        f"{name}." if name else ""
        for name, part in model.named_modules()
        if isinstance(part, Model) and part.learns_by == "counting"
    )
    found = (
        name
        for name, weight in model.named_parameters()  # a tied weight once
        if weight.dim() > 1 and weight.is_floating_point() and weight.numel()
    )
    return [name for name in found if not (counted and name.startswith(counted))]


def layers_of(model: Model, names: list[str]) -> dict[str, int]:
    """The layer that each of these weights is in, from 0, where it is in one: a block of a stack,
    or a layer of a recurrent network."""
    stacks = [name for name, part in model.named_modules() if isinstance(part, nn.ModuleList)]
    found = {}
    for name in names:
        for stack in stacks:
            if name.startswith(f"{stack}."):
                found[name] = int(name.removeprefix(f"{stack}.").partition(".")[0])
        if match := LAYER_OF_RECURRENT.search(name):
            found[name] = int(match[1])
    return found


def _of_layers(every: list[str], layers: dict[str, int], only: str) -> list[str]:
    said = only.removeprefix(LAYERS)
    if not re.fullmatch(r"\d{1,4}(,\d{1,4})*", said):
        raise BadSettings("Name layers by their numbers from 0, as in layers=0,1.")
    wanted, there = {int(number) for number in said.split(",")}, set(layers.values())
    if not there:
        raise BadSettings("This model has no layers on top of each other: quantize all of it.")
    if strange := sorted(wanted - there):
        raise BadSettings(
            f"There is no layer {strange[0]}: this model has layers 0 to {max(there)}."
        )
    return [name for name in every if layers.get(name) in wanted]
