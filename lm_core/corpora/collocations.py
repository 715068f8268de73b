"""Words that stand together more often than chance would put them: pointwise mutual information.

    PMI(x, y) = log2( p(x, y) / (p(x) p(y)) )      in bits

Source: Church and Hanks 1990, "Word Association Norms, Mutual Information, and Lexicography". PMI
loves rare words: two that come once, side by side, have the highest of all. Hence the least number
of times.
"""

from typing import TYPE_CHECKING

import numpy as np

from lm_core.corpora.indexed import Indexed

if TYPE_CHECKING:
    import pandas as pd


def collocations(words: Indexed, *, least: int = 5) -> "pd.DataFrame":
    """Every two tokens that stand side by side at least `least` times, the highest PMI first.

    Returns:
        columns `first`, `second`, `times` (together), `PMI (bits)`; with N tokens, n(x) and n(y)
        times each and n(x, y) times together PMI is log2(N n(x, y) / (n(x) n(y))).
    """
    import pandas as pd

    V, N = len(words.types), len(words.ids)
    inside = words.text_of[:-1] == words.text_of[1:] if N else np.zeros(0, dtype=bool)
    pairs = (words.ids[:-1].astype(np.int64) * V + words.ids[1:])[inside]
    codes, times = np.unique(pairs, return_counts=True)
    codes, times = codes[times >= least], times[times >= least]
    one, other = codes // max(1, V), codes % max(1, V)
    pmi = np.log2(times * N / (words.counts[one].astype(float) * words.counts[other]))
    order = np.lexsort((codes, -times, -pmi))
    return pd.DataFrame(
        {
            "first": [words.types[i] for i in one[order].tolist()],
            "second": [words.types[i] for i in other[order].tolist()],
            "times": times[order],
            "PMI (bits)": pmi[order],
        }
    )


def neighbours(words: Indexed, token: str, *, window: int = 4, least: int = 5) -> "pd.DataFrame":
    """What stands within `window` tokens of `token`, to either side, the highest PMI first.

    A place counts once, however many times `token` stands near it. Chance is what that many places
    drawn from the whole would hold: PMI is log2(N n(near, y) / (places n(y))).

    Returns:
        columns `word`, `near` (times), `in all` (times), `PMI (bits)`.
    """
    import pandas as pd

    found, N = words.places([token]), len(words.ids)
    near = np.zeros(N, dtype=bool)
    for away in (*range(-window, 0), *range(1, window + 1)):
        at = found + away
        kept = (at >= 0) & (at < N)
        at, of = at[kept], found[kept]
        near[at[words.text_of[at] == words.text_of[of]]] = True
    near[found] = False  # itself is no neighbour
    counts = np.bincount(words.ids[near], minlength=len(words.types))
    kept = np.flatnonzero(counts >= least)
    pmi = np.log2(counts[kept] * N / (float(near.sum() or 1) * words.counts[kept]))
    order = np.lexsort((kept, -counts[kept], -pmi))
    return pd.DataFrame(
        {
            "word": [words.types[i] for i in kept[order].tolist()],
            "near": counts[kept][order],
            "in all": words.counts[kept][order],
            "PMI (bits)": pmi[order],
        }
    )
