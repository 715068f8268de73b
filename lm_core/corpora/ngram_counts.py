"""Runs of n tokens and how often each comes, for any n, without a table of V^n cells."""

from typing import TYPE_CHECKING

import numpy as np

from lm_core.corpora.indexed import Indexed

if TYPE_CHECKING:
    import pandas as pd


def runs(words: Indexed, n: int) -> np.ndarray:
    """(N,) a number for the run of `n` tokens that begins at each place, the same for equal runs;
    -1 where the text ends before the run does."""
    N, V = len(words.ids), len(words.types)
    codes = words.ids.astype(np.int64)
    for ahead in range(1, n):
        if ahead >= N:
            return np.full(N, -1)
        next = np.concatenate([words.ids[ahead:], np.zeros(ahead, dtype=np.int32)])
        # Numbered anew at every step, so that they never grow beyond N times V.
        codes = np.unique(codes * V + next, return_inverse=True)[1]
    ends = np.append(words.starts[1:], 0)[words.text_of] if N else codes
    return np.where(np.arange(N) + n <= ends, codes, -1)


def ngram_counts(words: Indexed, n: int, *, limit: int) -> "tuple[pd.DataFrame, int, int]":
    """The commonest runs of `n` tokens, equal ones as they first come; how many different runs
    there are, and how many in all.

    Returns:
        columns `run` (a list of tokens), `times`.
    """
    import pandas as pd

    codes = runs(words, n)
    places = np.flatnonzero(codes >= 0)
    _, first, times = np.unique(codes[places], return_index=True, return_counts=True)
    order = np.lexsort((first, -times))[:limit]
    found = [
        [words.types[i] for i in words.ids[at : at + n].tolist()]
        for at in places[first[order]].tolist()
    ]
    return pd.DataFrame({"run": found, "times": times[order]}), len(times), len(places)
