"""A detector that learns nothing: windows slide over a picture, and where the inside is brighter
than what is around, something is said to be.

    score = mean inside - mean of a frame of `EDGE` pixels around

It knows no classes and says the one it was given: the commonest of the training pictures.
"""

from collections.abc import Sequence

import numpy as np

from lm_core.pictures.average_precision import Said
from lm_core.pictures.boxes import Box, suppression

SIZES = (10, 13, 16)  # pixels
STRIDE, EDGE = 2, 2  # pixels
LEAST, APART = 0.08, 0.2  # brightness; IoU


def slid(pixels: np.ndarray, label: str, sizes: Sequence[int] = SIZES) -> list[Said]:
    """(height, width) from 0 to 1 -> boxes, the surest first."""
    H, W = pixels.shape
    table = np.pad(pixels, ((1, 0), (1, 0))).cumsum(0).cumsum(1)  # sums of all above and left

    def total(x1: int, y1: int, x2: int, y2: int) -> float:
        return float(table[y2, x2] - table[y1, x2] - table[y2, x1] + table[y1, x1])

    boxes, scores = [], []
    for size in sizes:
        for y in range(0, H - size + 1, STRIDE):
            for x in range(0, W - size + 1, STRIDE):
                inner = x, y, x + size, y + size
                outer = (
                    max(0, x - EDGE),
                    max(0, y - EDGE),
                    min(W, x + size + EDGE),
                    min(H, y + size + EDGE),
                )
                ring = (outer[2] - outer[0]) * (outer[3] - outer[1]) - size**2
                inside = total(*inner)
                score = inside / size**2 - (total(*outer) - inside) / max(1, ring)
                if score >= LEAST:
                    boxes.append(Box(*map(float, inner)))
                    scores.append(score)
    kept = [one.kept for one in suppression(boxes, scores, APART)]
    return [Said(boxes[k], label, scores[k]) for k in kept]
