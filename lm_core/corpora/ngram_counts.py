"""Runs of n tokens and how often each comes, for any n, without a table of V^n cells."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lm_core.corpora.indexed import Indexed

if TYPE_CHECKING:
    import pandas as pd


def runs(words: Indexed, n: int) -> np.ndarray:
    """(N,) a number for the run of `n` tokens that begins at each place, the same for equal runs
    and for no others; -1 where the text ends before the run does."""
    return run_codes(words, [n])[n]


def run_codes(words: Indexed, orders: Sequence[int]) -> dict[int, np.ndarray]:
    """`runs` of several lengths, rising. Short runs are packed into the bits of one number; a
    longer one is told by two shorter ones in it, its first and its last, numbered anew."""
    N, bits = len(words.ids), max(1, len(words.types).bit_length())
    fits = 62 // bits
    packed, made = {1: words.ids.astype(np.int64)}, {}
    for n in range(2, min(fits, max(orders, default=1)) + 1):
        packed[n] = (packed[n - 1] << bits) | _ahead(packed[1], n - 1)
    length, codes = max(packed), packed[max(packed)]
    fresh = True  # not numbered anew yet
    for n in orders:
        if n in packed:
            made[n] = packed[n]
            continue
        while True:
            if fresh:
                codes, fresh = np.unique(codes, return_inverse=True)[1], False
            step = min(length, n - length)
            longer = codes * (N + 1) + _ahead(codes, step)
            if length + step == n:
                made[n] = longer
                break
            length, codes, fresh = length + step, longer, True
    ends = words.starts[1:][words.text_of] if N else words.ids
    return {n: np.where(np.arange(N) + n <= ends, code, -1) for n, code in made.items()}


def among(codes: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Which of `codes` are among the sorted `known`; many times faster than `np.isin` for few."""
    if not len(known):
        return np.zeros(len(codes), dtype=bool)
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return known[at] == codes


def _ahead(codes: np.ndarray, step: int) -> np.ndarray:
    """What stands `step` places on; 0 behind the end."""
    return np.concatenate([codes[step:], np.zeros(min(step, len(codes)), dtype=codes.dtype)])


def ngram_counts(words: Indexed, n: int, *, limit: int) -> "tuple[pd.DataFrame, int, int]":
    """The commonest runs of `n` tokens, equal ones in a fixed order; how many different runs there
    are, and how many in all.

    Returns:
        columns `run` (a list of tokens), `times`.
    """
    import pandas as pd

    every = runs(words, n)
    codes, times = np.unique(every[every >= 0], return_counts=True)
    total, different = int(times.sum()), len(codes)
    order = np.argsort(-times, kind="stable")[:limit]
    # Where each of these stands: looked for among all only now, when they are few.
    few = np.sort(codes[order])
    places = np.flatnonzero(among(every, few))
    found, first = np.unique(every[places], return_index=True)
    at = places[first[np.searchsorted(found, codes[order])]] if len(few) else places
    rows = [[words.types[i] for i in words.ids[k : k + n].tolist()] for k in at.tolist()]
    return pd.DataFrame({"run": rows, "times": times[order]}), different, total
