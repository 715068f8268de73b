"""A configuration study: one setting at a time is changed from a base, each with several seeds.

    base, *changed = configurations(read(path))
    changed[0].told_apart(base, "exact_match")      # "better", "worse", or "" where nobody can say

Two configurations are in an order only where their seeds do not overlap: where the worst of one is
better than the best of the other. `tools/study.py` makes the table that is read here.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

COLUMNS = ("called", "setting", "value", "base", "seed", "steps", "parameters")
COLUMNS += ("validation_nats", "exact_match", "chrf", "cpu_seconds", "versions", "command")
# What is compared, and whether more of it is better.
FIGURES = {"validation_nats": False, "exact_match": True, "chrf": True}
BETTER, WORSE = "better", "worse"


@dataclass(frozen=True)
class Configuration:
    """One of the study; `runs` are its rows, one for each seed. The base has no `setting`."""

    called: str  # the title of the setting that was changed, "" of the base
    value: str
    base: str  # the value of that setting in the base
    runs: tuple[Mapping[str, str], ...]

    @property
    def label(self) -> str:
        """ "Width 128"."""
        return f"{self.called} {self.value}" if self.called else "Base"

    def of(self, column: str) -> list[float]:
        """A column of numbers, a value for each seed."""
        return [float(run[column]) for run in self.runs]

    def mean(self, column: str) -> float:
        return fmean(self.of(column))

    def spread(self, column: str) -> tuple[float, float]:
        """The lowest and the highest of the seeds."""
        return min(self.of(column)), max(self.of(column))

    def told_apart(self, other: "Configuration", figure: str) -> str:
        """Whether it is `BETTER` or `WORSE` than another in one of `FIGURES`, with every seed; ""
        where the seeds overlap."""
        return beside(self.of(figure), other.of(figure), more_is_better=FIGURES[figure])


def beside(
    values: Sequence[float], others: Sequence[float], *, more_is_better: bool = False
) -> str:
    """Whether the values of some seeds are `BETTER` or `WORSE` than those of others, every one than
    every other; "" where they overlap."""
    if min(values) > max(others):
        return BETTER if more_is_better else WORSE
    if max(values) < min(others):
        return WORSE if more_is_better else BETTER
    return ""


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a study, one for each run, the numbers as they were written."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def configurations(rows: Iterable[Mapping[str, str]]) -> list[Configuration]:
    """The runs by what was changed, in the order in which they first come."""
    groups: dict[tuple[str, str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        groups.setdefault((row["called"], row["value"], row["base"]), []).append(row)
    return [Configuration(*key, tuple(runs)) for key, runs in groups.items()]
