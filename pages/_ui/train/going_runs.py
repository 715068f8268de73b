"""Which of the visitor's runs that go on is shown: a second one is begun beside the first, whose
picture stays until another is chosen."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.charts.words import shorten
from pages._ui.shared import session
from pages._ui.shared.looks import looking
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced, waiting
from pages._ui.train.names import mine, name_of

if TYPE_CHECKING:
    from lm_core.runs.store import Run

LOOK_SECONDS = 2.0
CHOSEN = "train-going"
WIDTH = 40  # characters of a run's name


def goes_on(run: str | None) -> bool:
    """Whether this run of the visitor's is one whose picture still moves, or waits to."""
    return any(one.active for one in mine() if one.id == run)


def going_runs(current: str) -> None:
    """The runs that go on, and the one shown, to go from one to another; nothing where there is
    one alone."""
    if len(_beside(current)) > 1:
        owner = session.visitor()
        looking(_switch, paced(LOOK_SECONDS), lambda: _news(owner))(current)


def _news(owner: str) -> list[object]:
    """What the choice is drawn from: not how far the runs are."""
    runs = session.manager()
    return [
        (run.id, run.title, run.status, runs.queue_position(run.id) if run.active else None)
        for run in runs.store.runs_of(owner)
    ]


def _beside(current: str) -> "list[Run]":
    return [run for run in reversed(mine()) if run.active or run.id == current]


def _switch(current: str) -> None:
    with session.mending():
        runs = {run.id: run for run in _beside(current)}
        if len(runs) < 2 or current not in runs:
            st.rerun()  # the whole page, without the choice
        if st.session_state.get(TRAINED.key) != current:
            st.rerun()  # another one was chosen

        def show() -> None:
            TRAINED.show(st.session_state[CHOSEN])

        st.session_state[CHOSEN] = current
        st.segmented_control(
            "Shown here",
            list(runs),
            format_func=lambda run: shorten(name_of(runs[run]), WIDTH),
            required=True,
            key=CHOSEN,
            on_change=show,
        )
        with st.container(key="train-going-stands"):
            others = [run for run in runs.values() if run.id != current]
            st.caption(" ".join(f"Run {run.number}: {plain(_stands(run))}" for run in others))


def _stands(run: "Run") -> str:
    """Where it stands, as a sentence."""
    if run.status == "queued":
        return waiting(run)
    return "paused." if run.status == "paused" else "it goes on."
