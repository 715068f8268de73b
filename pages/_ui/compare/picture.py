"""The curves of a race, the table under them, and what can be said of it."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.compare.shown import Shown
from pages._ui.shared.plain import plain, safe
from pages._ui.shared.show import data_of, show_chart
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table
from pages._ui.train.curves import MEASURES, UNITS

if TYPE_CHECKING:
    from lm_core.charts.chart import Chart

AXES = {"seconds": "Time", "tokens": "Tokens", "step": "Steps"}
STATES = {
    "queued": "waits",
    "starting": "begins",
    "running": "learns",
    "paused": "paused",
    "finished": "done",
    "stopped": "stopped",
    "failed": "failed",
    "interrupted": "cut off",
}

WIDTHS = {"Family": 120, "State": 190, "Its seeds": 170}  # pixels


def picture(shown: Shown, *, key: str) -> None:
    """The curves, with the choice of axes and unit."""
    with st.container(horizontal=True, vertical_alignment="center"):
        axis = switch("Over", AXES, key=f"{key}-axis")
        unit = switch("Unit", MEASURES, key=f"{key}-unit", help=UNITS)
        log_x = st.toggle(
            "Log scale",
            key=f"{key}-log",
            bind="query-params",
            help="Equal lengths are equal factors.",
        )
    chart = drawn(shown, axis, unit, log_x)
    show_chart(
        chart,
        key=f"{key}-{axis}-{unit}-{log_x}",
        table=False,
        alt=f"{chart.title}, read aloud in the line below it.",
    )
    with st.container(key=f"{key}-says"):
        st.caption(plain(chart.alt))
    if not shown.active and len(chart.table):
        data_of(chart, key=key)


def drawn(shown: Shown, axis: str, unit: str, log_x: bool) -> "Chart":
    """The chart of what was shown."""
    import pandas as pd

    from lm_core.charts.race import Runner, race_chart
    from lm_core.models import models
    from lm_core.runs.race import counts

    measure = shown.measure(unit)
    runners = []
    for one in shown.results:
        points = pd.DataFrame(one.curve, columns=["step", "tokens", "seconds", "nats"])
        rows = pd.DataFrame({"x": points[axis], "y": measure.of(points["nats"])})
        title = models[one.model].title
        runners.append(Runner(one.model, title, one.seed, rows, counts(one.model)))
    return race_chart(
        runners,
        unit=measure.unit,
        axis=axis,
        log_x=log_x,
        doubling=measure.exponential,
        guesses={
            f"guessing by {name}": float(measure.of(nats)) for name, nats in shown.guesses.items()
        },
    )


def table(shown: Shown, *, key: str) -> None:
    """A row a family: means over the seeds, who is ahead, and where a network passes counting."""
    import pandas as pd

    from lm_core.runs.race_table import WATTS, counting_beside, order, ranked, rows

    ranks = ranked(shown.results)
    found = pd.DataFrame(rows(ranks))
    if shown.active:
        states = [_state([one.status for one in row.results]) for row in ranks]
        found.insert(1, "State", states)
    show_table(found, key=f"{key}-table", height="content", widths=WIDTHS)
    st.markdown(f"**What to notice:** {plain(order(ranks))}")
    if beside := counting_beside(ranks):
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in beside))
    st.caption(
        f"Means over the seeds, in {shown.unit}; validation and test are whole splits, with the "
        "weights that each run kept, and the test split is read once, at the end. Training is the "
        "time that a run computed, processor all its threads together; energy takes "
        f"{WATTS:g} watts for a busy core, which is an assumption; memory is what a step holds: "
        "weights, gradients, what the optimizer remembers and what is kept for the way back; of a "
        "model that counts what it holds."
    )


def _state(states: list[str]) -> str:
    done = sum(state == "finished" for state in states)
    if done == len(states):
        return "done"
    now = dict.fromkeys(STATES.get(s, s) for s in states if s != "finished")
    return f"{done} of {len(states)} done, {', '.join(now)}"


def samples(shown: Shown) -> None:
    """What the first seed of each family writes at the end."""
    from lm_core.models import models
    from lm_core.runs.race_table import ranked

    written = [(row, row.results[0].figures.get("sample")) for row in ranked(shown.results)]
    written = [(row, text) for row, text in written if text]
    if not written:
        return
    st.header("What each writes")
    for start in range(0, len(written), 4):
        for column, (row, text) in zip(st.columns(4), written[start : start + 4], strict=False):
            with column, st.container(border=True, height="stretch"):
                st.caption(models[row.model].title)
                style = "white-space:pre-wrap;overflow-wrap:anywhere;font-size:0.9rem"
                st.html(f'<div style="{style}">{safe(text.strip()) or "(only blanks)"}</div>')
