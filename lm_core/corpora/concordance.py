"""A word, or several in a row, each time in its context (KWIC: keyword in context).

Source: Luhn 1960, "Key word-in-context index for technical literature".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lm_core.corpora.indexed import Indexed

ORDERS = ("as in the text", "by the word after", "by the word before")
KEYS = 3  # neighbours that decide the order


@dataclass(frozen=True)
class Line:
    """One place. `before`, `match` and `after` are tokens with blanks between."""

    text: int  # which text, from 0
    place: int  # tokens from its beginning
    before: str
    match: str
    after: str


@dataclass(frozen=True)
class Concordance:
    """How often in all, in how many texts, and the first lines."""

    total: int
    texts: int
    lines: list[Line]


def concordance(
    words: Indexed,
    phrase: Sequence[str],
    *,
    limit: int = 100,
    around: int = 8,
    order: str = ORDERS[0],
) -> Concordance:
    """Every place of `phrase`, a context never reaching over the end of its text.

    Args:
        phrase: tokens in a row, as the texts were cut.
        limit: lines returned at most; all places are counted, and ordered before the cut.
        around: tokens to either side.
        order: one of ORDERS; words are compared by their letters, up to three of them.
    """
    found = words.places(phrase)
    texts = words.text_of[found]
    if order != ORDERS[0] and len(found):
        found = found[_order(words, found, len(phrase), after=order == ORDERS[1])]
    lines = []
    for at in found[:limit].tolist():
        text = int(words.text_of[at])
        first, end = int(words.starts[text]), int(words.starts[text + 1])
        behind = at + len(phrase)
        lines.append(
            Line(
                text,
                at - first,
                _said(words, max(first, at - around), at),
                _said(words, at, behind),
                _said(words, behind, min(end, behind + around)),
            )
        )
    return Concordance(len(found), len(np.unique(texts)), lines)


def _order(words: Indexed, found: np.ndarray, length: int, *, after: bool) -> np.ndarray:
    """Places by the neighbours of each, the nearest first; where none is, first of all."""
    text, keys = words.text_of[found], []
    for k in range(KEYS):
        at = found + length + k if after else found - 1 - k
        there = (at >= words.starts[text]) & (at < words.starts[text + 1])
        at = np.where(there, at, 0)
        keys.append(np.where(there, words.alphabetical[words.ids[at]], -1))
    return np.lexsort(keys[::-1])  # the last key counts first; equal ones stay as in the text


def _said(words: Indexed, first: int, end: int) -> str:
    return " ".join(words.types[i] for i in words.ids[first:end].tolist())
