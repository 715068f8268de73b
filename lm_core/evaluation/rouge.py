"""ROUGE: how much of a reference summary a summary holds.

    ROUGE-N: the n-grams of both, each as often as both hold it
    ROUGE-L: the longest run of words that stands in both in this order, gaps allowed

Recall is the share of the reference, precision that of the summary; the one figure that is usually
quoted is their F1. ROUGE-1's F1 is also the "F1" that stands beside exact match where answers to
questions are scored. Texts are cut by `words.plain_words`.
Paper: Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries".
Left out on purpose: stemming, and ROUGE-Lsum, which cuts a summary at its newlines first (for one
sentence it is ROUGE-L).
"""

from collections.abc import Sequence

from lm_core.evaluation.overlap import PRF, ngrams, prf


def rouge_n(candidate: Sequence[str], reference: Sequence[str], n: int) -> PRF:
    """ROUGE-N of two texts as tokens; 0 where either has fewer than n."""
    said, real = ngrams(candidate, n), ngrams(reference, n)
    return prf((said & real).total(), said.total(), real.total())


def rouge_l(candidate: Sequence[str], reference: Sequence[str]) -> PRF:
    """ROUGE-L of two texts as tokens."""
    return prf(longest_common(candidate, reference), len(candidate), len(reference))


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence, in time len(one) x len(other)."""
    row = [0] * (len(other) + 1)  # row[j]: of what was read of `one` and the first j of `other`
    for token in one:
        left_above = 0
        for j, against in enumerate(other, start=1):
            above = row[j]
            row[j] = left_above + 1 if token == against else max(above, row[j - 1])
            left_above = above
    return row[-1]
