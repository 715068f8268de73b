"""Splits of a series: the values one after the other, and windows cut from them.

window t:   seen = x_t ... x_(t+n_seen-1)   ->   following = x_(t+n_seen) ... (n_ahead of them)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import torch
from torch import Tensor

from lm_core.errors import BadText
from lm_core.split import Split

CUTS = (0.70, 0.85)
DAY = 24 * 60  # minutes
WEEK = 7  # days, the season of what is measured once a day


@dataclass(frozen=True)
class Series(Split):
    """A stretch of a series, as it was measured."""

    values: Tensor  # (T,) float32, in their unit
    begin: str  # when the first was measured, ISO 8601
    minutes: float  # from one to the next
    unit: str


@dataclass(frozen=True)
class Windows(Split):
    """All windows of a part. What is seen may lie before the part, what is forecast lies in it."""

    values: Tensor  # (T,), scaled: the training part has mean 0 and standard deviation 1
    n_seen: int
    n_ahead: int
    mean: float  # of the training part, in the unit
    std: float
    begin: str  # of values[0]
    minutes: float
    unit: str

    def __len__(self) -> int:
        return max(0, len(self.values) - self.n_seen - self.n_ahead + 1)

    def counts(self) -> dict[str, int]:
        return {"examples": len(self), "values": len(self.values)}

    @property
    def _rows(self) -> Tensor:
        return self.values.unfold(0, self.n_seen + self.n_ahead, 1)  # a view: nothing is copied

    @property
    def seen(self) -> Tensor:
        """(N, n_seen)."""
        return self._rows[:, : self.n_seen]

    @property
    def following(self) -> Tensor:
        """(N, n_ahead)."""
        return self._rows[:, self.n_seen :]


def season(minutes: float) -> int:
    """Steps after which a series of that step is likely to repeat: a day, or a week of days; 0
    where neither is a whole number of steps."""
    if minutes == DAY:
        return WEEK
    steps = DAY / minutes
    return round(steps) if steps > 1 and abs(steps - round(steps)) < 1e-6 else 0


def cut_by_time(series: Series) -> dict[str, Series]:
    """The three parts of a series, one after the other (`mending.RULE`)."""
    first, second = (round(share * len(series.values)) for share in CUTS)
    ends = {"train": (0, first), "validation": (first, second), "test": (second, None)}
    return {
        name: Series(
            series.values[a:b].clone(),
            moved(series.begin, a * series.minutes),
            series.minutes,
            series.unit,
        )
        for name, (a, b) in ends.items()
    }


def windows(parts: dict[str, Series], n_seen: int, n_ahead: int) -> dict[str, Windows]:
    """The windows of parts that follow each other in time, scaled by the first of them alone; parts
    too short for one are left out.

    Raises:
        BadText: the first part is shorter than a window, or all of its values are the same.
    """
    train = parts["train"].values.double()
    if len(train) < n_seen + n_ahead:
        raise BadText(
            f"The training part of this series has {len(train):,} values, and a window takes "
            f"{n_seen + n_ahead:,}: give a longer series, or see and forecast fewer values."
        )
    mean, std = float(train.mean()), float(train.std(correction=0))
    if not std > 1e-9 * max(1.0, abs(mean)):
        raise BadText("All values of the training part are the same: there is nothing to forecast.")
    made, before = {}, train[:0]
    for name, part in parts.items():
        lead = before[max(0, len(before) - n_seen) :]
        own = part.values.double()
        made[name] = Windows(
            values=((torch.cat([lead, own]) - mean) / std).float(),
            n_seen=n_seen,
            n_ahead=n_ahead,
            mean=mean,
            std=std,
            begin=moved(part.begin, -len(lead) * part.minutes),
            minutes=part.minutes,
            unit=part.unit,
        )
        before = own
    return {name: part for name, part in made.items() if len(part)}


def moved(moment: str, minutes: float) -> str:
    """So many minutes later."""
    return (datetime.fromisoformat(moment) + timedelta(minutes=minutes)).isoformat()
