"""A hidden state cut by rows, where a batch is read in pieces or by several processes.

State tensors are (layers, B, width), alone or in nested tuples; None is the empty state.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def split(state: Any, sizes: Sequence[int]) -> list[Any]:
    """One state for each of `sizes` rows; all of them None when the rows do not add up."""
    if len(sizes) == 1:
        return [state]
    if isinstance(state, Tensor) and state.size(1) == sum(sizes):
        return list(state.split(list(sizes), dim=1))
    if isinstance(state, tuple):
        parts = [split(part, sizes) for part in state]
        if not any(piece is None for part in parts for piece in part):
            return list(zip(*parts, strict=True))
    return [None] * len(sizes)


def join(states: Sequence[Any]) -> Any:
    """One state of all rows, from the states of their shares."""
    first = states[0]
    if len(states) == 1 or first is None:
        return first
    if isinstance(first, Tensor):
        return torch.cat(list(states), dim=1)
    return tuple(join(part) for part in zip(*states, strict=True))
