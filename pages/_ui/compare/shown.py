"""What a race has shown so far: of one that goes on from the record of runs, of one that ships from
its file; the same for both."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.models import SHIPPED

if TYPE_CHECKING:
    from lm_core.charts.measures import Measure
    from lm_core.evaluation.standings import Result
    from lm_core.runs.race import Race
    from lm_core.runs.race_file import RaceFile
    from lm_core.runs.store import Run, RunStore

READY = SHIPPED / "races"
LN2 = math.log(2)


@dataclass(frozen=True)
class Shown:
    """`results` in the order in which they were started; `guesses` in nats; `runs` is empty of a
    race that ships."""

    race: "Race"
    results: "tuple[Result, ...]"
    unit: str
    guesses: dict[str, float]
    runs: "tuple[Run, ...]" = ()

    @property
    def active(self) -> bool:
        return any(run.active for run in self.runs)

    @property
    def per(self) -> str:
        """What a token is: "character"."""
        return self.unit.removeprefix("nats per ")

    @property
    def tokens_per_character(self) -> float:
        """Of the test text; not a number until one was measured, or where bits are withheld."""
        for one in self.results:
            nats, bits = one.figure("test_nats"), one.figure("bits_per_character")
            if nats and bits:
                return bits * LN2 / nats
        return math.nan

    def measure(self, name: str) -> "Measure":
        """One of nats, perplexity, bits."""
        from lm_core.charts.measures import measure

        return measure(name, per=self.per, tokens_per_character=self.tokens_per_character)


@st.cache_data(max_entries=1, show_spinner=False)
def _files(stamp: tuple[tuple[str, int], ...]) -> "list[RaceFile]":
    from lm_core.errors import BadCheckpoint
    from lm_core.runs.race_file import read_race

    found = []
    for name, _ in stamp:
        try:
            found.append(read_race(READY / name))
        except BadCheckpoint:  # one that is damaged is as good as absent
            continue
    return found


def ready() -> "list[RaceFile]":
    """The races that ship."""
    paths: list[Path] = sorted(READY.glob("*.json"))
    return _files(tuple((path.name, path.stat().st_mtime_ns) for path in paths))


def ready_for(race: "Race") -> "RaceFile | None":
    """One that ships of the same text under the same budget, whoever raced."""
    same = (race.data, race.budget)
    return next((one for one in ready() if (one.race.data, one.race.budget) == same), None)


def of_file(file: "RaceFile") -> Shown:
    return Shown(file.race, file.results, file.unit, file.baselines)


def of_runs(store: "RunStore", race: "Race", runs: "list[Run]") -> Shown:
    """What the runs of a race have shown."""
    results = tuple(_result(store, run) for run in runs)
    facts: dict[str, Any] = next((run.facts for run in runs if "baselines" in run.facts), {})
    unit = facts.get("unit", "nats per token")
    return Shown(race, results, unit, facts.get("baselines", {}), tuple(runs))


def _result(store: "RunStore", run: "Run") -> "Result":
    import numpy as np

    from lm_core.evaluation.standings import Point, Result
    from lm_core.json_files import numbers
    from lm_core.runs.finish import FACT
    from pages._ui.train.points import shown

    now = shown(store, run.id)
    rows, points = now.evaluations, now.points
    if not len(points):
        rows = rows[:0]
    # An evaluation knows its step alone.
    seconds = np.interp(rows["step"], points["step"], points["seconds"]) if len(rows) else []
    curve = tuple(
        Point(int(step), int(tokens), float(at), float(nats))
        for step, tokens, nats, at in zip(
            rows["step"], rows["tokens"], rows["nats"], seconds, strict=True
        )
    )
    measured = run.facts.get(FACT, {})
    sample = measured.get("sample", "")
    figures = numbers({k: v for k, v in measured.items() if k != "sample"})
    model, seed = run.spec["model"]["name"], run.spec["seed"]
    return Result(model, seed, figures | {"sample": sample}, curve, run.status, run.id)
