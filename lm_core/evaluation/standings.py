"""Who is ahead in a race, and whether that can be said at all.

    table = standings(results)                 # a row for each family, the best first
    told_apart(table[0], table[1])             # True only where no seed of one reaches the other
    crossing(counted, learned, "seconds")      # when a network passes what only counts

A seed alone moves a loss, so one family is called better than another only where all of its seeds
are better than all of the other's; what was run once has no spread, and nothing is called of it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev
from typing import Any, NamedTuple

JUDGE = "validation_nats"  # one chooses by validation; the test figures are reported beside it
TOLD = 5e-4  # nats: figures are told to three places
# Student's t, two-sided, 95 %, by degrees of freedom.
T95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


class Point(NamedTuple):
    """One evaluation along the way."""

    step: int
    tokens: int
    seconds: float
    nats: float


@dataclass(frozen=True)
class Result:
    """One run of a race; `figures` as `lm_core.runs.finish` names them, empty while it goes on."""

    model: str
    seed: int
    figures: Mapping[str, Any] = field(default_factory=dict)
    curve: tuple[Point, ...] = ()
    status: str = "finished"
    run: str = ""

    def figure(self, name: str) -> float | None:
        """A number that was measured and is finite."""
        value = self.figures.get(name)
        known = isinstance(value, int | float) and math.isfinite(value)
        return float(value) if known else None


@dataclass(frozen=True)
class Standing:
    """The runs of one family. `exact`: no seed changes it, so one run is all there is."""

    model: str
    results: tuple[Result, ...]
    exact: bool = False

    def of(self, name: str) -> list[float]:
        """A figure of each seed that has it."""
        found = (result.figure(name) for result in self.results)
        return [value for value in found if value is not None]

    def mean(self, name: str) -> float | None:
        values = self.of(name)
        return fmean(values) if values else None

    def spread(self, name: str) -> tuple[float, float] | None:
        """The lowest and the highest."""
        values = self.of(name)
        return (min(values), max(values)) if values else None

    @property
    def done(self) -> bool:
        """Whether all of its runs were measured."""
        return len(self.of(JUDGE)) == len(self.results) > 0


def standings(
    results: Iterable[Result], *, exact: Iterable[str] = (), by: str = JUDGE
) -> list[Standing]:
    """A family each, the lowest mean first, those without a figure last, as they came.

    Args:
        exact: families that count.
    """
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.model, []).append(result)
    counts = set(exact)
    rows = [Standing(name, tuple(group), name in counts) for name, group in groups.items()]
    return sorted(rows, key=lambda row: math.inf if row.mean(by) is None else row.mean(by))


def told_apart(one: Standing, other: Standing, by: str = JUDGE) -> bool:
    """Whether every run of `one` is lower than every run of the other, by more than is told of a
    figure, and each of the two was run often enough to have a spread."""
    if not (one.of(by) and other.of(by)):
        return False
    known = all(row.exact or len(row.of(by)) > 1 for row in (one, other))
    return known and max(one.of(by)) + TOLD < min(other.of(by))


def ladder(rows: Sequence[Standing], by: str = JUDGE) -> list[list[Standing]]:
    """The rungs: families of one rung cannot be told from a neighbour on it, those of different
    rungs can, each from all of the other. The lowest loss first; what has no figure is left out."""
    rungs: list[list[Standing]] = []
    for row in rows:
        if row.mean(by) is None:
            continue
        above = (all(told_apart(one, row, by) for one in rung) for rung in rungs)
        # From the first rung on that has somebody it cannot be told from, all are one with it.
        first = next((k for k, apart in enumerate(above) if not apart), len(rungs))
        rungs[first:] = [[*(one for rung in rungs[first:] for one in rung), row]]
    return rungs


def crossing(counted: float, learned: Standing, axis: str) -> tuple[float, float] | None:
    """Where along `axis` (a field of `Point`) the seeds of a family first were below a loss, the
    first and the last of them; None where not all have been."""
    places = []
    for result in learned.results:
        below = (getattr(p, axis) for p in result.curve if p.nats < counted)
        place = next(below, None)
        if place is None:
            return None
        places.append(float(place))
    return (min(places), max(places)) if places else None


def expected(row: Standing, name: str = JUDGE) -> tuple[float, float] | None:
    """Between which values one more run of the family would land, 19 times in 20, if the runs that
    are there tell it: mean ± t s sqrt(1 + 1/n). None of what was run once and has seeds."""
    values = row.of(name)
    if row.exact and values:
        return min(values), max(values)
    if len(values) < 2:
        return None
    n, mean = len(values), fmean(values)
    reach = T95.get(n - 1, 2.0) * stdev(values) * math.sqrt(1 + 1 / n)
    return mean - reach, mean + reach
