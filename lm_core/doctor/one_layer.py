"""The initialisation laboratory with one layer: what weights of a spread make of the numbers.

    y = x W,   x ~ N(0, 1),   W ~ N(0, scale^2)   =>   std(y) = scale sqrt(n_in)

Each number of y is a sum of n_in products, and the variances of sums add up. That is why a start
divides by sqrt(n_in) (He et al. 2015, "Delving Deep into Rectifiers", with a gain for the
activation). Everything comes from `seed`; the global generator is left alone.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch

from lm_core.doctor.looking import histogram
from lm_core.errors import BadSettings
from lm_core.settings import Settings, setting

NUMBERS = 5_000_000  # of x and y together


@dataclass(frozen=True)
class LayerSettings(Settings):
    """A layer, and how its weights are drawn."""

    scale: float = setting(
        1.0, title="Scale", low=0.0, high=100.0, help="Spread (standard deviation) of the weights."
    )
    n_in: int = setting(
        10, title="Inputs", low=1, high=1000, unit="numbers", help="Numbers that come in."
    )
    n_out: int = setting(
        200, title="Units", low=1, high=1000, unit="units", help="Numbers that go out."
    )
    rows: int = setting(
        1000, title="Rows", low=2, high=10_000, help="Inputs that go through, drawn at random."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rows * (self.n_in + self.n_out) > NUMBERS:
            raise BadSettings(
                f"{self.rows:,} rows of {self.n_in + self.n_out:,} numbers are more than "
                f"{NUMBERS:,}: take fewer of one of them."
            )


@dataclass(frozen=True)
class OneLayer:
    """Standard deviations, measured, and how the numbers lie (`edges` and `counts`)."""

    x: float
    weights: float
    y: float
    expected: float  # of y, by the formula
    before: dict[str, Any]
    after: dict[str, Any]


def one_layer(settings: LayerSettings, seed: int = 0) -> OneLayer:
    """x (rows, n_in) through W (n_in, n_out); the same x and the same dice whatever the scale."""
    s = settings
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(s.rows, s.n_in, generator=generator)
    W = torch.randn(s.n_in, s.n_out, generator=generator) * s.scale
    y = x @ W  # (rows, n_out)
    return OneLayer(
        x=float(x.std()),
        weights=float(W.std(correction=0)),
        y=float(y.std()),
        expected=s.scale * math.sqrt(s.n_in),
        before=histogram(x),
        after=histogram(y),
    )


def usual_scales(n_in: int) -> dict[str, float]:
    """The four that a course compares: as drawn, larger, smaller, and the one that keeps."""
    return {"1": 1.0, "5": 5.0, "0.05": 0.05, "1/√n": 1 / math.sqrt(n_in)}
