"""BLEU of one sentence with all that it is made of, to be read by a person.

    p_n = runs of n tokens that count / runs of n tokens     BP = min(1, e^(1 - r/c))
    BLEU = BP * (p_1 p_2 p_3 p_4)^(1/4)

A run counts at most as often as the one reference that holds it most often ("clipped"). r is the
length of the reference whose length is closest to the answer's, the shorter one of two. Counted
here token by token; `translation.bleu` asks sacrebleu, and gives the same number.
Paper: Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation"; for
the smoothing Chen and Cherry 2014, method 3: the first p_n of 0 becomes half of one run, the next a
quarter, and so on.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lm_core.errors import BadSettings, BadText
from lm_core.evaluation.overlap import share
from lm_core.evaluation.translation import LONGEST_RUN

SMOOTHINGS = ("exp", "none")


class Run(NamedTuple):
    """A run of tokens of the answer."""

    tokens: tuple[str, ...]
    said: int  # times in the answer
    held: int  # times in the reference that holds it most often
    counts: int  # the smaller of both


@dataclass(frozen=True)
class Order:
    """All runs of n tokens, in the order in which the answer says them."""

    n: int
    runs: tuple[Run, ...]
    right: int
    of: int
    precision: float  # share of 1, after smoothing
    smoothed: bool


@dataclass(frozen=True)
class BleuSteps:
    """`score` is 0 to 100; lengths in tokens."""

    tokens: tuple[str, ...]
    reference_lengths: tuple[int, ...]
    reference_length: int  # the one that is taken
    orders: tuple[Order, ...]  # n = 1 .. 4
    brevity_penalty: float  # 0 to 1
    mean: float  # geometric, of the four precisions
    score: float


def bleu_steps(
    answer: str, *references: str, lower_case: bool = False, smoothing: str = "exp"
) -> BleuSteps:
    """The steps, of tokens by sacrebleu's rule 13a.

    Args:
        references: one or more of one answer.
        lower_case: capitals do not count.
        smoothing: what becomes of a p_n of 0: one of SMOOTHINGS.

    Raises:
        BadText: no reference.
        BadSettings: no such smoothing.
    """
    if not references:
        raise BadText("There is nothing to compare with: give a reference.")
    if smoothing not in SMOOTHINGS:
        raise BadSettings(f"{smoothing} is no smoothing: choose one of {', '.join(SMOOTHINGS)}.")
    said, *real = (_tokens(text, lower_case) for text in (answer, *references))
    c, lengths = len(said), [len(tokens) for tokens in real]
    r = min(lengths, key=lambda length: (abs(length - c), length))
    penalty = 1.0 if c >= r else math.exp(1 - r / c) if c else 0.0
    orders = _smoothed([_order(said, real, n) for n in range(1, LONGEST_RUN + 1)], smoothing)
    shares = [order.precision for order in orders]
    mean = math.exp(sum(map(math.log, shares)) / len(shares)) if all(shares) else 0.0
    score = min(100.0, 100 * penalty * mean)
    return BleuSteps(tuple(said), tuple(lengths), r, tuple(orders), penalty, mean, score)


def _tokens(text: str, lower_case: bool) -> list[str]:
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

    text = text.lower() if lower_case else text
    return Tokenizer13a()(text.rstrip()).split()


def _order(said: Sequence[str], real: Sequence[Sequence[str]], n: int) -> Order:
    held: Counter[tuple[str, ...]] = Counter()
    for tokens in real:
        held |= _runs(tokens, n)  # the larger of both counts
    runs = [
        Run(run, times, held[run], min(times, held[run])) for run, times in _runs(said, n).items()
    ]
    right, of = sum(run.counts for run in runs), sum(run.said for run in runs)
    return Order(n, tuple(runs), right, of, share(right, of), smoothed=False)


def _runs(tokens: Sequence[str], n: int) -> "Counter[tuple[str, ...]]":
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def _smoothed(orders: list[Order], smoothing: str) -> list[Order]:
    """Where nothing is right at all there is nothing to smooth."""
    if smoothing == "none" or not any(order.right for order in orders):
        return orders
    found, part = [], 1.0
    for order in orders:
        empty = order.of and not order.right
        part /= 2 if empty else 1
        precision = part / order.of if empty else order.precision
        found.append(
            Order(order.n, order.runs, order.right, order.of, precision, smoothed=bool(empty))
        )
    return found
