"""How well one mask covers another: pixels right, and intersection over union of each class.

    IoU_k = |said k and is k| / |said k or is k|,   mean IoU = their mean over the classes there are

Counted over all pixels of all pictures together, as is usual; a class that neither is nor was said
counts for nothing.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Covered:
    """Pixels by class. `counts[real, said]`."""

    counts: np.ndarray  # (K, K) int64

    @property
    def accuracy(self) -> float:
        """Share of the pixels that are right."""
        return float(self.counts.trace() / max(1, self.counts.sum()))

    @property
    def each(self) -> list[float | None]:
        """IoU of every class; None where it neither is nor was said."""
        both = self.counts.diagonal()
        either = self.counts.sum(0) + self.counts.sum(1) - both
        return [float(b / e) if e else None for b, e in zip(both, either, strict=True)]

    @property
    def mean(self) -> float:
        """Mean IoU."""
        known = [one for one in self.each if one is not None]
        return sum(known) / max(1, len(known))


def covered(real: np.ndarray, said: np.ndarray, n_classes: int) -> Covered:
    """Of two masks, or stacks of them, of one shape: whole numbers from 0 to n_classes - 1."""
    both = real.ravel().astype(np.int64) * n_classes + said.ravel()
    return Covered(np.bincount(both, minlength=n_classes**2).reshape(n_classes, n_classes))
