"""Pictures with noise, changed pictures, classes made rare: what the seed decides, and how much."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.ndimage import rotate
from sklearn.utils.class_weight import compute_class_weight

from lm_core.pictures.augment import KINDS, augmented, moved
from lm_core.pictures.imbalance import class_weights, kept_shares, thinned
from lm_core.pictures.noise import freshly_noisy, noisy, psnr
from lm_core.pictures.splits import PicturesWithClass

PIXELS = torch.rand(40, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def test_noise_is_decided_by_its_seed_and_stays_within_bounds() -> None:
    one, again, other = (noisy(PIXELS, 0.5, seed) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert (one.min(), one.max()) == (0, 1)
    assert noisy(PIXELS, 0.0, 1) is PIXELS
    assert freshly_noisy(PIXELS, 0.0) is PIXELS
    grey = torch.full((100, 1, 8, 8), 0.5)
    assert float((noisy(grey, 0.1, 0) - grey).std()) == pytest.approx(0.1, rel=0.03)


def test_decibels() -> None:
    assert psnr(0.01) == pytest.approx(20)
    assert psnr(0.0) == math.inf


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_keeps_the_shape_and_is_decided_by_its_generator(kind: str) -> None:
    one, again = (augmented(PIXELS, kind, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, again)
    assert one.shape == PIXELS.shape
    assert torch.equal(one, PIXELS) == (kind == "none")


def test_a_picture_that_is_moved_by_nothing_stays_and_by_a_pixel_goes_a_pixel() -> None:
    n = len(PIXELS)
    nothing, one = torch.zeros(n), torch.ones(n)
    how = {"right": nothing, "down": nothing, "turn": nothing, "scale": one}
    torch.testing.assert_close(moved(PIXELS, **how), PIXELS, atol=1e-6, rtol=0)
    right = moved(PIXELS, **how | {"right": one / 8})
    torch.testing.assert_close(right[..., 1:], PIXELS[..., :-1], atol=1e-5, rtol=0)
    assert right[..., 0].abs().max() < 1e-5
    down = moved(PIXELS, **how | {"down": one / 8})
    torch.testing.assert_close(down[..., 1:, :], PIXELS[..., :-1, :], atol=1e-5, rtol=0)


def test_a_turn_is_that_of_scipy() -> None:
    n = len(PIXELS)
    nothing, one = torch.zeros(n), torch.ones(n)
    quarter = moved(PIXELS, right=nothing, down=nothing, turn=90 * one, scale=one)
    theirs = rotate(PIXELS.numpy(), 90, axes=(2, 3), reshape=False, order=1)
    np.testing.assert_allclose(quarter.numpy(), theirs, atol=1e-5)


def test_the_last_class_keeps_one_of_so_many() -> None:
    labels = torch.arange(10).repeat(100)
    part = PicturesWithClass(torch.zeros(1000, 1, 2, 2), labels)
    count = thinned(part, 10, 50.0).labels.bincount()
    assert (count[0], count[9]) == (100, 2)
    assert all(a >= b for a, b in pairwise(count))
    assert kept_shares(10, 1.0) == [1.0] * 10
    assert int(thinned(part, 10, 1000.0).labels.bincount().min()) == 1


def test_weights_against_it_are_those_of_scikit_learn() -> None:
    labels = torch.tensor([0, 0, 0, 0, 1, 2, 2])
    theirs = compute_class_weight("balanced", classes=np.arange(3), y=labels.numpy())
    np.testing.assert_allclose(class_weights(labels, 4)[:3].numpy(), theirs, rtol=1e-6)
    assert class_weights(labels, 4)[3] == 0
    assert float(class_weights(labels, 4)[labels].mean()) == pytest.approx(1)
