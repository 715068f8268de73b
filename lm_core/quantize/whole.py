"""A whole model quantized: what is stored of it, and a model that computes with what was stored.

    stored = quantize(model, "nf4")        # the parts of every weight, by name
    small = stored.model(model)            # a model of its own; `model` stays as it is

The weights are decoded once, when the model is made, and it is then a model like any other:
whatever reads, writes or looks inside does the same with it. The file is small; memory is not. Only
the engine that writes one text on a CPU computes with the codes (`models/decoding_int8.py`).
"""

import copy
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from lm_core.models.contract import Model
from lm_core.models.decoding_int8 import Codes, Int8
from lm_core.models.weights import stored
from lm_core.quantize.choosing import ALL, chosen
from lm_core.quantize.schemes import Parts, Scheme, scheme_of

MARK = "#"  # between the name of a weight and that of a part: in no name of torch's


@dataclass(frozen=True)
class Stored:
    """What a file holds: `parts` of each quantized weight, the `rest` as it was."""

    scheme: Scheme
    only: str
    parts: dict[str, Parts] = field(repr=False)
    shapes: dict[str, tuple[int, ...]] = field(repr=False)
    rest: dict[str, Tensor] = field(repr=False)

    @property
    def said(self) -> dict[str, Any]:
        """For the card of a checkpoint."""
        return {"scheme": self.scheme.name, "only": self.only}

    @property
    def tensors(self) -> dict[str, Tensor]:
        """As a file has them, by name."""
        found = dict(self.rest)
        for name, parts in self.parts.items():
            found |= {f"{name}{MARK}{part}": tensor for part, tensor in parts.items()}
        return found

    @property
    def bytes(self) -> int:
        """Of all tensors; a file adds a few kilobytes that say what is where."""
        return sum(tensor.nbytes for tensor in self.tensors.values())

    @property
    def bits_per_weight(self) -> float:
        """All bits over all weights, those that stayed float32 among them."""
        quantized = sum(torch.Size(shape).numel() for shape in self.shapes.values())
        return 8 * self.bytes / (quantized + sum(t.numel() for t in self.rest.values()))

    def decoded(self) -> dict[str, Tensor]:
        """The state of a model: every weight in float32."""
        found = dict(self.rest)
        for name, parts in self.parts.items():
            found[name] = self.scheme.decode(parts, self.shapes[name])
        return found

    def model(self, like: Model) -> Model:
        """A model with these weights, otherwise as `like`, with which it shares nothing."""
        made = copy.deepcopy(like).eval()
        made.load_state_dict(self.decoded(), strict=False)
        self.offer(made)
        return made

    def offer(self, model: Model) -> None:
        """Let `model`, which has the decoded weights, write with the codes where it can."""
        model.int8 = Int8.of(model, codes_of(self.scheme, self.parts)) or None


def quantize(model: Model, scheme: str, only: str = ALL) -> Stored:
    """Quantize the matrices of `model`, which stays as it is.

    Args:
        scheme: a name of SCHEMES.
        only: which of them, see `chosen`.

    Raises:
        BadSettings: an unknown scheme or part, or nothing to quantize.
    """
    how, names = scheme_of(scheme), chosen(model, only)
    rest = stored(model)
    weights = {name: rest.pop(name) for name in names}
    parts = {name: how.encode(weight) for name, weight in weights.items()}
    shapes = {name: tuple(weight.shape) for name, weight in weights.items()}
    return Stored(how, only, parts, shapes, rest)


def codes_of(how: Scheme, parts: dict[str, Parts]) -> dict[str, Codes]:
    """What the engine computes with, where a scheme has int8 codes and a scale for each row.
    Copies, as what is read from a file is a view of it."""
    if how.bits != 8 or how.over != "channel":
        return {}
    return {
        name: Codes(
            of["codes"].clone(),
            of["scale"].clone(),
            of["zero"].float() if "zero" in of else None,
        )
        for name, of in parts.items()
        if of["codes"].dim() == 2
    }
