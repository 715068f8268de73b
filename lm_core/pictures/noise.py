"""Noise on pictures, the same each time for one seed, and how far a picture is from another.

    noisy = clamp(clean + s z, 0, 1),   z standard normal,   s the strength

Source: Vincent et al. 2008, "Extracting and composing robust features with denoising autoencoders".
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.split import Split


@dataclass(frozen=True)
class NoisyPictures(Split):
    """Pictures with noise beside themselves. All are from 0 to 1."""

    noisy: Tensor  # (N, channels, height, width)
    clean: Tensor  # (N, channels, height, width)
    labels: Tensor  # (N,) int64, what is on them: to look at, not to learn from


def noisy(pixels: Tensor, strength: float, seed: int) -> Tensor:
    """The pictures with noise that the seed alone decides, on every device; of any shape."""
    if not strength:
        return pixels
    z = torch.randn(pixels.shape, generator=torch.Generator().manual_seed(seed))
    return (pixels + strength * z.to(pixels.device)).clamp(0, 1)


def freshly_noisy(pixels: Tensor, strength: float) -> Tensor:
    """The pictures with noise from the generator that is running: another one in each step."""
    return (pixels + strength * torch.randn_like(pixels)).clamp(0, 1) if strength else pixels


def psnr(squared_error: float) -> float:
    """Peak signal-to-noise ratio in decibels, of brightness up to 1: -10 log10(squared error)."""
    return -10 * math.log10(squared_error) if squared_error > 0 else math.inf
