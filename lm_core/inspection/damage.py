"""A private copy of a model with its weights blown up, to see where numbers stop being numbers.

    broken = blown_up(model, "embedding.weight", 1e30)
    follow(broken, idx).first_bad

float32 ends near 3.4e38: what is larger is infinity, and infinity minus infinity is no number.
"""

import math
from collections.abc import Callable
from copy import deepcopy

import torch

from lm_core.errors import BadSettings, Unsupported
from lm_core.inspection.atlas import Atlas
from lm_core.models.contract import Model

FACTORS = (1e20, 1e30, 1e38, 1e10)  # that are tried in turn


def blown_up(model: Model, parameter: str | None, factor: float) -> Model:
    """A copy whose parameter of that name, or all where None, is `factor` times as large; where
    that is NaN, the first number of each of its rows is NaN.

    Raises:
        Unsupported: the model has no weights.
        BadSettings: it has no such parameter.
    """
    twin = deepcopy(model)
    weights = dict(twin.named_parameters())
    if not weights:
        raise Unsupported("This model has no weights to change: it counts.")
    if parameter is not None and parameter not in weights:
        raise BadSettings(f"The model has no parameter {parameter!r}: choose one of its own.")
    chosen = weights.values() if parameter is None else [weights[parameter]]
    with torch.no_grad():
        for weight in chosen:
            if math.isnan(factor):
                weight.view(len(weight), -1)[:, 0] = math.nan
            else:
                weight.mul_(factor)
    return twin


def breaking(model: Model, look: Callable[[Model], Atlas]) -> tuple[str, float] | None:
    """A parameter and a factor that end in NaN or infinity though every weight is still a number;
    the parameter is the nearest to the middle of the model that does. None: none does.

    Args:
        look: follows a batch through a model.
    """
    names = [name for name, _ in model.named_parameters()]
    middle = sorted(names, key=lambda name: abs(names.index(name) - len(names) / 2))
    for factor in FACTORS:
        for name in middle:
            atlas = look(blown_up(model, name, factor))
            if atlas.first_bad is not None and not atlas.weights:
                return name, factor
    return None
