"""Counting grams: which runs of 1 ... n tokens occur, and how often.

Two ways to count a gram:

    occurrences     how often it stands in the text
    continuations   how many different tokens stand before it ("Francisco" is frequent, but only
                    after "San"), plus the times it begins a sequence

Each level is made from the one above: where a gram of k - 1 tokens ends and one more token follows,
a gram of k ends. Sorting the pairs (gram above, token) finds the different ones. What a level needs
is handed out in small integers before the next is made, so that little is held at once.

Shapes: N tokens of text, K grams on a level, P grams on the level above it, V vocabulary.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lm_core.models.trie import UNSEEN, Arrays, smallest


class Grams(NamedTuple):
    """All different runs of one length, sorted."""

    keys: np.ndarray  # (K,) int64: index of the run without its last token, times V, plus that
    occurred: np.ndarray  # (K,) how often each stands in the text
    continued: np.ndarray | None  # (K,) its continuations; None of the longest, and if not asked


def count_grams(
    ids: np.ndarray, starts: Tensor, *, order: int, vocab_size: int, prune: int, continuation: bool
) -> Iterator[tuple[Arrays, np.ndarray]]:
    """For k = 1 ... order the arrays of a level (FIELDS of `trie.py`), and the counts of all its
    grams (those to be forgotten included), from which discounts are estimated.

    Args:
        ids, starts: as in `different_grams`.
        prune: grams of three or more tokens that occur at most this often are forgotten.
        continuation: count continuations on all levels but the last, which has nothing longer.
    """
    above = np.ones(1, dtype=bool)  # which prefixes stay
    found = different_grams(
        ids, starts, order=order, vocab_size=vocab_size, continuation=continuation
    )
    for k, grams in enumerate(found, 1):
        counts = grams.occurred if grams.continued is None else grams.continued
        level, above = level_of(
            k, grams.keys, counts, grams.occurred, above, vocab_size=vocab_size, prune=prune
        )
        yield level, counts


def different_grams(
    ids: np.ndarray, starts: Tensor, *, order: int, vocab_size: int, continuation: bool
) -> Iterator[Grams]:
    """For k = 1 ... order all the grams of k tokens, and both their counts.

    Args:
        ids: the text (N,) int64. Token 0 has nothing before it and is not counted.
        starts: where sequences begin; no gram reaches back over one.
        continuation: count continuations too.
    """
    depth = tokens_before(len(ids), starts)
    ends = np.flatnonzero(depth > 0)  # where the grams of this length end
    keys, gram = np.arange(vocab_size), ids  # the different grams; which of them ends where (N,)
    occurred = np.bincount(ids[ends], minlength=vocab_size)
    for k in range(2, order + 1):
        first = gram[ends[depth[ends] == k - 2]]  # begin a sequence: nothing on their left
        ends = ends[depth[ends] >= k - 1]
        suffix = gram[ends]  # each gram of k without its oldest token
        pairs = gram[ends - 1].astype(np.int64)
        pairs *= vocab_size
        pairs += ids[ends]
        unique = torch.unique(torch.from_numpy(pairs), return_inverse=True)  # 3 times numpy's speed
        longer, which = (tensor.numpy() for tensor in unique)
        del pairs, unique
        continued = None
        if continuation:
            suffix_of = np.empty(len(longer), dtype=suffix.dtype)
            suffix_of[which] = suffix
            continued = np.bincount(suffix_of, minlength=len(keys))
            continued += np.bincount(first, minlength=len(keys))
        yield Grams(keys, occurred, continued)
        keys, occurred = longer, np.bincount(which, minlength=len(longer))
        gram = np.full(len(ids), UNSEEN, dtype=np.int32 if len(ids) < 2**31 else np.int64)
        gram[ends] = which
    yield Grams(keys, occurred, None)


def level_of(
    k: int,
    keys: np.ndarray,
    counts: np.ndarray,
    occurred: np.ndarray,
    above: np.ndarray,
    *,
    vocab_size: int,
    prune: int,
) -> tuple[Arrays, np.ndarray]:
    """Level k without its rare long grams, and which of them (K,) stay; `above` says which of the
    grams a token shorter did.

    A prefix occurs at least as often as the gram, so what stays keeps its prefix. What goes is
    still in the totals: its mass falls to the shorter context, and all still sums to 1.
    """
    prefix = keys // vocab_size
    tokens = keys - prefix * vocab_size
    totals = np.bincount(prefix, counts, minlength=len(above)).astype(np.int64)
    stays = occurred > prune if k > 2 else np.ones(len(keys), dtype=bool)
    children = np.bincount(prefix[stays], minlength=len(above))
    arrays = tokens[stays], counts[stays], children[above], totals[above]
    return tuple(map(smallest, arrays)), stays


def tokens_before(N: int, starts: Tensor) -> np.ndarray:
    """Tokens of its own sequence that stand before each token (N,); 0 for token 0 alone, because
    a token at a start still ends the sequence before it."""
    begin = starts.cpu().numpy()
    begin = begin[begin < N]
    latest = np.zeros(N + 1, dtype=np.int64)
    latest[begin + 1] = begin
    np.maximum.accumulate(latest, out=latest)
    return np.arange(N) - latest[:N]
