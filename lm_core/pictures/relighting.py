"""Changed copies of a coloured picture whose value stays: mirrored, turned, lit another way.

    contrast and light:   c (x - mean of x) + mean of x + b,   from 0 to 1

Source: the transformations of seed 002 (resize, flip, rotation, colour, normalise).
"""

import torch
from torch import Tensor

from lm_core.pictures.augment import moved

KINDS = ("none", "flip", "flip, turn, light")
TURN, LIGHT, CONTRAST = 15.0, 0.15, 0.25  # degrees, brightness, share: at most, either way


def relit(pixels: Tensor, kind: str, generator: torch.Generator | None = None) -> Tensor:
    """A changed copy of each picture, (B, channels, height, width) both, from 0 to 1.

    Args:
        kind: one of KINDS.
        generator: of the random numbers; None for the one that is running.
    """
    if kind == "none":
        return pixels
    B = len(pixels)
    draw = torch.rand(4, B, generator=generator, device="cpu").to(pixels) * 2 - 1  # from -1 to 1
    mirrored = torch.where((draw[0] > 0).view(B, 1, 1, 1), pixels.flip(3), pixels)
    if kind == "flip":
        return mirrored
    turned = moved(
        mirrored, right=0 * draw[1], down=0 * draw[1], turn=TURN * draw[1], scale=1 + 0 * draw[1]
    )
    return lit(turned, 1 + CONTRAST * draw[2], LIGHT * draw[3])


def lit(pixels: Tensor, contrast: Tensor, light: Tensor) -> Tensor:
    """Contrast (B,) around the mean of each picture, and light (B,) added."""
    mean = pixels.mean((1, 2, 3), keepdim=True)
    c, b = contrast.view(-1, 1, 1, 1), light.view(-1, 1, 1, 1)
    return (c * (pixels - mean) + mean + b).clamp(0, 1)
