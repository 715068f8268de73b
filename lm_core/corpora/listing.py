"""Whether lines are items of a list (names, words, titles) or parts of a running text.

A guess, for a person who can overrule it: it comes with the evidence, in half a sentence.

seems_list("Ashton\nOakford\nElmby\n ...").items
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from lm_core.figures import percent

FEWEST = 5  # lines; in fewer nothing can be told
SHORT = 40  # characters that half of a list's lines have at most
FEW_WORDS = 3  # of half the lines at most: they are items, in whatever case they begin
LONG, FEW_LONG = 80, 0.05  # characters that few items have, and how few
ENDED = 0.1  # of a list's lines end a sentence, at most
ALIKE = 0.85  # of a list's lines begin alike, all with a capital or all with a small letter
_LOOKED_AT = 5000  # lines
_END = re.compile(r"[.,;:!?…。、，；：！？][\"'”’»)\]]*$")
_INSIDE = re.compile(r"(?:^|\s)(\w)\w*[.!?…。！？][\"'”’»)\]]*\s")  # and not after "St."


@dataclass(frozen=True)
class Guess:
    """`items` with a half sentence that says why."""

    items: bool
    why: str


def seems_list(text: str) -> Guess:
    """Whether each line of `text` seems to stand for itself."""
    every = [line.strip() for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT]]
    lines = [line for line in every if line]
    if len(lines) < FEWEST:
        return Guess(False, f"it has {len(lines)} line{'s' * (len(lines) != 1)}")
    ended = sum(map(_ends_a_sentence, lines)) / len(lines)
    if sum(line[-1] in ",;" for line in lines) >= ALIKE * len(lines):
        ended = 0.0  # they part the items
    if ended > ENDED:
        return Guess(False, f"{percent(ended)} of its lines hold the end of a sentence or clause")
    sizes = [_width(line) for line in lines]
    middle, words = median(sizes), median(len(line.split()) for line in lines)
    if middle > SHORT:
        return Guess(False, f"half of its lines have {middle:.0f} characters or more")
    long = sum(size > LONG for size in sizes) / len(lines)
    if long > FEW_LONG:
        return Guess(False, f"{percent(long)} of its lines are longer than {LONG} characters")
    if words > FEW_WORDS and _verses(every):
        return Guess(False, "empty lines part it into verses")
    if words > FEW_WORDS and _alike(lines) < ALIKE:
        return Guess(False, "some lines begin with a capital and some do not")
    ends = "few end" if ended else "none ends"
    return Guess(
        True, f"half of its lines have {middle:.0f} characters or fewer, and {ends} like a sentence"
    )


def _ends_a_sentence(line: str) -> bool:
    """Whether a sentence, or a part of one, ends at its end; or a sentence within it."""
    return bool(_END.search(line)) or any(first.islower() for first in _INSIDE.findall(line))


def _width(line: str) -> int:
    """Characters, where those as wide as two say as much as two."""
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def _verses(every: list[str]) -> bool:
    """Whether empty lines part the others into groups, and not each from the next."""
    ends = sum(bool(one) and not next for one, next in pairwise(every))
    filled = sum(map(bool, every))
    return ends >= 3 and filled >= 2 * ends


def _alike(lines: list[str]) -> float:
    """The share of the commoner case among the letters that begin lines; 1 where there is none."""
    first = [line[0] for line in lines]
    small, large = sum(c.islower() for c in first), sum(c.isupper() for c in first)
    return max(small, large) / (small + large) if small + large else 1.0
