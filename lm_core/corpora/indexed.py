"""Texts as numbers of their tokens: cut once, then counted in any way in milliseconds.

words = indexed({"train": ["To be or not", "to be"]}, str.split)
words["train"].types[words["train"].ids[2]] == "or"

Shapes: N tokens, D texts, V types (different tokens).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Indexed:
    """Some texts. Those that were cut together share their `types`: a number means the same."""

    types: list[str] = field(repr=False)  # V
    ids: np.ndarray = field(repr=False)  # (N,) int32, into `types`
    starts: np.ndarray = field(repr=False)  # (D + 1,) where each text begins; the last is N
    number: dict[str, int] = field(repr=False)  # type -> its number

    @cached_property
    def counts(self) -> np.ndarray:
        """(V,) how often each type comes here."""
        return np.bincount(self.ids, minlength=len(self.types))

    @cached_property
    def text_of(self) -> np.ndarray:
        """(N,) in which text each token stands."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @property
    def lengths(self) -> np.ndarray:
        """(D,) tokens of each text."""
        return np.diff(self.starts)

    @cached_property
    def alphabetical(self) -> np.ndarray:
        """(V,) the rank of each type in the alphabet."""
        order = sorted(range(len(self.types)), key=self.types.__getitem__)
        ranks = np.empty(len(order), dtype=np.int64)
        ranks[order] = np.arange(len(order))
        return ranks

    def places(self, phrase: Sequence[str]) -> np.ndarray:
        """Where these tokens stand in a row within one text: the place of the first of them."""
        numbers = [self.number.get(token, -1) for token in phrase]
        last = len(self.ids) - len(phrase) + 1
        if not numbers or -1 in numbers or last < 1:
            return np.zeros(0, dtype=np.int64)
        found = np.flatnonzero(self.ids[:last] == numbers[0])
        for ahead, number in enumerate(numbers[1:], 1):
            found = found[self.ids[found + ahead] == number]
        return found[self.text_of[found] == self.text_of[found + len(phrase) - 1]]


def indexed(
    parts: Mapping[str, Iterable[str]], cut: Callable[[str], Sequence[str]]
) -> dict[str, Indexed]:
    """Every part of a data set, all over one list of types, numbered as they first come.

    Args:
        parts: texts by the name of their part.
        cut: what makes tokens of a text; `list` makes characters.
    """
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__  # a new token is the next number
    cuts: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for name, texts in parts.items():
        pieces, lengths = [np.zeros(0, dtype=np.int32)], [0]
        for text in texts:
            tokens = cut(text)
            ids = np.fromiter(map(number.__getitem__, tokens), dtype=np.int32, count=len(tokens))
            pieces.append(ids)
            lengths.append(len(ids))
        cuts[name] = np.concatenate(pieces), np.cumsum(lengths)
    types, known = list(number), dict(number)
    return {name: Indexed(types, ids, starts, known) for name, (ids, starts) in cuts.items()}


def joined(parts: Iterable[Indexed]) -> Indexed:
    """Parts that were cut together as one, in their order."""
    parts = list(parts)
    lengths = np.concatenate([part.lengths for part in parts])
    ids = np.concatenate([part.ids for part in parts])
    return Indexed(parts[0].types, ids, np.concatenate([[0], lengths.cumsum()]), parts[0].number)
