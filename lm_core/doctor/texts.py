"""What the texts themselves say, before any model: how far counting gets, and whether the two
splits belong together and still are two.

    unigram entropy   H1 = -sum_v p(v) ln p(v)                 knowing how frequent tokens are
    bigram entropy    H2 = -sum_uv p(u, v) ln p(v | u)         knowing the token before, too
    apart             KL = sum_v q(v) ln(q(v) / p(v))          q validation, p training text
    by_chance         (k - 1) / 2 (1 / n + 1 / m)              of k tokens in n and m draws of one p
    leaked            share of the validation text that stands in the training text word for word

The divergence is taken over the most frequent tokens of the training text, all others as one: rare
words differ between any two texts. Two short texts differ by chance, and by how much is known.
Items leak as a whole; of running text, pieces of `WINDOW` tokens are looked for.
"""

from dataclasses import dataclass

import numpy as np

from lm_core.encoded import Encoded

FREQUENT = 100
WINDOW = 32  # tokens; shorter pieces return in any two texts ("the United States of America")
PIECES = 1000  # of the validation text that are looked for
COUNTED = 4_000_000  # tokens of the training text that are counted
SEARCHED = 20_000_000  # and in which pieces are looked for,
PIECE = 1 << 18  # so many at a time, which a processor's cache holds


@dataclass(frozen=True)
class TextFacts:
    """All in nats, but for the shares; None where there is no validation text, or too little.

    `looked_for` is how many items (window 0) or pieces of `window` tokens were looked for.
    """

    unigram: float
    bigram: float
    apart: float | None = None
    by_chance: float = 0.0
    leaked: float | None = None
    looked_for: int = 0
    window: int = 0


def facts_of(data: dict[str, Encoded], vocab_size: int) -> TextFacts:
    """Count the splits "train" and, where there is one, "validation"."""
    whole = _ids(data["train"])
    train = whole[:COUNTED]
    unigram, bigram = entropies(train, vocab_size)
    if "validation" not in data:
        return TextFacts(unigram, bigram)
    held = _ids(data["validation"])
    kl, chance = divergence(held, train, vocab_size), by_chance(held, train, vocab_size)
    if data["train"].items:
        ours, theirs = (_items(data[split]) for split in ("validation", "train"))
        known = set(theirs)
        share = sum(item in known for item in ours) / len(ours)
        return TextFacts(unigram, bigram, kl, chance, share, len(ours))
    share, count = leaked_windows(held, whole[:SEARCHED])
    return TextFacts(unigram, bigram, kl, chance, share, count, WINDOW)


def entropies(ids: np.ndarray, vocab_size: int) -> tuple[float, float]:
    """H1 of the tokens that are guessed (all but the first), and H2 of the pairs."""
    pairs = ids[:-1] * vocab_size + ids[1:]
    if vocab_size**2 <= COUNTED:
        joint = np.bincount(pairs, minlength=vocab_size**2)
    else:
        joint = np.unique(pairs, return_counts=True)[1]
    before = np.bincount(ids[:-1], minlength=vocab_size)
    return entropy(np.bincount(ids[1:])), entropy(joint) - entropy(before)


def entropy(counts: np.ndarray) -> float:
    """Of the shares that the counts are, in nats."""
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum())


def divergence(held: np.ndarray, train: np.ndarray, vocab_size: int) -> float:
    """KL of the frequent tokens, those of the training text each counted half a time more."""
    theirs = np.bincount(train, minlength=vocab_size).astype(float)
    ours = np.bincount(held, minlength=vocab_size).astype(float)
    frequent = np.argsort(-theirs, kind="stable")[:FREQUENT]
    q, p = (np.append(c[frequent], c.sum() - c[frequent].sum()) for c in (ours, theirs))
    q, p = q / q.sum(), (p + 0.5) / (p + 0.5).sum()
    return float((q[q > 0] * np.log(q[q > 0] / p[q > 0])).sum())


def by_chance(held: np.ndarray, train: np.ndarray, vocab_size: int) -> float:
    """The divergence to be expected of two texts of these lengths that are one (to first order, as
    Miller 1955 corrects an entropy)."""
    kinds = min(np.count_nonzero(np.bincount(train)), FREQUENT + 1, vocab_size)
    return (kinds - 1) / 2 * (1 / len(held) + 1 / len(train))


def leaked_windows(
    held: np.ndarray, train: np.ndarray, window: int = WINDOW
) -> tuple[float | None, int]:
    """Share of evenly spread pieces of `held` that stand in `train` too, and how many were tried;
    None where either text is shorter than a piece."""
    if min(len(held), len(train)) < window:
        return None, 0
    at = sorted(set(np.linspace(0, len(held) - window, PIECES).astype(int).tolist()))
    asked = _hashes(held, window)[at]
    low = np.zeros(1 << 16, dtype=bool)  # nearly all others are told apart by their last bits
    low[asked & np.uint64(0xFFFF)] = True
    found: set[int] = set()
    for first in range(0, len(train) - window + 1, PIECE):
        hashes = _hashes(train[first : first + PIECE + window - 1], window)
        found.update(hashes[low[hashes & np.uint64(0xFFFF)]].tolist())
    return sum(h in found for h in asked.tolist()) / len(at), len(at)


def counted(data: dict[str, Encoded]) -> int:
    """How many tokens `facts_of` goes through."""
    return sum(min(len(data[s].ids), SEARCHED) for s in data if s != "test")


def _hashes(ids: np.ndarray, window: int) -> np.ndarray:
    """A 64-bit number for each piece of `window` tokens (a power of two), made by doubling: equal
    pieces have equal numbers, and different ones in all likelihood different numbers."""
    h, n = ids.astype(np.uint64) + np.uint64(1), 1
    h *= np.uint64(0x9E3779B97F4A7C15)  # arithmetic modulo 2^64
    while n < window:
        h = (h[:-n] ^ (h[:-n] >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + h[n:]
        n *= 2
    return h


def _ids(encoded: Encoded) -> np.ndarray:
    return encoded.ids.cpu().numpy()


def _items(encoded: Encoded) -> list[bytes]:
    ids, starts = _ids(encoded), encoded.starts.cpu().tolist()
    ends, whole, size = [*starts[1:], len(ids) - 1], ids.tobytes(), ids.itemsize
    return [whole[a * size : (b + 1) * size] for a, b in zip(starts, ends, strict=True)]
