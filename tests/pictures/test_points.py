"""Points by a rule, and how far made ones are from them."""

import pytest
import torch
from scipy.stats import energy_distance as of_scipy

from lm_core.pictures.points import SHAPES, density_and_coverage, energy_distance, scattered


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_decided_by_its_seed_and_is_near_itself(shape: str) -> None:
    one, again, other = scattered(shape, 600, 1), scattered(shape, 600, 1), scattered(shape, 600, 2)
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert one.abs().max() < 2.4
    assert energy_distance(one, other) < 0.02
    density, coverage = density_and_coverage(one, other)
    assert density == pytest.approx(1, abs=0.1)
    assert coverage > 0.93  # of five neighbours one in 32 has none: 1 - 2^-5
    middle = torch.zeros(600, 2)
    assert energy_distance(one, middle) > 0.5
    assert density_and_coverage(one, middle)[1] < 0.1


def test_the_distance_is_that_of_scipy_along_a_line() -> None:
    """scipy's is its root, and counts a point's distance to itself."""
    g = torch.Generator().manual_seed(0)
    x, y = torch.randn(50, 1, generator=g), torch.randn(50, 1, generator=g) + 1
    theirs = of_scipy(x.flatten().numpy(), y.flatten().numpy()) ** 2
    within = sum(float(torch.cdist(a, a).mean()) / 49 for a in (x, y))
    assert energy_distance(x, y) == pytest.approx(theirs - within, abs=1e-4)


def test_half_of_the_heaps_is_half_covered() -> None:
    real, made = scattered("gaussians", 1000, 0), scattered("gaussians", 1000, 1)
    left = made[made[:, 0] < 0]
    density, coverage = density_and_coverage(real, left)
    assert 0.3 < coverage < 0.6
    assert density > 0.8  # where it makes any, they are right


def test_other_shapes_are_none() -> None:
    with pytest.raises(ValueError, match="star"):
        scattered("star", 10, 0)
