"""A small grid made larger in four ways, each new number with the sum that it is.

- nearest: the number of the cell it lies in
- bilinear: a mix of the four around, by how near they are
- max-unpooling: each number goes back to where the largest was before pooling, the rest is 0
- transposed convolution: each number stamps a kernel, times itself; where stamps overlap they add

    size = (H - 1) stride - 2 padding + k      (Dumoulin and Visin, 2016)
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lm_core.errors import BadSettings


class Term(NamedTuple):
    """A number of the small grid, and what it is taken times."""

    factor: float
    value: float
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class Larger:
    """The large grid, and for each of its cells the terms that it is the sum of."""

    values: np.ndarray  # (H', W')
    terms: list[list[list[Term]]]

    def said(self, row: int, column: int) -> str:
        """The sum of one cell: "0.75 × 1 + 0.25 × 2 = 1.25"."""
        terms = self.terms[row][column]
        sum_ = " + ".join(f"{_number(one.factor)} × {_number(one.value)}" for one in terms) or "0"
        return f"{sum_} = {_number(float(self.values[row, column]))}"


def _number(value: float) -> str:
    text = f"{value:.4f}".rstrip("0").rstrip(".").replace("-", "−")
    return "0" if text == "−0" else (f"({text})" if value < 0 else text)


def _made(terms: list[list[list[Term]]]) -> Larger:
    values = [[sum(one.factor * one.value for one in cell) for cell in row] for row in terms]
    return Larger(np.array(values, dtype=float), terms)


def nearest(grid: np.ndarray, height: int, width: int) -> Larger:
    """(H, W) -> (height, width), as torch's mode "nearest"."""
    H, W = grid.shape
    return _made(
        [
            [
                [
                    Term(
                        1.0,
                        float(grid[r * H // height, c * W // width]),
                        r * H // height,
                        c * W // width,
                    )
                ]
                for c in range(width)
            ]
            for r in range(height)
        ]
    )


def _mix(place: int, size: int, large: int, corners: bool) -> list[tuple[int, float]]:
    """Cells of the small axis and their weights for one cell of the large one."""
    if corners:
        at = place * (size - 1) / (large - 1) if large > 1 else 0.0
    else:
        at = max(0.0, (place + 0.5) * size / large - 0.5)
    low = min(math.floor(at), size - 1)
    high = min(low + 1, size - 1)
    share = at - low
    return [(k, w) for k, w in ((low, 1 - share), (high, share)) if w]


def bilinear(grid: np.ndarray, height: int, width: int, *, corners: bool) -> Larger:
    """(H, W) -> (height, width). `corners`: the numbers lie in the corners of the new grid
    (torch's align_corners), as in the course's picture; else in the middle of their share."""
    H, W = grid.shape
    rows = [_mix(r, H, height, corners) for r in range(height)]
    columns = [_mix(c, W, width, corners) for c in range(width)]
    return _made(
        [
            [
                [Term(a * b, float(grid[i, j]), i, j) for i, a in row for j, b in column]
                for column in columns
            ]
            for row in rows
        ]
    )


def pooled(before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(2H, 2W) -> the largest of each 2 x 2, (H, W), and where it was, (H, W, 2): row, column. Of
    equal ones the first."""
    H, W = before.shape[0] // 2, before.shape[1] // 2
    largest, places = np.zeros((H, W)), np.zeros((H, W, 2), dtype=int)
    for i in range(H):
        for j in range(W):
            block = before[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            r, c = divmod(int(block.argmax()), 2)
            largest[i, j] = block[r, c]
            places[i, j] = 2 * i + r, 2 * j + c
    return largest, places


def unpooled(grid: np.ndarray, places: np.ndarray) -> Larger:
    """(H, W) -> (2H, 2W): each number at its place (H, W, 2), 0 elsewhere."""
    H, W = grid.shape
    terms: list[list[list[Term]]] = [[[] for _ in range(2 * W)] for _ in range(2 * H)]
    for (i, j), value in np.ndenumerate(grid):
        r, c = places[i, j]
        terms[r][c].append(Term(1.0, float(value), i, j))
    return _made(terms)


def transposed_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """Cells along a side.

    Raises:
        BadSettings: the padding takes all of them away.
    """
    found = (size - 1) * stride - 2 * padding + kernel
    if found < 1:
        raise BadSettings(
            f"Nothing is left: ({size} − 1) × {stride} − 2 × {padding} + {kernel} = {found}; "
            "choose a smaller padding.",
            "padding",
        )
    return found


def transposed(grid: np.ndarray, kernel: np.ndarray, *, stride: int, padding: int) -> Larger:
    """(H, W) and a (k, k) kernel: stamps `stride` apart, `padding` cells cut off on each side."""
    (H, W), k = grid.shape, kernel.shape[0]
    high, wide = (transposed_size(size, k, stride, padding) for size in (H, W))
    terms: list[list[list[Term]]] = [[[] for _ in range(wide)] for _ in range(high)]
    for (i, j), value in np.ndenumerate(grid):
        for (a, b), weight in np.ndenumerate(kernel):
            r, c = i * stride - padding + a, j * stride - padding + b
            if 0 <= r < high and 0 <= c < wide:
                terms[r][c].append(Term(float(weight), float(value), i, j))
    return _made(terms)


def spread(grid: np.ndarray, kernel: int, *, stride: int, padding: int) -> np.ndarray:
    """The other way to see it: zeros between and around the numbers. A plain convolution over this
    grid, with the kernel turned by 180 degrees, gives the same."""
    H, W = grid.shape
    around = kernel - 1 - padding
    inner = np.zeros(((H - 1) * stride + 1, (W - 1) * stride + 1))
    inner[::stride, ::stride] = grid
    if around >= 0:
        return np.pad(inner, around)
    cut = slice(-around, around)
    return inner[cut, cut]


def bilinear_kernel(size: int) -> np.ndarray:
    """(k, k): what a fully convolutional network begins with (Long and others, 2015)."""
    factor = (size + 1) // 2
    middle = factor - 1 if size % 2 else factor - 0.5
    one = 1 - np.abs(np.arange(size) - middle) / factor
    return np.outer(one, one)
