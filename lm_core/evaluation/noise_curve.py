"""How well the classes of pictures are said as noise grows, with and without somebody who mends the
pictures first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.models.contract import Model, evaluating
from lm_core.pictures.noise import noisy
from lm_core.pictures.splits import PicturesWithClass

STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
SEED = 7  # of the noise: none that anything learned from


@dataclass(frozen=True)
class Measured:
    """Shares that are right at one strength of noise."""

    noise: float
    right: float
    mended: float | None = None  # after mending, where somebody mends


@torch.no_grad()
def measured(
    model: Model, part: PicturesWithClass, strength: float, mender: Model | None = None
) -> Measured:
    """At one strength."""
    given = noisy(part.pixels, strength, SEED)
    mended = None if mender is None else share(model, drawn(mender, given), part.labels)
    return Measured(strength, share(model, given, part.labels), mended)


def curve(
    model: Model,
    part: PicturesWithClass,
    mender: Model | None = None,
    strengths: Sequence[float] = STRENGTHS,
) -> list[Measured]:
    """At each strength, with the same noise in another size."""
    return [measured(model, part, one, mender) for one in strengths]


def beside(
    networks: Mapping[str, Model], part: PicturesWithClass, mender: Model, strength: float
) -> dict[str, dict[str, float]]:
    """By network the share that it says rightly of the pictures as they are, noisy, and mended."""
    given = noisy(part.pixels, strength, SEED)
    pictures = {"clean": part.pixels, "noisy": given, "mended": drawn(mender, given)}
    return {
        name: {said: share(model, pixels, part.labels) for said, pixels in pictures.items()}
        for name, model in networks.items()
    }


@torch.no_grad()
def drawn(mender: Model, pixels: Tensor) -> Tensor:
    """What a mender makes of pictures."""
    with evaluating(mender):
        return mender(pixels).clamp(0, 1)


@torch.no_grad()
def share(model: Model, pixels: Tensor, labels: Tensor) -> float:
    """Of the pictures whose class is said rightly."""
    with evaluating(model):
        return (model(pixels).argmax(-1) == labels).float().mean().item()
