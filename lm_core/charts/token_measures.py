"""By what a token is coloured: its probability, its rank, the entropy of the model before it, or
how much more the second of two models is surprised by it. All have the shades of `colour_text`, of
which the two for a surprise have a line below as well.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass

from lm_core.charts import words
from lm_core.charts.colour_text import STEPS, shade_legend

ALIKE, MUCH = 0.5, 2.0  # nats between two models


@dataclass(frozen=True)
class Measure:
    """One number of a token, and its five shades."""

    title: str
    legend: str  # what stands before the shades, in words
    limits: tuple[float, ...]  # four, rising: where the next shade begins
    names: tuple[str, ...]  # of the five between them
    says: str  # of one token: "probability {}"
    falling: bool = False  # large numbers are the surprise

    def step(self, value: float) -> int:
        """Which of STEPS a number belongs to; one that is none is neither good nor bad."""
        if math.isnan(value):
            return len(STEPS) // 2
        at = bisect_right(self.limits, value)
        return len(self.limits) - at if self.falling else at

    def said(self, value: float) -> str:
        """The number with its name and unit."""
        return self.says.format(self._number(value))

    def _number(self, value: float) -> str:
        if self is PROBABILITY:
            return words.percent(value)
        return f"{value:,.0f}" if self is RANK else words.nats(value)


PROBABILITY = Measure(
    "Probability",
    "probability it gave",
    (0.01, 0.05, 0.20, 0.50),
    ("under 1 %", "from 1 %", "from 5 %", "from 20 %", "from 50 %"),
    "probability {}",
)
RANK = Measure(
    "Rank",
    "which of its guesses it was",
    (2, 6, 21, 101),
    ("the first", "2 to 5", "6 to 20", "21 to 100", "beyond 100"),
    "guess number {}",
    falling=True,
)
# By the number of equally likely choices that it amounts to.
ENTROPY = Measure(
    "Entropy",
    "how unsure it was before, as among so many equal choices",
    tuple(map(math.log, (2, 5, 20, 50))),
    ("under 2", "2 to 5", "5 to 20", "20 to 50", "over 50"),
    "entropy {} nats",
    falling=True,
)
DIFFERENCE = Measure(
    "Difference",
    "nats by which the second model was more surprised",
    (-MUCH, -ALIKE, ALIKE, MUCH),
    (f"under -{MUCH:g}", f"under -{ALIKE:g}", "alike", f"from {ALIKE:g}", f"from {MUCH:g}"),
    "second minus first {} nats",
)


def legend(measure: Measure) -> str:
    """What the shades mean, the least surprising first, as safe HTML."""
    names = measure.names[::-1] if measure.falling else measure.names
    return shade_legend(measure.legend, names)
