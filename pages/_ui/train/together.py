"""Several runs on one pair of axes, live where one of them goes on."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.json_files import dumps
from lm_core.runs.per_character import withheld
from pages._ui.shared import session
from pages._ui.shared.looks import looking
from pages._ui.shared.standing import paced
from pages._ui.shared.switch import switch
from pages._ui.train.curves import MEASURES, UNITS, draw, measure_of, view_of
from pages._ui.train.names import labels
from pages._ui.train.points import Shown, shown
from pages._ui.train.table import cut

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.charts.measures import Measure
    from lm_core.runs.store import Run

LOOK_SECONDS = 1.0
HEIGHT, LEGEND = 300, 24  # pixels, and for each run's name
SPLITS = {"validation": "Validation", "training": "Training"}
AXES = {"step": "Steps", "tokens": "Tokens", "seconds": "Time"}


def together(runs: "list[Run]") -> None:
    """The losses of these runs of the visitor, as many as can be told apart."""
    going = any(run.active for run in runs)
    with st.container(border=True):
        ids, owner = [run.id for run in runs], session.visitor()
        every = paced(LOOK_SECONDS) if going else None
        looking(_panel, every, lambda: _news(ids, owner))(ids)


def _news(ids: list[str], owner: str) -> list[object]:
    """What the picture is drawn from."""
    store = session.manager().store
    return [(replace(store.get(run, owner), moved=None), store.newest(run)) for run in ids]


def _panel(ids: list[str]) -> None:
    from lm_core.charts.measures import shared
    from lm_core.charts.overlay import MOST, Line, overlay

    with session.mending():
        store = session.manager().store
        runs = [store.get(run, session.visitor()) for run in ids[:MOST]]
        allowed = shared([cut(run) for run in runs])
        with st.container(horizontal=True, vertical_alignment="center"):
            split = switch("Text", SPLITS, key="train-together-split")
            axis = switch("Over", AXES, key="train-together-axis")
            name = switch(
                "Unit",
                {measure: MEASURES[measure] for measure in allowed},
                key="train-together-unit",
                help=UNITS,
            )
        measures = [measure_of(run, name) for run in runs]
        lines = [
            Line(label, run.spec["model"]["name"], _points(shown(store, run.id), split, axis, unit))
            for label, run, unit in zip(labels(runs), runs, measures, strict=True)
        ]
        key = f"train-together-{split}-{axis}-{name}-{'-'.join(ids)}"
        chart = overlay(
            lines,
            unit=measures[0].unit,
            axis=axis,
            split=split,
            doubling=measures[0].exponential,
            height=HEIGHT + LEGEND * len(lines),
            within=view_of(key, "x"),
        )
        note = _note(runs, ids, in_bits=name == "bits")
        if split == "training" and len(runs) == 2:
            note += _parting(*(shown(store, run.id) for run in runs))
        draw(chart, f"{chart.alt}{note}", key=key, live=any(r.active for r in runs))


def _parting(first: Shown, second: Shown) -> str:
    """The first step at which two runs are not the same."""
    from lm_core.evaluation.parting import where_they_part
    from lm_core.figures import count

    each = (now.points for now in (first, second))
    told = [column for points in each for column in (points["step"], points["nats"])]
    found = where_they_part(*map(list, told))
    if found.step is None:
        steps = count(found.same, "step")
        return f" Their losses are the same number at all {steps} that both took." * bool(
            found.same
        )
    alike = f" are the same for {count(found.same, 'step')}, and" if found.same else ""
    losses = f"{found.first:.6g} and {found.second:.6g} nats"
    return f" Their losses{alike} part at step {found.step:,}: {losses}."


def _points(now: Shown, split: str, axis: str, measure: "Measure") -> "pd.DataFrame":
    """Columns x and y of one run."""
    import numpy as np
    import pandas as pd

    from lm_core.charts.curves import smooth

    if split == "training":
        rows, nats = now.points, smooth(now.points["nats"])
        x = rows[axis]
    else:
        rows, nats = now.evaluations, now.evaluations["nats"]
        known = len(now.points) > 0
        if axis == "seconds":  # an evaluation knows its step alone
            x = np.interp(rows["step"], now.points["step"], now.points["seconds"]) if known else []
            rows, nats = (rows, nats) if known else (rows[:0], nats[:0])
        else:
            x = rows[axis]
    return pd.DataFrame({"x": np.asarray(x, dtype=float), "y": measure.of(nats)})


def _note(runs: "list[Run]", ids: list[str], *, in_bits: bool) -> str:
    """What has to be known to read the picture."""
    notes = []
    if len({dumps(run.spec["data"], sort_keys=True) for run in runs}) > 1:
        notes.append("These runs read different texts, and a text may be harder than another.")
    if len({dumps(run.spec["codec"], sort_keys=True) for run in runs}) > 1:
        notes.append(
            "Their texts are cut into different tokens, so they are compared in bits per character."
        )
    for run, label in zip(runs, labels(runs), strict=True):
        if in_bits and (reason := withheld(run)):
            notes.append(f"{label} is left out: {reason}")
    if len(ids) > len(runs):
        notes.append(f"Only the first {len(runs)} of {len(ids)} runs are drawn.")
    return "".join(f" {note}" for note in notes)
