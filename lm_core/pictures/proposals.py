"""Selective search: where something might be, before anybody says what.

    1. graph segmentation: pixels that are alike become one region
    2. again and again the two neighbouring regions that are most alike become one
    every region there ever was gives a box

Alike means the sum of the paper's four measures, each from 0 to 1:

    colour   sum over k of min(c_a[k], c_b[k])        c: a histogram of values for each channel
    texture  sum over k of min(t_a[k], t_b[k])        t: of slopes in eight directions each
    size     1 - (size_a + size_b) / size_picture     small ones first
    fill     1 - (box_ab - size_a - size_b) / size_picture, box_ab the box around both: no holes

Paper: Uijlings and others 2013, "Selective Search for Object Recognition", section 3.2; the graph
segmentation, of scikit-image, Felzenszwalb and Huttenlocher 2004.
Left out on purpose: several colour spaces, an order of the boxes.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from lm_core.pictures.boxes import Box
from lm_core.pictures.extra import scikit_image

COLOUR_BINS, TEXTURE_BINS = 25, 10  # of a histogram, as in the paper
DIRECTIONS, SPREAD = 8, 1.0  # of slopes; sigma of the Gaussian that they are taken of, in pixels
MEASURES = ("colour", "texture", "size", "fill")


@dataclass(frozen=True, eq=False)
class Region:
    """What is known of a region. Two of them give that of their union: no pixel is read again."""

    size: int  # pixels
    colour: np.ndarray  # (C * 25,) shares of its values, all together 1
    texture: np.ndarray  # (C * 8 * 10,) shares of its slopes, all together 1
    box: Box

    def __or__(self, other: "Region") -> "Region":
        size = self.size + other.size

        def mean(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
            return (self.size * mine + other.size * theirs) / size

        colour, texture = mean(self.colour, other.colour), mean(self.texture, other.texture)
        return Region(size, colour, texture, _both(self.box, other.box))


@dataclass(frozen=True, eq=False)
class Search:
    """`first` (H, W) are the numbers of the regions of the segmentation, from 0; `merged` the pairs
    that became one, in their order, under the next number; `known` what is known of each region, by
    number.
    """

    first: np.ndarray
    merged: list[tuple[int, int]]
    known: list[Region]

    def after(self, many: int) -> np.ndarray:
        """(H, W) the regions after so many merges, by number."""
        now = self.first.copy()
        for n, pair in enumerate(self.merged[:many]):
            now[np.isin(now, pair)] = self.first.max() + 1 + n
        return now

    @property
    def boxes(self) -> list[Box]:
        """One for each region, by number."""
        return [one.box for one in self.known]

    def why(self, many: int) -> dict[str, float]:
        """How alike the two are that become one after so many merges, by measure."""
        a, b = self.merged[many]
        return alike(self.known[a], self.known[b], self.first.size)

    @property
    def different(self) -> list[Box]:
        """The boxes, each once, in their order."""
        return list(dict.fromkeys(self.boxes))


def segments(pixels: np.ndarray, *, scale: float, least: int) -> np.ndarray:
    """(H, W) from 0 to 1 -> (H, W) int64, the number of the region of each pixel, from 0.

    Args:
        scale: the larger, the larger regions become.
        least: pixels of a region, at least.

    Raises:
        Unsupported: scikit-image is not installed.
    """
    scikit_image()
    from skimage.segmentation import felzenszwalb

    return felzenszwalb(pixels, scale=scale, sigma=0.8, min_size=least, channel_axis=None)


def alike(a: Region, b: Region, whole: int) -> dict[str, float]:
    """The four measures, from 0 to 1 each, by name.

    Args:
        whole: pixels of the picture.
    """
    size, box = a.size + b.size, _both(a.box, b.box)
    around = (box.x2 - box.x1) * (box.y2 - box.y1)
    return {
        "colour": float(np.minimum(a.colour, b.colour).sum()),
        "texture": float(np.minimum(a.texture, b.texture).sum()),
        "size": 1 - size / whole,
        "fill": 1 - (around - size) / whole,
    }


def regions_of(pixels: np.ndarray, first: np.ndarray) -> list[Region]:
    """What is known of each region of a segmentation, by number.

    Args:
        pixels: (H, W) or (H, W, C) from 0 to 1.
        first: (H, W) numbers of the regions, from 0.
    """
    channels = pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels, -1, 0)  # (C, H, W)
    colours = _binned(channels, COLOUR_BINS)
    slopes = np.concatenate([_slopes(one) for one in channels])  # (C * 8, H, W)
    textures = _binned(slopes, TEXTURE_BINS)
    found = []
    for k in range(int(first.max()) + 1):
        inside = first == k
        colour = _shares(colours[:, inside], COLOUR_BINS)
        texture = _shares(textures[:, inside], TEXTURE_BINS)
        found.append(Region(int(inside.sum()), colour, texture, _around(inside)))
    return found


def search(pixels: np.ndarray, first: np.ndarray, measures: Collection[str] = MEASURES) -> Search:
    """Merge the regions of a picture until one is left.

    Args:
        pixels: (H, W) or (H, W, C) from 0 to 1.
        measures: which of the four are added.
    """
    known = regions_of(pixels, first)
    near = {k: set() for k in range(len(known))}
    for one, other in ((first[:, 1:], first[:, :-1]), (first[1:], first[:-1])):
        for a, b in set(zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)):
            if a != b:
                near[a].add(b)
                near[b].add(a)
    merged = []

    def total(a: int, b: int) -> float:
        each = alike(known[a], known[b], first.size)
        return sum(each[name] for name in measures)

    pairs = {(a, b): total(a, b) for a in near for b in near[a] if a < b}
    while pairs:
        a, b = max(pairs, key=lambda pair: (pairs[pair], -pair[0], -pair[1]))
        new = len(known)
        merged.append((a, b))
        known.append(known[a] | known[b])
        near[new] = (near[a] | near[b]) - {a, b}
        pairs = {pair: value for pair, value in pairs.items() if not {a, b} & set(pair)}
        for k in near[new]:
            near[k] = (near[k] - {a, b}) | {new}
            pairs[k, new] = total(k, new)
    return Search(first, merged, known)


def _slopes(channel: np.ndarray) -> np.ndarray:
    """(H, W) -> (8, H, W) from 0 to 1: how steeply it rises towards each of eight directions."""
    from scipy import ndimage

    down, right = (
        ndimage.gaussian_filter(channel, SPREAD, order=order, mode="nearest")
        for order in ((1, 0), (0, 1))
    )
    angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    rises = [np.cos(angle) * right + np.sin(angle) * down for angle in angles]
    # A step from 0 to 1 has the slope 1 / (sigma sqrt(2 pi)), the most there is.
    return np.stack(rises).clip(0) * SPREAD * np.sqrt(2 * np.pi)


def _binned(values: np.ndarray, bins: int) -> np.ndarray:
    """From 0 to 1 -> which bin of its row's histogram, each row with bins of its own."""
    rows = np.arange(len(values)).reshape(-1, *[1] * (values.ndim - 1))
    return (values.clip(0, 1) * bins).astype(int).clip(max=bins - 1) + bins * rows


def _shares(binned: np.ndarray, bins: int) -> np.ndarray:
    """(rows, pixels) -> (rows * bins,), all together 1."""
    return np.bincount(binned.ravel(), minlength=len(binned) * bins) / binned.size


def _both(one: Box, other: Box) -> Box:
    """The box around two."""
    left, top = min(one.x1, other.x1), min(one.y1, other.y1)
    return Box(left, top, max(one.x2, other.x2), max(one.y2, other.y2))


def _around(covered: np.ndarray) -> Box:
    rows, columns = np.nonzero(covered)
    edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return Box(*map(float, edges))
