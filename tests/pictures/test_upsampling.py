"""Grids made larger by hand are those of torch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.pictures.upsampling import (
    Larger,
    bilinear,
    bilinear_kernel,
    nearest,
    pooled,
    spread,
    transposed,
    unpooled,
)

numbers = st.integers(-9, 9).map(float)
grids = arrays(float, st.tuples(st.integers(1, 3), st.integers(1, 3)), elements=numbers)
sizes = st.integers(1, 8)


def batch(grid: np.ndarray) -> torch.Tensor:
    return torch.tensor(grid)[None, None]  # (1, 1, H, W)


def same(ours: Larger, theirs: torch.Tensor) -> None:
    assert ours.values == pytest.approx(theirs[0, 0].numpy(), abs=1e-9)
    sums = [[sum(t.factor * t.value for t in cell) for cell in row] for row in ours.terms]
    assert np.array(sums) == pytest.approx(ours.values, abs=1e-9)


@given(grids, sizes, sizes)
def test_nearest(grid: np.ndarray, height: int, width: int) -> None:
    theirs = F.interpolate(batch(grid), (height, width), mode="nearest")
    same(nearest(grid, height, width), theirs)


@given(grids, sizes, sizes, st.booleans())
def test_bilinear(grid: np.ndarray, height: int, width: int, corners: bool) -> None:
    size = (height, width)
    theirs = F.interpolate(batch(grid), size, mode="bilinear", align_corners=corners)
    same(bilinear(grid, height, width, corners=corners), theirs)


@given(arrays(float, (4, 6), elements=numbers), arrays(float, (2, 3), elements=numbers))
def test_unpooling(before: np.ndarray, grid: np.ndarray) -> None:
    largest, places = pooled(before)
    theirs, indices = F.max_pool2d(batch(before), 2, return_indices=True)
    assert largest == pytest.approx(theirs[0, 0].numpy())
    assert np.array_equal(places[..., 0] * 6 + places[..., 1], indices[0, 0].numpy())
    same(unpooled(grid, places), F.max_unpool2d(batch(grid), indices, 2))


@given(grids, st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.data())
def test_transposed(grid: np.ndarray, k: int, stride: int, padding: int, data: st.DataObject):
    kernel = data.draw(arrays(float, (k, k), elements=numbers))
    if any((size - 1) * stride - 2 * padding + k < 1 for size in grid.shape):
        with pytest.raises(BadSettings, match="Nothing is left"):
            transposed(grid, kernel, stride=stride, padding=padding)
        return
    ours = transposed(grid, kernel, stride=stride, padding=padding)
    same(ours, F.conv_transpose2d(batch(grid), batch(kernel), stride=stride, padding=padding))
    zeros = spread(grid, k, stride=stride, padding=padding)
    turned = torch.tensor(kernel[::-1, ::-1].copy())[None, None]
    again = F.conv2d(batch(zeros), turned)
    assert ours.values == pytest.approx(again[0, 0].numpy(), abs=1e-9)


def test_the_kernel_that_a_fully_convolutional_network_begins_with_is_bilinear() -> None:
    grid = np.arange(16.0).reshape(4, 4)
    kernel = bilinear_kernel(4)
    ours = transposed(grid, kernel, stride=2, padding=1).values
    theirs = bilinear(grid, 8, 8, corners=False).values
    assert ours[2:-2, 2:-2] == pytest.approx(theirs[2:-2, 2:-2])


def test_a_cell_says_its_sum() -> None:
    grid = np.array([[1.0, 2.0], [3.0, -4.0]])
    assert nearest(grid, 4, 4).said(3, 3) == "1 × (−4) = (−4)"
    assert bilinear(grid, 3, 3, corners=True).said(0, 1) == "0.5 × 1 + 0.5 × 2 = 1.5"
    assert unpooled(grid, pooled(np.eye(4))[1]).said(1, 0) == "0 = 0"
