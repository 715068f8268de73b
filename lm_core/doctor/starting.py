"""The initialisation laboratory: what a stack of layers makes of the spread of numbers.

    h_0 ~ N(0, 1),   h_l = activation(W_l h_(l-1)),   W ~ N(0, gain^2 / width)

With gain 1 a plain sum keeps its standard deviation. An activation makes it smaller, and the gain
makes up for that: sqrt(2) for ReLU, which throws half away (He et al. 2015, "Delving Deep into
Rectifiers"), 5/3 for tanh. With less, numbers and gradients fade from layer to layer; with more,
ReLU explodes and tanh saturates.

Nothing is trained here: the numbers of a whole stack are made, followed back once from a random
slope at its end, and measured. Everything comes from `seed`; the global generator is left alone.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lm_core.doctor.looking import histogram, idle, number
from lm_core.errors import BadSettings
from lm_core.models.layers import ACTIVATIONS, relu2
from lm_core.settings import Settings, setting

SHOWN = {
    "tanh": torch.tanh,
    "relu": ACTIVATIONS["relu"],
    "relu2": relu2,
    "gelu": ACTIVATIONS["gelu"],
    "sigmoid": torch.sigmoid,
    "linear": lambda x: x,
}
GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2), "linear": 1.0, "sigmoid": 1.0}  # of torch.nn.init
NUMBERS = 20_000_000  # of a stack, all layers together


@dataclass(frozen=True)
class StackSettings(Settings):
    """A stack of equal layers and how its weights are drawn."""

    activation: str = setting(
        "tanh", title="Activation", choices=tuple(SHOWN), help="What each layer does to its sums."
    )
    gain: float = setting(
        5 / 3, title="Gain", low=0.0, high=100.0, help="Spread of the weights times sqrt(width)."
    )
    width: int = setting(
        100, title="Width", low=2, high=2048, unit="units", help="Numbers in each layer."
    )
    depth: int = setting(10, title="Layers", low=1, high=100, help="Layers on top of each other.")
    rows: int = setting(
        500, title="Rows", low=2, high=10_000, help="Inputs that go through, drawn at random."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width * self.depth * max(self.rows, self.width) > NUMBERS:
            raise BadSettings(
                f"{self.depth} layers of {self.width} units for {self.rows} rows are more than "
                f"{NUMBERS:,} numbers: take fewer of one of them."
            )


def stack(settings: StackSettings, seed: int = 0) -> list[dict[str, Any]]:
    """What happens layer by layer, from the bottom up.

    Returns:
        for each layer: `layer` (1, 2, ...), `sums` (std before the activation), `std` and `mean`
        after it, `idle` (share of numbers whose slope is (almost) 0, None where there is no such
        place), `gradient` (std of the slope that comes back to it; 1 is sent in at the top), and a
        histogram, `edges` and `counts`.
    """
    s, activation = settings, SHOWN[settings.activation]
    generator = torch.Generator().manual_seed(seed)
    h = torch.randn(s.rows, s.width, generator=generator).requires_grad_()
    sums, made = [], []
    for _ in range(s.depth):
        W = torch.randn(s.width, s.width, generator=generator) * (s.gain / math.sqrt(s.width))
        sums.append(h @ W)  # (rows, width)
        h = activation(sums[-1])
        made.append(h)
    top = torch.randn(s.rows, s.width, generator=generator)
    slopes = torch.autograd.grad(h, made, top)
    rows = enumerate(zip(sums, made, slopes, strict=True), start=1)
    return [_measured(i, s.activation, *each) for i, each in rows]


def _measured(i: int, activation: str, sums: Tensor, h: Tensor, slope: Tensor) -> dict[str, Any]:
    h = h.detach()
    still = idle(h, activation)
    return {
        "layer": i,
        "sums": number(sums.detach().std()),
        "mean": number(h.mean()),
        "std": number(h.std()),
        "idle": None if still is None else number(still.float().mean()),
        "gradient": number(slope.std()),
        **histogram(h),
    }


def kept(found: list[dict[str, Any]]) -> float | None:
    """Spread of the last layer over that of the first: 1 where the stack keeps it."""
    first, last = found[0]["std"], found[-1]["std"]
    return number(last / first) if first and last is not None else None
