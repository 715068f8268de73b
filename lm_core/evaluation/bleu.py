"""BLEU: how many runs of words of a translation stand in a reference too.

    BLEU = BP * (p_1 p_2 .. p_N)^(1/N)     BP = min(1, e^(1 - r/c))

p_n is the share of the candidates' n-grams that a reference holds, each counted at most as often as
the reference that holds it most ("clipped"): "the the the the the the the" gets 2/7 for "The cat is
on the mat.", not 7/7. BP is for candidates that are too short: c is their length and r that of the
references, each time the one closest to the candidate (the shorter of two), both summed.

A corpus is counted as a whole and divided once; it is no mean over sentences. A single sentence
often has no 4-gram right, which would make it 0: `smooth` adds to both sides of every p_n but p_1.
Papers: Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation"; for
the smoothing Lin and Och 2004, "ORANGE: a Method for Evaluating Automatic Evaluation Metrics".
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lm_core.errors import BadText
from lm_core.evaluation.overlap import ngrams, share

Tokens = Sequence[str]


@dataclass(frozen=True)
class Bleu:
    """`score` from 0 to 1 and what it is made of; lengths in tokens."""

    score: float
    precisions: tuple[float, ...]  # p_1 .. p_N
    brevity_penalty: float
    candidate_length: int
    reference_length: int


def clipped_matches(candidate: Tokens, references: Sequence[Tokens], n: int) -> tuple[int, int]:
    """n-grams of the candidate that count as right, and how many it has."""
    most: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        most |= ngrams(reference, n)
    return (ngrams(candidate, n) & most).total(), max(0, len(candidate) - n + 1)


def bleu(
    candidates: Sequence[Tokens],
    references: Sequence[Sequence[Tokens]],
    *,
    max_n: int = 4,
    smooth: float = 0.0,
) -> Bleu:
    """BLEU of a corpus: the candidates as tokens, and for each its references.

    Raises:
        BadText: nothing to score, or a candidate without a reference.
    """
    if not candidates or len(candidates) != len(references) or not all(references):
        raise BadText("BLEU compares texts: give one or more references for each candidate.")
    right, made = [0] * max_n, [0] * max_n
    c = r = 0
    for candidate, own in zip(candidates, references, strict=True):
        for n in range(1, max_n + 1):
            matches, total = clipped_matches(candidate, own, n)
            right[n - 1] += matches
            made[n - 1] += total
        c += len(candidate)
        r += min((len(reference) for reference in own), key=lambda k: (abs(k - len(candidate)), k))
    extra = [0.0] + [smooth] * (max_n - 1)
    precisions = tuple(share(m + k, t + k) for m, t, k in zip(right, made, extra, strict=True))
    penalty = 1.0 if c >= r else math.exp(1 - r / c) if c else 0.0
    score = 0.0
    if all(precisions):
        score = penalty * math.exp(sum(map(math.log, precisions)) / max_n)
    return Bleu(score, precisions, penalty, c, r)


def sentence_bleu(
    candidate: Tokens, references: Sequence[Tokens], *, max_n: int = 4, smooth: float = 1.0
) -> Bleu:
    """BLEU of one sentence, smoothed; `smooth=0` is the plain one.

    Raises:
        BadText: no reference.
    """
    return bleu([candidate], [references], max_n=max_n, smooth=smooth)
