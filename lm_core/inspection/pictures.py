"""Inside a network that looks at pictures: its filters, the maps they make, the units before the
classes; and many pictures as points by what it makes of them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.inspection.projection import Projection, pca
from lm_core.models.contract import Model, evaluating
from lm_core.models.tracing import trace

MAPS, UNITS = ".maps", "hidden.units"  # how names in a trace end, and the last layer's name


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of filters and what it made of a picture."""

    name: str
    filters: Tensor  # (F, channels, kernel, kernel)
    bias: Tensor  # (F,)
    given: Tensor  # (channels, height, width), what went in
    maps: Tensor  # (F, height, width), after the ReLU


@torch.no_grad()
def layers(model: Model, pixels: Tensor) -> list[Layer]:
    """Of each layer of filters of a CNN, for one picture (channels, height, width)."""
    found, given = [], pixels
    with evaluating(model), trace(model) as told:
        model(pixels.unsqueeze(0))
    for name in (name for name in told if name.endswith(MAPS)):
        path = name.removesuffix(MAPS)
        layer = model.get_submodule(path)
        maps = told[name][0]  # (F, height, width)
        found.append(Layer(path, layer.weight.detach(), layer.bias.detach(), given, maps))
        given = torch.nn.functional.max_pool2d(maps.unsqueeze(0), 2, ceil_mode=True)[0]
    return found


@torch.no_grad()
def units(model: Model, pixels: Tensor) -> Tensor:
    """(N, n_hidden): what a CNN knows of each picture before it says a class."""
    with evaluating(model), trace(model) as told:
        model(pixels)
    return told[UNITS]


def spread_out(base: Tensor, *others: Tensor) -> tuple[Projection, list[Tensor]]:
    """The two main axes of `base` (N, C), and each of the others (M, C) as points (M, 2) on the
    same axes, so that they can be laid beside it."""
    found = pca(base, 2)
    return found, [(one - found.mean) @ found.axes.T for one in others]
