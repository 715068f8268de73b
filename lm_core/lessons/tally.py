"""How a class answered one question: how many said what, before and after, and who changed.

    "an LSTM"         before 12, after 3
    "a Transformer"   before  8, after 17
    wrong before, right after: 10;  right before, wrong after: 1

Numbers that differ are put into ranges of equal width; of curves only right and wrong is counted.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lm_core.figures import significant

MOMENTS = ("", "before", "after")  # of a question that is asked once; that is asked twice
MOST_BARS = 12  # beyond which the rarest answers are one bar
APART = 8  # different numbers that each have a bar of their own
TINY = 1e-9  # below which a number is none
OTHERS, CURVES = "all others", "a curve"


@dataclass(frozen=True)
class Tally:
    """The counts of one question.

    `said`: for each answer, in the order of the options, how many gave it at each moment; `right`
    and `judged`: how many were right, and how many could be, at each moment; `change`: of the
    pupils who were judged before and after, by (right before, right after).
    """

    said: dict[str, dict[str, int]]
    right: dict[str, int]
    judged: dict[str, int]
    change: dict[tuple[bool, bool], int]

    @property
    def moments(self) -> list[str]:
        """Those at which somebody answered."""
        return [m for m in MOMENTS if self.answered(m)]

    @property
    def both(self) -> int:
        """Pupils whose answers of before and after were both judged."""
        return sum(self.change.values())

    def answered(self, moment: str) -> int:
        """How many pupils answered at a moment."""
        return sum(counts.get(moment, 0) for counts in self.said.values())


def tally(
    answers: Iterable[tuple[int, str, Any, bool | None]], options: Sequence[str] = ()
) -> Tally:
    """The counts of `answers`: pupil, moment, prediction, whether it came so; one at most of a
    pupil at a moment."""
    given = list(answers)
    label = _labels([prediction for _, _, prediction, _ in given], options)
    named = Counter((label(prediction), moment) for _, moment, prediction, _ in given)
    order = _order(given, label, options)
    said = {one: {m: named[one, m] for m in MOMENTS if named[one, m]} for one in order}
    said = _bounded(said, options)
    judged = [(pupil, moment, right) for pupil, moment, _, right in given if right is not None]
    before = {pupil: right for pupil, moment, right in judged if moment == "before"}
    after = {pupil: right for pupil, moment, right in judged if moment == "after"}
    change = {(was, now): 0 for was in (False, True) for now in (False, True)}
    for pupil in before.keys() & after.keys():
        change[before[pupil], after[pupil]] += 1
    return Tally(
        said,
        dict(Counter(moment for _, moment, right in judged if right)),
        dict(Counter(moment for _, moment, _ in judged)),
        change,
    )


def _labels(predictions: Sequence[Any], options: Sequence[str]) -> Any:
    """A function that says what the bar of a prediction is called."""
    numbers = sorted({p for p in predictions if isinstance(p, int | float)})
    width = 0.0
    if len(numbers) > APART:
        width = _round(max(TINY, (numbers[-1] - numbers[0]) / APART))

    def label(prediction: Any) -> str:
        if isinstance(prediction, str):
            return prediction
        if isinstance(prediction, list | tuple):
            return CURVES
        if not width:
            return significant(prediction, 6) if abs(prediction) > TINY else "0"
        low = math.floor(prediction / width) * width
        return f"{significant(low, 4)} to {significant(low + width, 4)}"

    return label


def _round(width: float) -> float:
    """1, 2 or 5 times a power of ten, no smaller."""
    power = 10.0 ** math.floor(math.log10(width))
    return next((times * power for times in (1, 2, 5) if width <= times * power), 10 * power)


def _order(given: Sequence[tuple], label: Any, options: Sequence[str]) -> list[str]:
    """The options as they stand, then numbers from the smallest up, then words, the most said
    first."""
    numbers = sorted(p for _, _, p, _ in given if isinstance(p, int | float))
    words = Counter(label(p) for _, _, p, _ in given if not isinstance(p, int | float))
    return list(
        dict.fromkeys([*options, *map(label, numbers), *(w for w, _ in words.most_common())])
    )


def _bounded(said: dict[str, dict[str, int]], options: Sequence[str]) -> dict[str, dict[str, int]]:
    """At most MOST_BARS; the last is all others."""
    if len(said) <= MOST_BARS:
        return said
    kept = list(dict.fromkeys([*options, *said]))[: MOST_BARS - 1]
    kept = [one for one in kept if one != OTHERS]
    rest: Counter[str] = Counter()
    for one, counts in said.items():
        if one not in kept:
            rest.update(counts)
    return {one: said[one] for one in kept} | {OTHERS: dict(rest)}
