"""How much of a text a vocabulary does not hold, by its size."""

from collections.abc import Sequence

import numpy as np

from lm_core.corpora.indexed import Indexed


def sizes_of(train: Indexed, most: int = 12) -> list[int]:
    """Vocabularies worth trying: 1, 2 or 5 times a power of ten, and all the words of training."""
    seen = int((train.counts > 0).sum())
    steps = [step * 10**power for power in range(9) for step in (1, 2, 5)]
    return [size for size in steps if 10 <= size < seen][-most:] + ([seen] if seen else [])


def unknown_rate(train: Indexed, held: Indexed, sizes: Sequence[int]) -> list[float]:
    """Share of the tokens of `held` that are not among the `size` commonest of `train`, for each
    size; equals by alphabet. Both were cut together.

    Words that never train are unknown at any size.
    """
    order = np.lexsort((train.alphabetical, -train.counts))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    rank[train.counts == 0] = np.iinfo(np.int64).max  # no vocabulary holds it
    ranks = np.sort(rank[held.ids])
    known = np.searchsorted(ranks, np.asarray(sizes))  # tokens of a lower rank
    return (1 - known / max(1, len(ranks))).tolist()
