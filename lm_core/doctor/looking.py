"""What a tensor inside a network looks like, in plain numbers: spread, histogram, units at work.

A tanh unit whose value is near 1 or -1 for nearly all of a batch passes almost no gradient on
(1 - h^2), and a ReLU unit that is 0 for all of it passes none: such units no longer learn.

Every figure is one line of PyTorch, rounded to `DIGITS` significant digits; what is not a finite
number becomes None, so that the whole is strict JSON.
"""

import math
from typing import Any

import torch
from torch import Tensor

SATURATED = 0.97  # |tanh|: the slope is below 0.06 from there on
SIGMOID_SATURATED = (1 + SATURATED) / 2  # the same place on a sigmoid, which is (1 + tanh(x/2)) / 2
NEARLY_ALL = 0.95  # share of the places at which a saturated unit is so
BINS = 30
DIGITS = 5
IMAGE = (32, 96)  # places and units in the picture of units

SQUASHING = ("tanh", "sigmoid")
CLIPPING = ("relu", "relu2")


def number(value: Tensor | float) -> float | None:
    """A finite number with `DIGITS` digits, else None."""
    value = float(value)
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def summary(x: Tensor) -> dict[str, Any]:
    """Mean, standard deviation and histogram of all numbers in x."""
    x = x.detach().float().flatten()
    spread = x.std() if len(x) > 1 else x.new_zeros(())
    return {"mean": number(x.mean()), "std": number(spread), **histogram(x)}


def histogram(x: Tensor, bins: int = BINS) -> dict[str, list]:
    """How many numbers of x lie in each of `bins` equal parts of their range; those that are not
    finite in none."""
    x = x.detach().float().flatten()
    if not x.sum().isfinite():  # nearly always it is, and asking each number takes its time
        x = x[x.isfinite()]
    if not len(x):
        return {"edges": [], "counts": []}
    low, high = (float(end) for end in x.aminmax())
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = [number(low + (high - low) * i / bins) for i in range(bins + 1)]
    return {"edges": edges, "counts": torch.histc(x, bins, low, high).long().tolist()}


def idle(h: Tensor, activation: str) -> Tensor | None:
    """Where a unit passes (almost) no gradient: bool of the shape of h; None for activations that
    always pass some."""
    if activation == "tanh":
        return h.abs() > SATURATED
    if activation == "sigmoid":
        return (h > SIGMOID_SATURATED) | (h < 1 - SIGMOID_SATURATED)
    if activation in CLIPPING:
        return h <= 0
    return None


def layer(name: str, activation: str, h: Tensor, gradient: Tensor) -> dict[str, Any]:
    """One layer as an examination shows it.

    Args:
        activation: the function that made `h`; "" for a plain sum.
        h, gradient: (N, C), N places and C units, and how the loss changes with each number.

    Returns:
        kind, summaries of both, and of units: `saturated`, the share of them that is so at nearly
        all places; `saturated_values`, the share of all numbers; `dead`, the share of units that
        are active nowhere; `units`, some of the places (rows) and units, 1 where one is idle.
    """
    found = {"name": name, "kind": activation or "linear"}
    found |= {"activation": summary(h), "gradient": summary(gradient)}
    found |= dict.fromkeys(("saturated", "saturated_values", "dead", "units"))
    still = idle(h, activation)
    if still is None:
        return found
    share = still.float().mean(dim=0)  # (C,)
    if activation in SQUASHING:
        found["saturated"] = number((share >= NEARLY_ALL).float().mean())
        found["saturated_values"] = number(share.mean())
    else:
        found["dead"] = number((share == 1).float().mean())
    return found | {"units": some(still).int().tolist()}


def some(image: Tensor) -> Tensor:
    """At most `IMAGE` rows and columns of an image (N, C), evenly spread over it."""
    for dim, most in enumerate(IMAGE):
        n = image.size(dim)
        if n > most:
            at = torch.arange(most, device=image.device) * n // most
            image = image.index_select(dim, at)
    return image
