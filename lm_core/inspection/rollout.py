"""Attention through all layers at once: means of heads, and attention rollout.

    A' = (mean over heads of A + I) / 2,    rollout of layer l = A'_l A'_(l-1) ... A'_1

I stands for the residual: half of what a token has after a layer is taken to be what it had before.
Row t says how much of each token of the text has come to place t, as if attention were all that
moves anything: neither values nor MLPs are asked. Source: Abnar and Zuidema 2020, "Quantifying
Attention Flow in Transformers".
"""

import torch
from torch import Tensor


def head_means(maps: Tensor) -> Tensor:
    """Maps (L, H, T, S) -> (L, T, S), the mean of the heads of each layer."""
    return maps.mean(1)


def rollout(maps: Tensor) -> Tensor:
    """(L, H, T, T) -> (L, T, T): from the text to what each layer gives; rows sum to 1.

    Args:
        maps: of a text that looks at itself, each row summing to 1.
    """
    T = maps.size(-1)
    mixed = (head_means(maps.double()) + torch.eye(T, dtype=torch.float64)) / 2  # (L, T, T)
    rolled = [mixed[0]]
    for layer in mixed[1:]:
        rolled.append(layer @ rolled[-1])
    return torch.stack(rolled)
