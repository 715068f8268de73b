"""A forecaster is trained from here, by the ordinary manager of runs, and watched until it ends."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.corpus_choice import CorpusChoice
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced

if TYPE_CHECKING:
    from lm_core.runs.store import Run

LOOK = 1.0  # seconds between two looks
RUN = "forecast-run"  # in the session


def training(choice: CorpusChoice) -> None:
    """The form, and how far the run is that was started last."""
    from lm_core.models import models as families
    from lm_core.runs.presets import BUDGETS, default_spec
    from lm_core.tasks import families_for
    from lm_core.training import Budget

    line = st.columns([5, 5, 3], vertical_alignment="bottom")
    family = line[0].selectbox(
        "Model",
        families_for("series"),
        format_func=lambda name: families[name].title,
        key="forecast-family",
        bind="query-params",
    )
    budget = line[1].segmented_control(
        "Budget",
        list(BUDGETS),
        default="1 min",
        required=True,
        key="forecast-budget",
        bind="query-params",
    )
    if line[2].button("Start", width="stretch", key="forecast-start"):
        spec = default_spec(choice.spec(), family, budget=Budget(seconds=BUDGETS[budget]))
        title = f"{families[family].title}, {choice.title}"[:80]
        run = session.manager().start(spec, session.visitor(), title=title)
        st.session_state[RUN] = run
    if run := st.session_state.get(RUN):
        _watched(run)


def _watched(run_id: str) -> None:
    from lm_core.errors import RunNotFound

    try:
        run = session.manager().store.get(run_id, session.visitor())
    except RunNotFound:  # deleted on Train
        st.session_state.pop(RUN, None)
        return
    alone(_looked, run_every=paced(LOOK) if run.active else None)(run_id, run.active)


def _looked(run_id: str, before: bool) -> None:
    """One look at a run; the whole screen is drawn anew once it has ended."""
    with session.mending():
        run = session.manager().store.get(run_id, session.visitor())
        if before and not run.active:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_told(run))
            if run.active and st.button("Stop", key="forecast-stop"):
                session.manager().stop(run_id, session.visitor())
            TRAINED.link(run_id, "Its curve, its settings, everything else: on Train →")


def _told(run: "Run") -> str:
    from lm_core.training.events import Evaluated, Step

    if run.message:
        return plain(run.message)
    store = session.manager().store
    step, seen = store.last(Step, run.id), store.last(Evaluated, run.id)
    if step is None:
        return "It waits for its first step."
    said = f"Step {step['step']:,}"
    if seen is not None:
        said += f", squared error on validation {seen['nats']:.4g}"
    return f"{said}." if run.active else f"Trained. {said}."
