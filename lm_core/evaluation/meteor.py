"""METEOR: words of a translation matched with those of a reference, and how broken the order is.

    METEOR = F (1 - 0.5 (chunks / matches)^3)     F = 10 P R / (R + 9 P)

Words are matched one to one in three stages: the same word, then the same stem, then a synonym.
P and R are the matched shares of the candidate and of the reference. A chunk is a run of matches
that stand side by side in both texts, so fewer chunks mean a better order.
Papers: Banerjee and Lavie 2005, "METEOR: An Automatic Metric for MT Evaluation with Improved
Correlation with Human Judgments"; Lavie and Agarwal 2007 for the form of F and its constants.
Left out on purpose: a dictionary of synonyms (the paper's is WordNet, which is not part of this
lab: give your own), and the search for the alignment with the fewest crossings: of several equal
words the last one that is free is taken, as NLTK does, so words that repeat can cost chunks.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from lm_core.evaluation.overlap import share
from lm_core.evaluation.stemming import stem

RECALL_WEIGHT = 0.9  # recall counts nine times as much as precision
PENALTY, PENALTY_POWER = 0.5, 3
Synonyms = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Meteor:
    """`score` from 0 to 1 and what it is made of."""

    score: float
    precision: float
    recall: float
    matches: tuple[tuple[int, int], ...]  # (place in the candidate, place in the reference)
    chunks: int


def meteor(
    candidate: Sequence[str], reference: Sequence[str], *, synonyms: Synonyms | None = None
) -> Meteor:
    """METEOR of two texts as words in lower case; 0 where no word matches.

    Args:
        candidate: words of the translation.
        reference: words of the text it should have been.
        synonyms: word -> words that mean the same; naming a pair in one direction is enough.
    """
    matches = align(candidate, reference, synonyms or {})
    precision, recall = share(len(matches), len(candidate)), share(len(matches), len(reference))
    mean = share(precision * recall, RECALL_WEIGHT * precision + (1 - RECALL_WEIGHT) * recall)
    chunks = sum((i - 1, j - 1) not in matches for i, j in matches)
    broken = share(chunks, len(matches)) ** PENALTY_POWER
    return Meteor(mean * (1 - PENALTY * broken), precision, recall, tuple(matches), chunks)


def align(
    candidate: Sequence[str], reference: Sequence[str], synonyms: Synonyms
) -> list[tuple[int, int]]:
    """Pairs of places that match, in the order of the candidate; no place is used twice."""
    stems = {word: stem(word) for word in {*candidate, *reference}}
    stages: list[Callable[[str, str], bool]] = [
        lambda one, other: one == other,
        lambda one, other: stems[one] == stems[other],
        lambda one, other: other in synonyms.get(one, ()) or one in synonyms.get(other, ()),
    ]
    pairs: dict[int, int] = {}
    free = list(range(len(reference)))[::-1]  # from the last one on
    for same in stages:
        for i in range(len(candidate))[::-1]:
            if i in pairs:
                continue
            j = next((j for j in free if same(candidate[i], reference[j])), None)
            if j is not None:
                pairs[i] = j
                free.remove(j)
    return sorted(pairs.items())
