"""A trie of counted grams in flat arrays: the store under `ngram.py`, filled by `grams.py`.

Level k holds all grams of k tokens, sorted by prefix, then by last token. A gram is named by its
place in its level, its prefix by a place in the level above; those that share a prefix lie side by
side. So a gram is found by one binary search for `prefix * V + token`, a million at once if need
be, and what followed a context is one slice.

Shapes: K grams on a level, P prefixes above it (level 0 is the one empty gram), V vocabulary.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

FIELDS = ("tokens", "counts", "children", "totals")
UNSEEN = -1  # the index of a gram that is not stored: reads the last entry, kept free for it

Arrays = tuple[np.ndarray, ...]  # of one level, in the order of FIELDS


class Level:
    """The grams of k tokens. Index UNSEEN finds count 0, total 0 and no child.

    Args:
        tokens: last token of each gram (K,).
        counts: how often it counts (K,).
        children: how many of the grams continue each prefix (P,).
        totals: the counts of all that followed each prefix, forgotten grams included (P,).
        vocab_size: V.
    """

    def __init__(
        self,
        tokens: np.ndarray,
        counts: np.ndarray,
        children: np.ndarray,
        totals: np.ndarray,
        *,
        vocab_size: int,
    ) -> None:
        self.vocab_size, self.tokens = vocab_size, tokens
        self.counts, self.totals, self.children = map(_with_a_zero, (counts, totals, children))
        self.first = np.cumsum(self.children, dtype=np.int64) - self.children
        # One key above all others, which nothing equals: a search never falls off the end.
        self.keys = np.full(len(tokens) + 1, np.iinfo(np.int64).max)
        np.multiply(self.prefix, vocab_size, out=self.keys[:-1])
        self.keys[:-1] += tokens

    @property
    def prefix(self) -> np.ndarray:
        """The gram of the level above that each gram continues (K,)."""
        return np.repeat(np.arange(len(self.children)), self.children)

    def per_prefix(self, numbers: np.ndarray) -> np.ndarray:
        """One number a gram (K,), added up over those that share a prefix (P + 1,) float64."""
        return np.bincount(self.prefix, numbers, len(self.children))

    def __len__(self) -> int:
        return len(self.tokens)

    def find(self, prefix: np.ndarray, token: np.ndarray) -> np.ndarray:
        """Index of the gram `prefix + token`, UNSEEN where there is none; any shape."""
        key = prefix * self.vocab_size + token  # negative after an unseen prefix: never found
        at = self.keys.searchsorted(key)
        return np.where(self.keys[at] == key, at, UNSEEN)

    def followers(self, prefix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The grams that continue each of R prefixes, as pairs (row, gram) laid end to end."""
        n = self.children[prefix].astype(np.int64)  # (R,)
        row = np.repeat(np.arange(len(prefix)), n)
        begin = self.first[prefix] - (n.cumsum() - n)
        return row, np.arange(len(row)) + begin[row]


def contexts_of(levels: Sequence[Level], ids: np.ndarray) -> list[np.ndarray]:
    """For k = 0 ... one less than there are levels the gram that the last k of `ids` (B, T) are, at
    every place (B, T); UNSEEN where it is not stored, or would begin before the row."""
    contexts = [np.zeros_like(ids)]
    for level in levels[:-1]:
        prefix = np.roll(contexts[-1], 1, axis=1)  # the gram that ended one token earlier
        if len(contexts) > 1:
            prefix[:, :1] = UNSEEN
        contexts.append(level.find(prefix, ids))
    return contexts


def _with_a_zero(array: np.ndarray) -> np.ndarray:
    """`array` and a last 0 for UNSEEN, in the same small type (np.append would make it int64)."""
    return np.concatenate([array, np.zeros(1, dtype=array.dtype)])


def smallest(array: np.ndarray) -> np.ndarray:
    """Whole numbers, none negative, in the smallest type torch and numpy both index."""
    top = array.max(initial=0)
    fits = (kind for kind in (np.uint8, np.int16, np.int32) if top <= np.iinfo(kind).max)
    return array.astype(next(fits, np.int64))


def checked_levels(tensors: dict[str, Tensor], order: int, vocab_size: int) -> list[Arrays]:
    """The arrays of each level from `tokens_1`, `counts_1`, ... of a file nobody vouches for.

    Raises:
        ValueError: they are no sound trie of that order and vocabulary; says what is wrong.
    """
    levels: list[Arrays] = []
    P = 1
    for k in range(1, order + 1):
        for field in FIELDS:
            tensor = tensors[f"{field}_{k}"]
            if tensor.dtype not in (torch.uint8, torch.int16, torch.int32, torch.int64):
                raise ValueError(f"{field} of level {k} are not whole numbers")
            if tensor.dim() != 1 or bool((tensor < 0).any()):
                raise ValueError(f"{field} of level {k} are negative, or not in a row")
        tokens, counts, children, totals = arrays = tuple(
            tensors[f"{field}_{k}"].cpu().numpy().astype(np.int64) for field in FIELDS
        )
        K = len(tokens)
        if (len(counts), len(children), len(totals)) != (K, P, P):
            raise ValueError(f"the sizes of level {k} disagree")
        if (children > K).any() or children.sum() != K:
            raise ValueError(f"the children of level {k} do not add up")
        if (tokens >= vocab_size).any() or (k == 1 and vocab_size != K):
            raise ValueError(f"level {k} is for another vocabulary")
        prefix = np.repeat(np.arange(P), children)
        if (np.diff(prefix * vocab_size + tokens) <= 0).any():
            raise ValueError(f"the grams of level {k} are out of order")
        if (k > 1 and (counts == 0).any()) or (np.bincount(prefix, counts, P) > totals).any():
            raise ValueError(f"the counts of level {k} do not add up")
        levels.append(tuple(map(smallest, arrays)))
        P = K
    return levels
