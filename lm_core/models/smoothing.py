"""How an n-gram shares out probability: from counts to weights, one small function a method.

    p(w | h) = own(hw) + gamma(h) p(w | h') + floor(h)

h' is the context h without its oldest token, and the chain ends at 1 / V. `own` is what the gram hw
itself is worth, `gamma` the mass its context hands on, `floor` a share for every token alike. A
context that was never seen has nothing of its own and hands on all. Below, c(hw) is how often hw
counts and c(h) the sum over w.

Shapes: K grams on a level of the trie, P contexts on the level above it, V vocabulary. Every array
has one more entry at its end, for what is not stored.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lm_core.models.trie import Level

KINDS = ("kneser-ney", "witten-bell", "backoff", "add-k", "ml")
FALLBACK = (0.5, 1.0, 1.5)  # discounts where a text is too small to estimate them, as in KenLM
ALPHA = 0.4  # of the stupid back-off, as in its paper


class Weights(NamedTuple):
    """The three terms of the equation above, for one level."""

    own: np.ndarray  # (K + 1,) float64
    gamma: np.ndarray  # (P + 1,)
    floor: np.ndarray | None = None  # (P + 1,); None is 0 everywhere


def weigh(
    levels: Sequence[Level],
    kind: str,
    *,
    discounts: Sequence[Sequence[float]] | None = None,
    strength: float = 0.0,
    k: float = 1.0,
) -> list[Weights]:
    """The weights of every level by one of KINDS; each reads those of the settings it knows."""
    if kind == "kneser-ney":
        pairs = zip(levels, discounts, strict=True)
        return [kneser_ney(level, D, strength) for level, D in pairs]
    if kind == "witten-bell":
        return [witten_bell(level) for level in levels]
    if kind == "backoff":
        return stupid_backoff(levels)
    return [add_k(level, k if kind == "add-k" else 0.0) for level in levels]


def kneser_ney(level: Level, discounts: Sequence[float], strength: float = 0.0) -> Weights:
    """Interpolated modified Kneser-Ney (Kneser and Ney 1995, Chen and Goodman 1998):

        own = (c(hw) - D) / (c(h) + s),    gamma = (what the D took + s) / (c(h) + s)

    D is D1, D2 or D3+ for counts of 1, 2, and 3 or more. s = `strength` is the concentration of
    the Pitman-Yor process of which this is an approximation (Teh 2006); Kneser-Ney has s = 0.
    """
    counts = level.counts[:-1]
    taken = np.array([0.0, *discounts])[np.minimum(counts, 3)]  # (K,)
    return _shared_out(
        level, counts - taken, level.per_prefix(taken) + strength, level.totals + strength
    )


def witten_bell(level: Level) -> Weights:
    """Interpolated Witten-Bell (Witten and Bell 1991, method C; Chen and Goodman 1998):

        own = c(hw) / (c(h) + t(h)),    gamma = t(h) / (c(h) + t(h))

    t(h) is how many different tokens followed h: how often something new came.
    """
    counts = level.counts[:-1]
    kinds = level.per_prefix(counts > 0)
    return _shared_out(level, counts, kinds, level.totals + kinds)


def add_k(level: Level, k: float) -> Weights:
    """Every count k higher (Laplace 1812 with k = 1; Lidstone 1920); k = 0 is maximum likelihood:

        own = c(hw) / (c(h) + k V),    floor = k / (c(h) + k V),    gamma = 0

    So the longest context that was seen decides alone; with k = 0 what never followed it is
    impossible.
    """
    return _shared_out(level, level.counts[:-1], 0.0, level.totals + k * level.vocab_size, floor=k)


def stupid_backoff(levels: Sequence[Level]) -> list[Weights]:
    """Stupid back-off (Brants, Popat, Xu, Och and Dean 2007). Its scores are no probabilities:

        S(w | h) = c(hw) / c(h)  where hw was seen,  else  0.4 S(w | h')

    so they are divided by Z(h), their sum over w. As hw was seen only where h'w was, a score is
    0.4 S(w | h') plus, where hw was seen, c(hw) / c(h) - 0.4 c(h'w) / c(h'); this makes

        own = (c(hw) / c(h) - 0.4 c(h'w) / c(h')) / Z(h),    gamma = 0.4 Z(h') / Z(h)

    Raises:
        ValueError: hw was counted, but not h'w: no text has such counts.
    """
    out = []
    # Of the end of the chain, where every token is alike: h' of the one context, S(w | h'), Z(h').
    suffix, share, Z = np.zeros(1, dtype=np.int64), np.full(1, 1 / levels[0].vocab_size), np.ones(1)
    for n, level in enumerate(levels):
        counts, prefix = level.counts[:-1], level.prefix
        shorter = np.zeros_like(prefix)  # (K,) index of h'w on the level above
        if n:
            shorter = levels[n - 1].find(suffix[prefix], level.tokens)
        if (shorter < 0).any():
            raise ValueError("a run was counted without its own end")
        below = ALPHA * share[shorter]
        share = counts / np.maximum(level.totals, 1)[prefix]
        more = np.where(counts > 0, share - below, 0.0)
        handed_on = ALPHA * Z[suffix]  # (P,)
        Z = level.per_prefix(more)[:-1] + handed_on
        out.append(Weights(np.append(more / Z[prefix], 0.0), np.append(handed_on / Z, 1.0)))
        suffix = shorter
    return out


def backoff_score(seen: Sequence[tuple[int, int]], vocab_size: int) -> float:
    """S(w | h) by its definition, not divided by anything, from (c(hw), c(h)) of each length, the
    empty context first. A token never seen at all gets 0.4 / V after the last back-off."""
    for backed_off, (count, total) in enumerate(reversed(seen)):
        if count:
            return ALPHA**backed_off * count / total
    return ALPHA ** len(seen) / vocab_size


def estimate_discounts(counts: np.ndarray) -> tuple[float, float, float]:
    """D1, D2, D3+ of a level from how many of its grams count 1, 2, 3 and 4.

    Chen and Goodman 1998, equation 26. Where no gram counts 1, 2 or 3, or a discount would not be
    positive, the level is too small for the estimate and takes FALLBACK.
    """
    _, n1, n2, n3, n4, _ = np.bincount(np.minimum(counts, 5), minlength=6).tolist()
    if not n1 or not n2 or not n3:
        return FALLBACK
    y = n1 / (n1 + 2 * n2)
    d1, d2, d3 = 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3
    return (d1, d2, d3) if d1 > 0 and d2 > 0 and d3 > 0 else FALLBACK


def _shared_out(
    level: Level,
    kept: np.ndarray,
    left: np.ndarray | float,
    whole: np.ndarray,
    *,
    floor: float = 0.0,
) -> Weights:
    """Divide by `whole` (P + 1,) what each gram keeps (K,) and each context hands on (P + 1,).

    What was forgotten by pruning is handed on too, so all sums to 1.
    """
    seen = level.totals > 0  # (P + 1,)
    whole = np.where(seen, whole, 1.0)
    forgotten = level.totals - level.per_prefix(level.counts[:-1])
    own = np.zeros(len(level) + 1)
    np.divide(kept, whole[level.prefix], out=own[:-1])
    gamma = np.where(seen, (left + forgotten) / whole, 1.0)
    return Weights(own, gamma, np.where(seen, floor / whole, 0.0) if floor else None)
