"""chrF: how many runs of 1 to 6 characters two texts share; needs no rule for words.

    chrF = (1 + b^2) P R / (b^2 P + R),  b = 2

P and R are the means, over the lengths of which both texts have a run, of the share of the
candidate's runs found in the reference and the other way round. Spaces do not count.
Paper: Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation".
"""

from lm_core.evaluation.overlap import f_score, ngrams, prf


def chrf(candidate: str, reference: str, *, max_n: int = 6, beta: float = 2.0) -> float:
    """chrF of two texts, from 0 to 1."""
    said, real = ("".join(text.split()) for text in (candidate, reference))
    longest = min(max_n, len(said), len(real))
    if longest == 0:
        return 0.0
    precision = recall = 0.0
    for n in range(1, longest + 1):
        runs, others = ngrams(said, n), ngrams(real, n)
        shares = prf((runs & others).total(), runs.total(), others.total())
        precision += shares.precision / longest
        recall += shares.recall / longest
    return f_score(precision, recall, beta)
