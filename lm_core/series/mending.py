"""Measurements with their times made a series: one value each so many minutes, none missing.

Rules, in this order: sorted by time; of a time that comes again the last value counts; the step is
the commonest distance between two times; a gap of at most a day is filled along a straight line.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from lm_core.errors import BadText
from lm_core.figures import count, moment

RULE = "By time: the first 70 % train, the next 15 % validate, the last 15 % test."
MOST_FILLED = 0.1  # of all values
LONGEST = 24 * 60  # minutes of a gap; of a series of days, 3 of them
FEWEST = 60  # values
MOST = 300_000


@dataclass(frozen=True)
class Regular:
    """A series without gaps; `note` is "" or sentences on what was mended."""

    begin: datetime
    minutes: float
    values: list[float]
    note: str


def regular(measured: Sequence[tuple[datetime, float | None]]) -> Regular:
    """The series of measurements in any order; None is a value that is missing.

    Raises:
        BadText: too few or too many, a gap that is too long or too many of them, or times between
            the steps.
    """
    times = [time for time, _ in measured]
    notes = []
    if any(b < a for a, b in pairwise(times)):
        notes.append("Its rows were not in the order of time and were sorted.")
    by_time = dict(sorted(measured, key=lambda one: one[0]))  # stable: the last of a time stays
    if again := len(measured) - len(by_time):
        notes.append(f"{count(again, 'time')} came again: the last value counts.")
    order = list(by_time)
    if len(order) < FEWEST:
        raise BadText(
            f"This series has {count(len(order), 'value')} at different times and {FEWEST} is the "
            "least: give more of it."
        )
    steps = Counter((b - a).total_seconds() / 60 for a, b in pairwise(order))
    minutes = max(steps, key=lambda one: (steps[one], -one))
    known: dict[int, float] = {}
    for time, value in by_time.items():
        place = (time - order[0]).total_seconds() / 60 / minutes
        if abs(place - round(place)) > 1e-3:
            raise BadText(
                f"Most values are {_long(minutes)} apart, and {moment(time)} is between "
                "two of them: give a series that is measured at equal distances."
            )
        if value is not None:
            known[round(place)] = value
    if not known:
        raise BadText("Not one value is there: give a column of numbers.")
    begin, end = min(known), max(known)
    if end - begin + 1 > MOST:
        raise BadText(
            f"From beginning to end this series has {end - begin + 1:,} steps and {MOST:,} is the "
            "most: cut out a part and give that."
        )
    values, filled = _filled(known, minutes, order[0])
    if filled:
        notes.append(f"{count(filled, 'missing value')} filled along a straight line.")
    start = order[0] + _after(minutes, begin)
    return Regular(start, minutes, values, " ".join(notes))


def _filled(known: dict[int, float], minutes: float, origin: datetime) -> tuple[list[float], int]:
    """All values from the first to the last known one, and how many of them were filled in."""
    places = sorted(known)
    most = max(LONGEST / minutes, 3)  # steps
    values, filled = [known[places[0]]], 0
    for a, b in pairwise(places):
        missing = b - a - 1
        if missing > most:
            since, until = (origin + _after(minutes, k) for k in (a, b))
            raise BadText(
                f"From {moment(since)} to {moment(until)} nothing was measured, "
                f"{missing:,} steps, and at most {int(most):,} are filled in: give the part before "
                "or after the gap."
            )
        rise = (known[b] - known[a]) / (b - a)
        values += [known[a] + rise * k for k in range(1, b - a)] + [known[b]]
        filled += missing
    if filled > MOST_FILLED * len(values):
        raise BadText(
            f"{filled:,} of {len(values):,} values are missing, and a tenth is the most that is "
            "filled in: give a part of the series with fewer gaps."
        )
    return values, filled


def _after(minutes: float, steps: int) -> timedelta:
    return timedelta(minutes=minutes * steps)


def _long(minutes: float) -> str:
    """A step in words: "1 hour"."""
    for name, size in (("day", 24 * 60), ("hour", 60)):
        if minutes >= size and minutes % size == 0:
            return count(int(minutes // size), name)
    return f"{minutes:g} minutes"
