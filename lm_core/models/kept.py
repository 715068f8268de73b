"""What a graph keeps for the way back, seen while it is made.

    with Kept(model) as kept:
        nats, _, _ = model.objective(idx, targets)
    kept.bytes                         # as long as `nats` is there, so are they

PyTorch tells of each tensor that a function saves for its gradient
(`torch.autograd.graph.saved_tensors_hooks`). One storage counts once, however many saved it, and
the weights do not count: they are there anyway.
"""

from typing import Self

import torch
from torch import Tensor, nn


class Kept:
    """Notes the tensors that functions save meanwhile, those of `model` itself left out."""

    def __init__(self, model: nn.Module) -> None:
        self.own = {p.untyped_storage()._cdata for p in model.parameters()}
        self.seen: dict[int, Tensor] = {}  # holding a tensor keeps its storage's address its own
        self.hooks = torch.autograd.graph.saved_tensors_hooks(self.note, lambda tensor: tensor)

    def __enter__(self) -> Self:
        self.hooks.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.hooks.__exit__(*error)

    def __repr__(self) -> str:
        return f"Kept({len(self.seen)} tensors, {self.bytes} bytes)"

    @property
    def bytes(self) -> int:
        return sum(tensor.untyped_storage().nbytes() for tensor in self.seen.values())

    @property
    def largest(self) -> int:
        """Bytes of the largest of them."""
        return max((tensor.untyped_storage().nbytes() for tensor in self.seen.values()), default=0)

    def note(self, tensor: Tensor) -> Tensor:
        """Count a tensor that is saved; gives it back."""
        if tensor.untyped_storage()._cdata not in self.own:
            self.seen[tensor.untyped_storage()._cdata] = tensor
        return tensor
