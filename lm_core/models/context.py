"""A fixed window of the last n tokens before each prediction, and what stands before the beginning.

    emma, n = 3:   (. . b) -> e   (. b e) -> m   (b e m) -> m   (e m m) -> a   (m m a) -> b

b is the token an item begins and ends with, and "." is nothing: an id of its own, V, one past the
vocabulary, with a vector that is learned like any other. The state of a model that looks back n
tokens is its last n - 1 ids, so a text read in pieces gives the same windows as the whole.

Shapes: B batch, T time, n tokens looked at.
"""

import torch
from torch import Tensor


def with_past(idx: Tensor, state: Tensor | None, n: int, nothing: int) -> Tensor:
    """idx (B, T) with the n - 1 ids that came before it: (B, n - 1 + T)."""
    if state is None:
        state = idx.new_full((idx.size(0), n - 1), nothing)
    return torch.cat([state, idx], dim=1)


def windows(ids: Tensor, n: int) -> Tensor:
    """What each of the last T places sees, oldest first: (B, n - 1 + T) -> (B, T, n)."""
    return ids.unfold(1, n, 1)


def last(ids: Tensor, n: int) -> Tensor:
    """The next state: the last n - 1 ids (B, n - 1)."""
    return ids[:, ids.size(1) - (n - 1) :]
