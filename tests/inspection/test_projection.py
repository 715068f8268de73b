"""Main axes are those of the covariance, and a turn found by Procrustes is the best there is."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as some

from lm_core.inspection.projection import laid_on_each_other, pca, procrustes, tsne


def cloud(N: int, C: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    spread = torch.linspace(3, 0.5, C)
    return torch.randn(N, C, generator=generator) * spread + 5


@given(some.integers(1, 30), some.integers(1, 12), some.integers(0, 99))
def test_the_axes_are_those_of_the_covariance(N: int, C: int, seed: int) -> None:
    x = cloud(N, C, seed)
    found = pca(x, 3)
    assert found.points.shape == (N, 3)
    covariance = np.cov(x.double().numpy(), rowvar=False, bias=True).reshape(C, C)
    values = np.sort(np.linalg.eigvalsh(covariance))[::-1]
    shares = np.zeros(3)
    if N > 1:
        k = min(3, N, C)
        shares[:k] = (values / values.sum())[:k]
    np.testing.assert_allclose(found.shares, shares, atol=1e-5)
    spread = (found.points.double() ** 2).mean(0)
    np.testing.assert_allclose(spread, shares * values.sum() if N > 1 else shares, atol=1e-4)
    np.testing.assert_allclose(found.points, (x - found.mean) @ found.axes.T, atol=1e-4)


def test_the_largest_weight_of_an_axis_is_positive_and_axes_are_square() -> None:
    found = pca(cloud(40, 6))
    torch.testing.assert_close(found.axes @ found.axes.T, torch.eye(3), atol=1e-5, rtol=0)
    assert (found.axes.gather(1, found.axes.abs().argmax(1, keepdim=True)) > 0).all()
    turned = pca(-cloud(40, 6))
    torch.testing.assert_close(turned.axes, found.axes, atol=1e-5, rtol=0)


def test_vectors_that_are_alike_have_no_variance() -> None:
    found = pca(torch.ones(5, 4))
    assert found.shares.tolist() == [0, 0, 0]
    assert not found.points.any()


@given(some.integers(2, 3), some.integers(0, 99))
def test_a_turn_is_found_again_and_none_is_better(k: int, seed: int) -> None:
    onto = cloud(20, k, seed) - 5
    generator = torch.Generator().manual_seed(seed)
    turn, _ = torch.linalg.qr(torch.randn(k, k, generator=generator))
    torch.testing.assert_close(onto @ turn @ procrustes(onto @ turn, onto), onto, atol=1e-4, rtol=0)
    other = torch.randn(20, k, generator=generator)
    best = procrustes(other, onto)
    torch.testing.assert_close(best.T @ best, torch.eye(k), atol=1e-5, rtol=0)
    left = (other @ best - onto).norm()
    for _ in range(20):
        some_turn, _ = torch.linalg.qr(torch.randn(k, k, generator=generator))
        assert left <= (other @ some_turn - onto).norm() + 1e-4


def test_maps_are_laid_on_the_last_and_keep_their_distances() -> None:
    maps = [cloud(12, 2, seed) - 5 for seed in range(3)]
    turned = laid_on_each_other(maps)
    assert turned[-1] is maps[-1]
    for before, after in zip(maps, turned, strict=True):
        torch.testing.assert_close(
            torch.cdist(before, before), torch.cdist(after, after), atol=1e-3, rtol=1e-3
        )
    assert (turned[1] - turned[2]).norm() <= (maps[1] - maps[2]).norm() + 1e-5
    assert laid_on_each_other([]) == []


def test_tsne_keeps_neighbours_and_comes_out_the_same_again() -> None:
    """Three clouds far apart in 20 dimensions: each point's nearest is of its own cloud."""
    generator = torch.Generator().manual_seed(0)
    centres = 20 * torch.randn(3, 20, generator=generator)
    cloud = torch.arange(60) % 3
    vectors = centres[cloud] + torch.randn(60, 20, generator=generator)
    points = tsne(vectors)
    assert points.shape == (60, 2)
    near = torch.cdist(points, points).fill_diagonal_(torch.inf).argmin(1)
    assert torch.equal(cloud[near], cloud)
    assert torch.equal(points, tsne(vectors))
    assert tsne(vectors[:3], 3).shape == (3, 3)
