"""Selective search: where something might be, before anybody says what.

    1. graph segmentation: pixels that are alike become one region
    2. again and again the two neighbouring regions that are most alike become one
    every region there ever was gives a box

Alike means here the two measures of the paper that a gray picture has: brightness (how much the
histograms share) and size (small ones first), each from 0 to 1, added.

Paper: Uijlings and others 2013, "Selective Search for Object Recognition"; the graph segmentation,
of scikit-image, Felzenszwalb and Huttenlocher 2004.
Left out on purpose: texture and fill, several colour spaces, an order of the boxes.
"""

from dataclasses import dataclass

import numpy as np

from lm_core.pictures.boxes import Box
from lm_core.pictures.extra import scikit_image

BINS = 16  # of a histogram of brightness


@dataclass(frozen=True, eq=False)
class Search:
    """`first` (H, W) are the numbers of the regions of the segmentation, from 0; `merged` the pairs
    that became one, in their order, under the next number; `boxes` one for each region, by number.
    """

    first: np.ndarray
    merged: list[tuple[int, int]]
    boxes: list[Box]

    def after(self, many: int) -> np.ndarray:
        """(H, W) the regions after so many merges, by number."""
        now = self.first.copy()
        for n, pair in enumerate(self.merged[:many]):
            now[np.isin(now, pair)] = self.first.max() + 1 + n
        return now

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


def search(pixels: np.ndarray, first: np.ndarray) -> Search:
    """Merge the regions of a gray picture until one is left."""
    count = int(first.max()) + 1
    bins = (pixels.clip(0, 1) * (BINS - 1)).round().astype(int)
    sizes = {k: int((first == k).sum()) for k in range(count)}
    shares = {k: np.bincount(bins[first == k], minlength=BINS) / sizes[k] for k in sizes}
    boxes = {k: _around(first == k) for k in sizes}
    near = {k: set() for k in sizes}
    for one, other in ((first[:, 1:], first[:, :-1]), (first[1:], first[:-1])):
        for a, b in set(zip(one.ravel().tolist(), other.ravel().tolist(), strict=True)):
            if a != b:
                near[a].add(b)
                near[b].add(a)
    whole, merged = first.size, []

    def alike(a: int, b: int) -> float:
        brightness = float(np.minimum(shares[a], shares[b]).sum())
        return brightness + 1 - (sizes[a] + sizes[b]) / whole

    pairs = {(a, b): alike(a, b) for a in near for b in near[a] if a < b}
    while pairs:
        a, b = max(pairs, key=lambda pair: (pairs[pair], -pair[0], -pair[1]))
        new = count + len(merged)
        merged.append((a, b))
        sizes[new] = sizes[a] + sizes[b]
        shares[new] = (sizes[a] * shares[a] + sizes[b] * shares[b]) / sizes[new]
        one, other = boxes[a], boxes[b]
        boxes[new] = Box(
            min(one.x1, other.x1),
            min(one.y1, other.y1),
            max(one.x2, other.x2),
            max(one.y2, other.y2),
        )
        near[new] = (near[a] | near[b]) - {a, b}
        pairs = {pair: value for pair, value in pairs.items() if not {a, b} & set(pair)}
        for k in near[new]:
            near[k] = (near[k] - {a, b}) | {new}
            pairs[k, new] = alike(k, new)
    return Search(first, merged, [boxes[k] for k in range(count + len(merged))])


def _around(covered: np.ndarray) -> Box:
    rows, columns = np.nonzero(covered)
    edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return Box(*map(float, edges))
