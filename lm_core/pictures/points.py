"""Points in the plane that a rule scatters, and how far made ones are from real ones.

    energy distance = 2 E|x - y| - E|x - x'| - E|y - y'|

of real x and made y: 0 where both come from the same distribution, above it otherwise (Székely and
Rizzo 2013). `density` and `coverage` say why: made points that lie where no real ones are, real
ones that nothing was made near (Naeem et al. 2020, "Reliable fidelity and diversity metrics").
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.split import Split

SHAPES = ("ring", "moons", "gaussians")
NEAREST = 5  # neighbours that say how far a real point's surroundings reach


@dataclass(frozen=True)
class Points(Split):
    places: Tensor  # (N, 2)


def scattered(shape: str, n: int, seed: int) -> Tensor:
    """(n, 2) points of a shape, within about 2 of the middle."""
    g = torch.Generator().manual_seed(seed)
    angle = 2 * math.pi * torch.rand(n, generator=g)
    noise = torch.randn(n, 2, generator=g)
    if shape == "ring":
        return 1.5 * _circle(angle) + 0.08 * noise
    if shape == "moons":
        upper = (torch.arange(n) % 2).bool().unsqueeze(1)
        half = angle / 2  # half a circle
        one = torch.stack([half.cos() - 0.5, half.sin() - 0.25], dim=1)
        two = torch.stack([0.5 - half.cos(), 0.25 - half.sin()], dim=1)
        return 1.2 * torch.where(upper, one, two) + 0.08 * noise
    if shape == "gaussians":
        centre = torch.randint(8, (n,), generator=g) * (math.pi / 4)
        return 1.6 * _circle(centre) + 0.1 * noise
    raise ValueError(shape)


def _circle(angle: Tensor) -> Tensor:
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def energy_distance(real: Tensor, made: Tensor) -> float:
    """Of (N, D) and (M, D), never below 0."""
    within = [torch.cdist(x, x).sum() / (len(x) * max(1, len(x) - 1)) for x in (real, made)]
    return max(0.0, float(2 * torch.cdist(real, made).mean() - within[0] - within[1]))


def density_and_coverage(real: Tensor, made: Tensor) -> tuple[float, float]:
    """Of (N, D) and (M, D): how many surroundings of real points a made one lies in, divided by
    NEAREST (1 where both are alike); the share of real points with a made one in theirs."""
    k = min(NEAREST, len(real) - 1)
    reach = torch.cdist(real, real).kthvalue(k + 1, dim=1).values  # the nearest is the point itself
    inside = torch.cdist(real, made) <= reach.unsqueeze(1)  # (N, M)
    return float(inside.float().sum(0).mean() / k), float(inside.any(1).float().mean())
