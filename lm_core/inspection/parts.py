"""The parts of a Transformer that add to its stream: each head, each attention, each MLP.

    for part in parts_of(model):
        part.called                  # "layer 2 head 3", "layer 2 attention", "layer 2 MLP"
        model.get_submodule(part.path)

An encoder-decoder has three kinds of attention; its parts say which stack they are of.
"""

import re
from dataclasses import dataclass

from lm_core.models.attention import Attention
from lm_core.models.contract import Model
from lm_core.models.layers import MLP

EMBEDDING, BIAS = "embedding", "bias"  # what adds to the stream besides
_PLACE = re.compile(r"(?:(stack|encoder|decoder)\.)?blocks\.(\d+)\.(attention|cross|mlp)")


@dataclass(frozen=True)
class Part:
    """A head, a whole attention (`head` is None) or an MLP, or what else adds to the stream."""

    kind: str  # "attention", "cross", "mlp"; EMBEDDING, BIAS
    path: str = ""  # of its module in the model
    stack: str = ""  # "encoder" or "decoder" where a model has both
    layer: int = -1  # from 0
    head: int | None = None  # from 0

    @property
    def called(self) -> str:
        """Its name, counted from 1."""
        if self.kind in (EMBEDDING, BIAS):
            return {EMBEDDING: "embedding", BIAS: "biases"}[self.kind]
        said = f"{self.stack} layer {self.layer + 1}".strip()
        said += " across" * (self.kind == "cross")
        if self.kind == "mlp":
            return f"{said} MLP"
        return f"{said} attention" if self.head is None else f"{said} head {self.head + 1}"


def parts_of(model: Model) -> list[Part]:
    """Every part that can be named, layer by layer: of each attention its heads and then itself,
    of each layer its MLP last. None of a model that is no Transformer."""
    found = []
    for path, module in model.named_modules():
        place = _PLACE.fullmatch(path)
        if place is None:
            continue
        stack, layer, kind = place[1], int(place[2]), place[3]
        stack = "" if stack in (None, "stack") else stack
        if isinstance(module, Attention):
            found += [Part(kind, path, stack, layer, head) for head in range(module.n_head)]
            found.append(Part(kind, path, stack, layer))
        elif isinstance(module, MLP):
            found.append(Part(kind, path, stack, layer))
    order = {"attention": 0, "cross": 1, "mlp": 2}
    return sorted(found, key=lambda p: (p.stack == "decoder", p.layer, order[p.kind]))
