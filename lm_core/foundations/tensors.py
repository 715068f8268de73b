"""A tensor as torch makes it from what was typed, and stacks of linear layers: shapes, parameters,
and that without an activation many are one."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class Facts:
    """What a tensor says of itself."""

    shape: tuple[int, ...]
    dtype: str
    device: str
    numel: int
    bytes: int  # of all its numbers
    stride: tuple[int, ...]  # numbers from one place to the next, along each dimension


def facts(tensor: "Tensor") -> Facts:
    return Facts(
        tuple(tensor.shape),
        str(tensor.dtype).removeprefix("torch."),
        str(tensor.device),
        tensor.numel(),
        tensor.numel() * tensor.element_size(),
        tensor.stride(),
    )


def made(values: Any) -> "dict[str, Tensor]":
    """The three ways of the course: by what was written -> the tensor.

    `torch.tensor` finds the type itself; `torch.Tensor` always makes float32; `from_numpy` shares
    the array's memory and its type, which for numbers with a point is float64.
    """
    import numpy as np
    import torch

    return {
        "torch.tensor(xs)": torch.tensor(values),
        "torch.Tensor(xs)": torch.tensor(values, dtype=torch.float32),  # a bare number: no size
        "torch.from_numpy(np.array(xs))": torch.from_numpy(np.array(values)),
    }


def stack(
    sizes: list[int], *, activation: str = "none", seed: int = 0, bias: bool = True
) -> "nn.Sequential":
    """`nn.Linear`s from size to size, with an activation between them ("none" or "relu"), in
    float64, so that what is equal looks equal."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for i, (fan_in, fan_out) in enumerate(pairwise(sizes)):
            if i and activation == "relu":
                layers.append(nn.ReLU())
            layers.append(nn.Linear(fan_in, fan_out, bias=bias))
    return nn.Sequential(*layers).double()


def parameters(sizes: list[int]) -> list[tuple[int, int]]:
    """Of each layer from size to size: its weights (out x in) and its biases (out)."""
    return [(a * b, b) for a, b in pairwise(sizes)]


def collapsed(layers: "nn.Sequential") -> "tuple[Tensor, Tensor]":
    """W (out, in) and b (out,) of the one linear layer that linear layers on top of each other are.

    W = W3 W2 W1, and b = W3 (W2 b1 + b2) + b3.
    """
    import torch
    from torch import nn

    linear = [layer for layer in layers if isinstance(layer, nn.Linear)]
    W = torch.eye(linear[0].in_features, dtype=torch.float64)
    b = torch.zeros(linear[0].in_features, dtype=torch.float64)
    for layer in linear:
        W = layer.weight @ W  # (out, in of the first)
        b = layer.weight @ b + layer.bias  # (out,)
    return W.detach(), b.detach()


def fits(sizes: list[tuple[int, int]]) -> int | None:
    """Which layer cannot take what the one before gives; None where all fit.

    Args:
        sizes: of each layer, what it takes and gives.
    """
    pairs = pairwise(sizes)
    return next((i + 1 for i, (one, other) in enumerate(pairs) if one[1] != other[0]), None)
