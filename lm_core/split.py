"""One split of what is learned from: tensors, and plain facts about them.

A kind of data is a frozen dataclass of such fields and nothing else; it then moves to a device, is
kept in a file and is read again without a line of its own.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import torch
from torch import Tensor

SMALL = 2**31  # whole numbers below it are kept in four bytes


@dataclass(frozen=True)
class Split:
    """Base class. The first field is a tensor with a row for each example, unless `counts` says
    otherwise."""

    @property
    def tensors(self) -> dict[str, Tensor]:
        """By field."""
        return {name: value for name, value in self._fields().items() if isinstance(value, Tensor)}

    @property
    def facts(self) -> dict[str, Any]:
        """The other fields: plain JSON."""
        tensors = self.tensors
        return {name: value for name, value in self._fields().items() if name not in tensors}

    def _fields(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def to(self, device: torch.device) -> Self:
        return replace(self, **{name: t.to(device) for name, t in self.tensors.items()})

    def counts(self) -> dict[str, int]:
        """How much it is, for cards and records."""
        return {"examples": len(next(iter(self.tensors.values())))}


def packed(tensor: Tensor) -> Tensor:
    """As it is kept in a file: ids in four bytes, where all are small enough."""
    whole = tensor.dtype == torch.int64 and (not len(tensor) or int(tensor.abs().max()) < SMALL)
    return tensor.to(torch.int32) if whole else tensor.contiguous()


def unpacked(tensor: Tensor) -> Tensor:
    """As it is computed with: ids in eight bytes again."""
    return tensor.long() if tensor.dtype == torch.int32 else tensor
