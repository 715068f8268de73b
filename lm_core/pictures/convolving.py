"""A convolution by hand: place by place, and how many numbers it takes beside a dense layer.

    map[i, j] = b + sum over channels c, rows u, columns v of  filter[c, u, v] x[c, i + u, j + v]

The lesson and the oracle of `nn.Conv2d` (which, like all networks, does not turn the filter round).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lm_core.errors import BadSettings


@dataclass(frozen=True, eq=False)
class Place:
    """One place of a map: what is multiplied there, (channels, kernel, kernel) each."""

    seen: np.ndarray
    products: np.ndarray
    bias: float

    @property
    def by_channel(self) -> list[float]:
        """The sum of each channel."""
        return self.products.sum(axis=(1, 2)).tolist()

    @property
    def value(self) -> float:
        return float(self.products.sum() + self.bias)


def place(x: np.ndarray, kernel: np.ndarray, i: int, j: int, bias: float = 0.0) -> Place:
    """What a filter makes of the place whose top left corner is row i, column j.

    Args:
        x: (channels, height, width).
        kernel: (channels, rows, columns).

    Raises:
        BadSettings: the filter has other channels, or reaches beyond the picture there.
    """
    C, R, S = kernel.shape
    if x.shape[0] != C:
        raise BadSettings(
            f"The filter has {C} channels and the picture {x.shape[0]}: make them equal."
        )
    if not (0 <= i <= x.shape[1] - R and 0 <= j <= x.shape[2] - S):
        raise BadSettings("The filter reaches beyond the picture there: pad it, or go further in.")
    seen = x[:, i : i + R, j : j + S]
    return Place(seen, seen * kernel, bias)


def convolved(x: np.ndarray, kernel: np.ndarray, bias: float = 0.0, padding: int = 0) -> np.ndarray:
    """The map of one filter, (height + 2 padding - rows + 1, width + 2 padding - columns + 1)."""
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    rows, columns = x.shape[1] - kernel.shape[1] + 1, x.shape[2] - kernel.shape[2] + 1
    return np.array(
        [[place(x, kernel, i, j, bias).value for j in range(columns)] for i in range(rows)]
    )


def max_pooled(x: np.ndarray, size: int = 2) -> np.ndarray:
    """The largest number of each window of (height, width); windows do not overlap, and one that is
    cut off at the edge counts too."""
    rows, columns = (-(-side // size) for side in x.shape)
    windows = [
        [x[i * size : (i + 1) * size, j * size : (j + 1) * size].max() for j in range(columns)]
        for i in range(rows)
    ]
    return np.array(windows)


def dense_weights(inputs: Sequence[int], units: int) -> int:
    """Weights of a dense layer over a picture of this shape: each unit sees every number."""
    return int(np.prod(inputs)) * units


def filter_weights(channels: int, filters: int, kernel: int) -> int:
    """Weights and biases of a layer of filters, however large the picture is."""
    return filters * (channels * kernel * kernel + 1)
