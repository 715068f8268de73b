"""Changed copies of pictures, so that a network sees more than there is: shifted, turned, scaled.

A change is allowed where it leaves the class as it was. A mirrored 3 is no digit and a 6 on its
head is a 9: `BREAKS` says so. Training pictures alone are changed, never those that judge.

Source: Krizhevsky et al. 2012, section 4.1.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

KINDS = ("none", "shift", "shift, turn, scale", "flip")
# Of digits, what becomes of a class under a change that does not keep it.
BREAKS = {
    "flip": "A mirrored 2, 3, 4, 5, 6, 7 or 9 is no digit that anybody writes: its class is gone.",
}
SHIFT, TURN, SCALE = 0.13, 12.0, 0.1  # share of a side, degrees, share: at most, either way


def augmented(pixels: Tensor, kind: str, generator: torch.Generator | None = None) -> Tensor:
    """A changed copy of each picture, (B, channels, height, width) both.

    Args:
        kind: one of KINDS.
        generator: of the random numbers; None for the one that is running.
    """
    if kind == "none":
        return pixels
    B = len(pixels)
    draw = torch.rand(4, B, generator=generator, device="cpu").to(pixels) * 2 - 1  # from -1 to 1
    if kind == "flip":
        return torch.where((draw[0] > 0).view(B, 1, 1, 1), pixels.flip(3), pixels)
    more = float(kind == "shift, turn, scale")
    return moved(
        pixels,
        right=SHIFT * draw[0],
        down=SHIFT * draw[1],
        turn=more * TURN * draw[2],
        scale=1 + more * SCALE * draw[3],
    )


def moved(pixels: Tensor, *, right: Tensor, down: Tensor, turn: Tensor, scale: Tensor) -> Tensor:
    """Each picture shifted, turned about its middle and scaled; what comes in from outside is 0.

    Args:
        right, down: (B,), shares of the width and the height.
        turn: (B,), degrees against the clock.
        scale: (B,), 2 is twice as large.
    """
    angle = turn * (math.pi / 180)
    cos, sin = angle.cos() / scale, angle.sin() / scale
    # A place of the new picture in the old one: both run from -1 to 1.
    rows = [cos, -sin, -2 * right, sin, cos, -2 * down]
    where = torch.stack(rows, dim=1).view(-1, 2, 3)  # (B, 2, 3)
    grid = F.affine_grid(where, list(pixels.shape), align_corners=False)
    return F.grid_sample(pixels, grid, align_corners=False)
