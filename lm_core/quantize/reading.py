"""A quantized file, read as strictly as any other: what it has to hold is known before it is read.

`plan` says names, shapes and types of all parts; `as_weights` compares them with the file's, before
anything is allocated; `united` checks the types and takes the numbers.
"""

from typing import Any

import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.models.contract import Model
from lm_core.quantize.choosing import chosen
from lm_core.quantize.schemes import Parts, scheme_of
from lm_core.quantize.whole import MARK, Stored

Forms = dict[str, tuple[tuple[int, ...], torch.dtype]]


def plan(planned: Model, said: dict[str, Any]) -> Forms:
    """Name, shape and type of each part that a file has to hold of a model.

    Args:
        planned: the model without its numbers (`blueprint`).
        said: of its card, "scheme" and "only".

    Raises:
        BadSettings: no scheme of ours, or no part of this model.
    """
    if not {"scheme", "only"} <= said.keys():
        raise BadSettings("its card says half of how it is quantized.")
    how = scheme_of(said["scheme"])
    return {
        f"{name}{MARK}{part}": form
        for name, shape in _shapes(planned, said).items()
        for part, form in how.parts_of(shape).items()
    }


def as_weights(
    shapes: dict[str, tuple[int, ...]], planned: Model, said: dict[str, Any]
) -> dict[str, tuple[int, ...]]:
    """The shapes in a file with each quantized weight in the place of its parts; as they are where
    a part is missing, or has another shape.

    Raises:
        BadSettings: as `plan`.
    """
    forms = plan(planned, said)
    if any(shapes.get(name) != shape for name, (shape, _) in forms.items()):
        return shapes
    return _shapes(planned, said) | {k: v for k, v in shapes.items() if k not in forms}


def united(found: dict[str, Tensor], planned: Model, said: dict[str, Any]) -> Stored:
    """What was read from a file that fits.

    Raises:
        ValueError: a part has another type.
    """
    forms, parts = plan(planned, said), {}
    for name, (_, dtype) in forms.items():
        weight, _, part = name.rpartition(MARK)
        if found[name].dtype != dtype:
            raise ValueError(f"{name} is {found[name].dtype}, not {dtype}")
        parts.setdefault(weight, Parts())[part] = found[name]
    rest = {name: tensor for name, tensor in found.items() if name not in forms}
    return Stored(scheme_of(said["scheme"]), said["only"], parts, _shapes(planned, said), rest)


def _shapes(planned: Model, said: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    state = planned.state_dict(keep_vars=True)
    return {name: tuple(state[name].shape) for name in chosen(planned, said["only"])}
