"""Boxes around things: how much two overlap, which of many stay, which are tried.

    IoU = |A and B| / |A or B|,   |A or B| = |A| + |B| - |A and B|

A box is (x1, y1, x2, y2): left, top, right, bottom, in pixels from the upper left corner. Its area
is (x2 - x1)(y2 - y1), as in torchvision: edges lie between pixels.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lm_core.errors import BadPicture


class Box(NamedTuple):
    """Left, top, right, bottom."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        """Never below 0."""
        return max(0.0, self.x2 - self.x1)

    @property
    def height(self) -> float:
        """Never below 0."""
        return max(0.0, self.y2 - self.y1)

    @property
    def area(self) -> float:
        """Width times height."""
        return self.width * self.height


def checked(x1: float, y1: float, x2: float, y2: float) -> Box:
    """The box of these numbers.

    Raises:
        BadPicture: one is no number, or it ends before it begins.
    """
    numbers = (x1, y1, x2, y2)
    if any(one is None or not math.isfinite(one) for one in numbers):
        raise BadPicture("A box needs four numbers: left, top, right, bottom.")
    if x2 <= x1 or y2 <= y1:
        raise BadPicture(
            f"The box {x1:g}, {y1:g}, {x2:g}, {y2:g} has no area: right must be more than left, "
            "and bottom more than top."
        )
    return Box(*map(float, numbers))


@dataclass(frozen=True)
class Overlap:
    """Two boxes and what they share."""

    shared: Box  # of no area where they do not touch
    areas: tuple[float, float]

    @property
    def intersection(self) -> float:
        """In pixels."""
        return self.shared.area

    @property
    def union(self) -> float:
        """In pixels: both areas, what is shared counted once."""
        return sum(self.areas) - self.intersection

    @property
    def iou(self) -> float:
        """From 0, nothing shared, to 1, the same box; of two boxes without area 0."""
        return self.intersection / self.union if self.union else 0.0


def overlap(one: Box, other: Box) -> Overlap:
    """What two boxes share."""
    shared = Box(
        max(one.x1, other.x1),
        max(one.y1, other.y1),
        min(one.x2, other.x2),
        min(one.y2, other.y2),
    )
    return Overlap(shared, (one.area, other.area))


def iou(one: Box, other: Box) -> float:
    """Intersection over union."""
    return overlap(one, other).iou


@dataclass(frozen=True)
class Round:
    """The best box that was left, and the boxes that overlap with it too much."""

    kept: int
    dropped: dict[int, float]  # place of a box -> its IoU with the kept one
    compared: dict[int, float]  # the same of every box that was still there


def suppression(boxes: Sequence[Box], scores: Sequence[float], threshold: float) -> list[Round]:
    """Non-maximum suppression, round by round; of equal scores the earlier box comes first.

    A box goes where its IoU with a kept one is above `threshold`.
    """
    left = sorted(range(len(boxes)), key=lambda k: (-scores[k], k))
    rounds = []
    while left:
        best, *left = left
        compared = {k: iou(boxes[best], boxes[k]) for k in left}
        dropped = {k: value for k, value in compared.items() if value > threshold}
        left = [k for k in left if k not in dropped]
        rounds.append(Round(best, dropped, compared))
    return rounds


class Anchor(NamedTuple):
    """A shape that is tried at every place."""

    size: int  # its area is size²
    ratio: float  # height / width
    box: Box


def anchors(
    sizes: Sequence[int], ratios: Sequence[float], middle: tuple[float, float]
) -> list[Anchor]:
    """Every size in every ratio around one place (x, y): w = s / sqrt(r), h = s sqrt(r)."""
    x, y = middle
    found = []
    for ratio in ratios:
        for size in sizes:
            w, h = size / math.sqrt(ratio), size * math.sqrt(ratio)
            box = Box(x - w / 2, y - h / 2, x + w / 2, y + h / 2)
            found.append(Anchor(size, ratio, box))
    return found


class Windows(NamedTuple):
    """A window of one shape that slides over a picture."""

    width: int
    height: int
    across: int  # places, from left to right
    down: int

    @property
    def many(self) -> int:
        """All its places."""
        return self.across * self.down


def windows(
    picture: tuple[int, int], sizes: Sequence[int], ratios: Sequence[float], stride: int
) -> list[Windows]:
    """How often each shape fits into a picture of (width, height), moved by `stride` pixels."""
    W, H = picture
    found = []
    for anchor in anchors(sizes, ratios, (0, 0)):
        w, h = round(anchor.box.width), round(anchor.box.height)
        across, down = ((whole - part) // stride + 1 for whole, part in ((W, w), (H, h)))
        found.append(Windows(w, h, max(0, across), max(0, down)))
    return found


def cost(picture: tuple[int, int], scales: int, ratios: int) -> int:
    """The course's formula: a window at every pixel, in every scale and every aspect ratio."""
    return scales * ratios * picture[0] * picture[1]
