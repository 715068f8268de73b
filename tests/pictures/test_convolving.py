"""A convolution by hand is that of torch, and the course's example comes out at 56."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.pictures.convolving import (
    convolved,
    dense_weights,
    filter_weights,
    max_pooled,
    place,
)


@given(
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(4, 9),
    st.integers(4, 9),
    st.integers(0, 2),
    st.integers(0, 99),
)
def test_by_hand_it_is_that_of_torch(C: int, k: int, H: int, W: int, pad: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    x, kernel = random.normal(size=(C, H, W)), random.normal(size=(C, k, k))
    ours = convolved(x, kernel, bias=0.5, padding=pad)
    theirs = F.conv2d(
        torch.from_numpy(x)[None],
        torch.from_numpy(kernel)[None],
        torch.tensor([0.5], dtype=torch.float64),
        padding=pad,
    )
    np.testing.assert_allclose(ours, theirs[0, 0].numpy(), atol=1e-12)
    pooled = F.max_pool2d(torch.from_numpy(x)[None], 2, ceil_mode=True)[0, 0]
    np.testing.assert_array_equal(max_pooled(x[0]), pooled.numpy())


def test_two_channels_of_the_course_come_to_fifty_six() -> None:
    """F34: 37 of one channel and 19 of the other."""
    seen = np.array([[[1, 2], [4, 5]], [[0, 1], [3, 4]]])
    kernel = np.array([[[1, 2], [3, 4]], [[0, 1], [2, 3]]])
    found = place(seen, kernel, 0, 0)
    assert found.by_channel == [37, 19]
    assert found.value == 56


def test_a_dense_layer_over_a_large_picture_has_sixty_five_million_weights() -> None:
    """F33: 256 x 256 numbers, a thousand units; filters do not grow with the picture."""
    assert dense_weights((256, 256), 1) == 65_536
    assert dense_weights((256, 256), 1000) == 65_536_000
    layer = nn.Conv2d(3, 32, 3)
    assert filter_weights(3, 32, 3) == sum(p.numel() for p in layer.parameters()) == 896


def test_what_does_not_fit_is_said() -> None:
    x = np.zeros((2, 4, 4))
    with pytest.raises(BadSettings, match="3 channels and the picture 2"):
        place(x, np.zeros((3, 2, 2)), 0, 0)
    with pytest.raises(BadSettings, match="beyond"):
        place(x, np.zeros((2, 3, 3)), 2, 0)
