"""One run, live: its curve, what it writes now, its figures, and the buttons that steer it.

Everything shown is read from the run store. A panel that watches an active run looks again twice a
second; it asks only for what is new.
"""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import session
from pages._ui.next_steps import next_steps
from pages._ui.run_figures import run_figures
from pages._ui.show import data_of, show_chart

if TYPE_CHECKING:
    from lm_core.runs.store import Run, RunStore

LOOK_SECONDS = 0.5
SAMPLES_SHOWN = 4
SAMPLES_HEIGHT = 236  # pixels
# Room for the longest sentence from the start, so that nothing below it moves.
ROOM = """<style>
[class*="st-key-train-says"] {min-height: 2.8rem}
[class*="st-key-train-stands"] {min-height: 2.8rem}
[class*="st-key-train-figures"] [data-testid="stMetricValue"] {font-size: 1.6rem}
@media (max-width: 640px) {[class*="st-key-train-says"] {min-height: 4rem}}
</style>"""


def live_panel(run_id: str) -> None:
    """The panel for a run of this visitor.

    Raises:
        RunNotFound: it is not there, or not this visitor's.
        StoreUnavailable: the lab's home folder cannot be read.
    """
    run = session.manager().store.get(run_id, session.visitor())
    watch = st.fragment(_panel, run_every=LOOK_SECONDS if run.active else None)
    watch(run_id, run.active)


def _panel(run_id: str, was_active: bool) -> None:
    with session.mending():
        runs = session.manager()
        run = runs.store.get(run_id, session.visitor())
        if run.active != was_active:
            st.rerun()  # the whole page: it begins to look, or stops looking
        run_figures(runs.store, run)
        curve, beside = st.columns([5, 3])
        with curve, st.container(border=True, height="stretch"):
            st.caption(run.title)
            points, evaluations = _news(runs.store, run_id)
            _curve(run, points, evaluations)
        with beside, st.container(border=True, height="stretch"):
            _status(run)
            room = SAMPLES_HEIGHT if run.active else SAMPLES_HEIGHT - 66  # for what comes next
            with st.container(height=room, border=False, autoscroll=run.active):
                _samples(runs.store, run)
            _buttons(run)
            if not run.active:
                next_steps(run)


def _news(store: "RunStore", run_id: str) -> tuple[dict[int, float], dict[int, float]]:
    """Losses by step, kept in the session and extended by what is new in the store."""
    from lm_core.training.events import Evaluated, Step

    kept = st.session_state.setdefault("train-live", {})
    if kept.get("run") != run_id:
        kept.clear()
        kept.update(run=run_id, seq=0, eval_seq=0, points={}, evaluations={})
    for row in store.since(Step, run_id, kept["seq"]):
        kept["points"][row["step"]] = float("nan") if row["nats"] is None else row["nats"]
        kept["seq"] = max(kept["seq"], row["seq"])
    for row in store.since(Evaluated, run_id, kept["eval_seq"]):
        if row["split"] == "validation":
            kept["evaluations"][row["step"]] = row["nats"]
        kept["eval_seq"] = max(kept["eval_seq"], row["seq"])
    return kept["points"], kept["evaluations"]


def _curve(run: "Run", points: dict[int, float], evaluations: dict[int, float]) -> None:
    import math

    from lm_core.runs.worker import unit_of

    draw_curve(
        points,
        evaluations,
        unit=run.facts.get("unit") or unit_of(run.spec["tokenizer"]["name"]),
        uniform=math.log(run.facts["vocab_size"]) if "vocab_size" in run.facts else None,
        live=run.active,
        key="train-curve",
    )


def draw_curve(
    points: dict[int, float],
    evaluations: dict[int, float],
    *,
    unit: str,
    uniform: float | None,
    live: bool,
    key: str,
) -> None:
    """The loss curve, a sentence that reads it aloud, and its data once it stands still."""
    import pandas as pd

    from lm_core.charts.curves import loss_curve, read_aloud

    train = pd.DataFrame({"step": list(points), "train_nats": list(points.values())})
    validation = pd.DataFrame({"step": list(evaluations), "nats": list(evaluations.values())})
    chart = loss_curve(train, validation, unit=unit, uniform_nats=uniform, height=300)
    show_chart(chart, key=key, table=False, alt="The loss curve, read aloud in the line below it.")
    st.html(ROOM)
    with st.container(key=f"train-says-{key}"):
        st.caption(read_aloud(train, validation))
    if not live and points:
        data_of(chart, key=key)


def _status(run: "Run") -> None:
    """Where the run stands, in words."""
    runs = session.manager()
    place = runs.queue_position(run.id)
    trouble = runs.troubles.get(run.id) or run.message
    words = {
        "queued": f"Waiting for a free worker: number {place} in the queue."
        if place
        else "Waiting for a free worker.",
        "starting": "Reading the text and building the model …",
        "running": "Learning.",
        "paused": "Paused.",
        "finished": "Done: the budget is spent.",
        "stopped": "Stopped.",
        "failed": "This run could not go on.",
        "interrupted": "This run was cut off.",
    }[run.status]
    st.markdown("**What it writes now**" if run.active else "**What it wrote**")
    if trouble and (run.status in ("failed", "interrupted") or run.id in runs.troubles):
        st.warning(trouble)
    else:
        with st.container(key="train-stands"):
            st.caption(f"{words} {trouble}".strip())


def _samples(store: "RunStore", run: "Run") -> None:
    """The last things it wrote, oldest first, so that one sees it get better."""
    from lm_core.training.events import Sampled

    rows = store.since(Sampled, run.id)
    if len(rows) > SAMPLES_SHOWN:  # the first, and the latest
        rows = [rows[0], *rows[-(SAMPLES_SHOWN - 1) :]]
    for row in rows:
        text = " · ".join(row["text"].split("\n")) if len(row["text"]) < 80 else row["text"]
        with st.container(gap=None):
            st.caption(f"step {row['step']:,}")
            st.text(text.strip() or "(only blanks)")
    if not rows:
        st.caption("Its first words appear a moment after the start.")


def _buttons(run: "Run") -> None:
    """Pause, step, stop while it goes on; resume when it can."""
    runs, me = session.manager(), session.visitor()
    with st.container(horizontal=True):
        if run.status in ("running", "starting") and run.wish != "stop":
            _button("Pause", runs.pause, run, me, disabled=run.wish == "pause")
        if run.status == "paused" and run.wish != "stop":
            _button("Resume", runs.resume, run, me)
            _button("One step", runs.single_step, run, me)
        if run.active:
            _button("Stop", runs.stop, run, me, disabled=run.wish == "stop")
        elif run.status in ("stopped", "interrupted", "failed"):
            _button("Resume", runs.resume, run, me)


def _button(label: str, act: object, run: "Run", owner: str, **options: object) -> None:
    def pressed() -> None:
        with session.mending():
            act(run.id, owner)

    st.button(label, key=f"train-{label}", on_click=pressed, **options)
