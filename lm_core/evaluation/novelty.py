"""How much of what a model wrote is new, and how much it copied from the text it learned.

    known(n) = share of the runs of n tokens in what was written that stand in the training text

    text = Learned(training_ids)
    found = text.longest_from(written_ids)      # of each place: how far it can be read on in the
    found.longest                               # training text, and where; the longest of all
    known_shares(found)                         # {1: 1.0, 2: 0.97, ..., 8: 0.08}

Behind it is a suffix array: the places of the training text, sorted by what stands there. Runs that
begin alike lie side by side in it, so a run of any length is found by narrowing a range of it, and
nothing is hashed: what is said to stand there does. Memory is 8 bytes a token while it is used.

A text of people repeats others' words too: the same shares of text that was kept from the model say
how much of the known is the language itself (McCoy et al. 2021, "How much do language models copy
from their training data?"). Sorting by doubling: Manber and Myers 1990.

Shapes: N tokens learned, M tokens written.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

MOST_N = 8


@dataclass(frozen=True, eq=False)
class Longest:
    """Of each of M places in a text the longest run from there on that stands in what was learned,
    and where that does."""

    lengths: np.ndarray  # (M,) int64, 0 where not even the first token is known
    places: np.ndarray  # (M,) int64, into the N learned tokens; any place where the length is 0

    @property
    def longest(self) -> tuple[int, int, int]:
        """Where the longest run of all begins, where in what was learned, and its length; the first
        of equals, and (0, 0, 0) where there is none."""
        if not len(self.lengths) or not self.lengths.max():
            return 0, 0, 0
        at = int(self.lengths.argmax())
        return at, int(self.places[at]), int(self.lengths[at])


class Learned:
    """A training text that can be looked up.

    Args:
        ids: (N,) whole numbers from 0 on, in reading order.
    """

    def __init__(self, ids: Sequence[int] | np.ndarray) -> None:
        self.ids = np.asarray(ids, dtype=np.int32)
        self.order = sorted_suffixes(self.ids)

    def __repr__(self) -> str:
        return f"Learned({len(self.ids)} tokens)"

    def longest_from(self, written: Sequence[int] | np.ndarray) -> Longest:
        """Of each place of `written` (M,) the longest run that was learned."""
        written = np.asarray(written, dtype=np.int64)
        M, N = len(written), len(self.ids)
        low, high = np.zeros(M, np.int64), np.full(M, N, np.int64)  # of `order`: what still fits
        lengths, first = np.zeros(M, np.int64), np.zeros(M, np.int64)
        going = np.arange(M)
        while len(going):
            depth = int(lengths[going[0]])  # the same for all that are still going
            going = going[going + depth < M]
            wanted = written[going + depth]
            begin = self._bound(low[going], high[going], wanted, depth, after=False)
            end = self._bound(begin, high[going], wanted, depth, after=True)
            fits = end > begin
            going, begin, end = going[fits], begin[fits], end[fits]
            low[going], high[going], first[going] = begin, end, begin
            lengths[going] += 1
        return Longest(lengths, self.order[first].astype(np.int64) if N else first)

    def _bound(
        self, low: np.ndarray, high: np.ndarray, wanted: np.ndarray, depth: int, *, after: bool
    ) -> np.ndarray:
        """Where, between `low` and `high`, suffixes begin whose token number `depth` is at least
        `wanted`, or greater with `after`: each by halves, all at once."""
        low, high = low.copy(), high.copy()
        while (open_ := low < high).any():
            middle = (low + high) // 2
            places = self.order[np.minimum(middle, len(self.order) - 1)].astype(np.int64) + depth
            # A suffix that ends before it stands before all others.
            inside = places < len(self.ids)
            token = np.where(inside, self.ids[np.where(inside, places, 0)], -1)
            less = open_ & ((token <= wanted) if after else (token < wanted))
            low = np.where(less, middle + 1, low)
            high = np.where(open_ & ~less, middle, high)
        return low


def sorted_suffixes(ids: np.ndarray) -> np.ndarray:
    """The places of `ids` (N,) sorted by what stands from there to the end: (N,) int32.

    They are sorted by one token first, then by 2, 4, 8 ...: whoever is alone among those that begin
    as it does has its place, and only the others are sorted on.
    """
    N = len(ids)
    order = np.argsort(ids, kind="stable").astype(np.int32)
    rank = np.empty(N, np.int32)  # of each place: where its group begins in `order`
    begins = np.ones(N, bool)
    begins[1:] = ids[order[1:]] != ids[order[:-1]]
    rank[order] = np.maximum.accumulate(np.where(begins, np.arange(N), 0))
    depth, open_ = 1, _shared(begins)
    while len(open_):
        places = order[open_]
        behind = places.astype(np.int64) + depth
        next_rank = np.where(behind < N, rank[np.minimum(behind, N - 1)], -1)
        key = rank[places].astype(np.int64) * (N + 1) + next_rank + 1
        by_key = np.argsort(key, kind="stable")
        places, key = places[by_key], key[by_key]
        order[open_] = places
        parted = np.ones(len(open_), bool)
        parted[1:] = key[1:] != key[:-1]
        begins[open_] = parted
        rank[places] = np.maximum.accumulate(np.where(parted, open_, 0))
        open_ = open_[_shared(parted)]
        depth *= 2
    return order


def _shared(begins: np.ndarray) -> np.ndarray:
    """Of what is parted into groups, each beginning where `begins` (K,) is true, the places in
    groups of more than one."""
    alone = begins.copy()
    alone[:-1] &= begins[1:]
    return np.flatnonzero(~alone)


def known_shares(found: Longest, most: int = MOST_N) -> dict[int, float]:
    """n -> share (of 1) of the runs of n tokens that were learned, for n = 1 to `most`; only for
    those n of which there is a run."""
    M = len(found.lengths)
    return {n: float((found.lengths[: M - n + 1] >= n).mean()) for n in range(1, min(most, M) + 1)}


def new_share(items: Sequence[str], learned: Collection[str]) -> float:
    """Share (of 1) of the items that were not learned as they are; 0 of none."""
    return sum(item not in learned for item in items) / len(items) if items else 0.0
