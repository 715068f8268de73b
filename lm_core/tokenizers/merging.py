"""Byte-pair encoding step by step: what the engine does at once, slowly and in sight.

word -> its bytes;  the pair that was merged earliest in training becomes one;  again, until no
pair is known
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from lm_core.tokenizers.bpe import BPETokenizer

Pair = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """A word in the signs of bytes, after one merge (the first: before any)."""

    parts: list[str]
    merged: Pair | None = None
    rank: int = 0  # which merge of the vocabulary it is; the first that was learned is 1


def ranks(tokenizer: BPETokenizer) -> dict[Pair, int]:
    """Of each pair which merge it is: 1 was learned first and goes first."""
    found: dict[Pair, int] = {}
    for rank, pair in enumerate(tokenizer.merges, 1):
        found[pair] = rank
    return found


def replay(piece: str, order: dict[Pair, int]) -> list[Step]:
    """The merges that make a word's tokens, one kind of pair a step.

    Args:
        piece: one of `tokenizer.pieces(text)`: no token reaches over its ends.
        order: `ranks(tokenizer)`.
    """
    steps = [Step(list(piece))]
    while True:
        parts = steps[-1].parts
        known = [pair for pair in pairwise(parts) if pair in order]
        if not known:
            return steps
        pair = min(known, key=order.__getitem__)
        steps.append(Step(joined(parts, pair), pair, order[pair]))


def joined(parts: list[str], pair: Pair) -> list[str]:
    """`parts` with every such pair made one, from the left."""
    out: list[str] = []
    at = 0
    while at < len(parts):
        both = at + 1 < len(parts) and (parts[at], parts[at + 1]) == pair
        out.append(parts[at] + parts[at + 1] if both else parts[at])
        at += 1 + both
    return out


def merge_counts(tokenizer: BPETokenizer, texts: Iterable[str]) -> list[int]:
    """How many pairs each merge makes one while it reads `texts`. Of the texts that it was learned
    from, this is how often the pair stood there when it was the most frequent of all."""
    words: Counter[str] = Counter()
    for text in texts:
        words.update(tokenizer.pieces(text))
    order, counts = ranks(tokenizer), [0] * len(tokenizer.merges)
    for word, times in words.items():
        steps = replay(word, order)
        for before, after in pairwise(steps):
            counts[after.rank - 1] += times * (len(before.parts) - len(after.parts))
    return counts


def smaller(tokenizer: BPETokenizer, vocab_size: int) -> BPETokenizer:
    """What learning would have given, had it stopped at `vocab_size` tokens: the first of them, and
    the merges that make these."""
    kept = set(tokenizer.tokens[:vocab_size])
    merges = []
    for pair in tokenizer.merges:
        if pair[0] + pair[1] not in kept:
            break
        merges.append(pair)
    return BPETokenizer(tokenizer.tokens[:vocab_size], merges)
