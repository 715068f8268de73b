"""Our models with several settings, each an ordinary run; the validation part chooses."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.corpus_choice import CorpusChoice
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced
from pages._ui.tables.known import CLASSES

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec

LOOK, STEPS = 1.0, 300
RUNS = "tables-runs"  # in the session: those that were started last
OPTIMIZERS = {"adamw": 5e-3, "sgd-momentum": 0.05, "sgd": 0.1}  # each with a rate that suits it
GRID = {  # what can be tried of each family: a setting, and three values of it
    "logistic": {"l2": (0.001, 0.01, 0.1), "lr": (0.002, 0.02, 0.2)},
    "table-mlp": {
        "activation": ("relu", "tanh", "sigmoid"),
        "optimizer": tuple(OPTIMIZERS),
        "n_hidden": (4, 32, 128),
    },
}


def tuning(choice: CorpusChoice, kind: str) -> None:
    """The form, and how far the runs are."""
    from lm_core.models import models as families
    from lm_core.tasks import families_for
    from lm_core.training import TrainSettings

    names = families_for(kind)
    line = st.columns([5, 4, 4], vertical_alignment="bottom")
    if st.session_state.get("tables-family") not in (None, *names):  # of another kind of table
        del st.session_state["tables-family"]
    family = line[0].selectbox(
        "Model",
        names,
        format_func=lambda name: families[name].title,
        key="tables-family",
        bind="query-params",
    )
    labels = TrainSettings.labels() | families[family].settings.labels()
    setting = line[1].selectbox(
        "What is tried",
        list(GRID[family]),
        format_func=labels.get,
        key="tables-tried",
        bind="query-params",
    )
    values, label = GRID[family][setting], labels[setting]
    if line[2].button("Train three", type="primary", width="stretch", key="tables-start"):
        started = []
        for spec, value in zip(specs(choice, family, setting), values, strict=True):
            title = f"{families[family].title}, {setting} {value}, {choice.title}"[:80]
            started.append(session.manager().start(spec, session.visitor(), title=title))
        st.session_state[RUNS] = started
    what = "cross-entropy" if kind == CLASSES else "squared error"
    tried = plain(", ".join(map(str, values)))
    st.caption(
        f"Three runs of {STEPS} steps, one for each {plain(label)}: {tried}. The one with the "
        f"smallest {what} on the validation rows is kept; the test rows are asked once, at the end."
    )
    if runs := st.session_state.get(RUNS):
        going = any(run.active for run in _rows(runs))
        alone(_looked, run_every=paced(LOOK) if going else None)(runs, going)


def specs(choice: CorpusChoice, family: str, setting: str) -> "list[RunSpec]":
    """What is tried: a spec for each value of the setting."""
    from lm_core.runs.presets import default_spec
    from lm_core.training import Budget

    usual = default_spec(choice.spec(), family, budget=Budget(steps=STEPS))
    made = []
    for one in GRID[family][setting]:
        changed = {setting: one} | ({"lr": OPTIMIZERS[one]} if setting == "optimizer" else {})
        part = "model" if hasattr(usual.model, setting) else "train"
        made.append(replace(usual, **{part: replace(getattr(usual, part), **changed)}))
    return made


def _rows(runs: list[str]) -> list:
    from lm_core.errors import RunNotFound

    found = []
    for run in runs:
        try:
            found.append(session.manager().store.get(run, session.visitor()))
        except RunNotFound:  # deleted on Train
            continue
    return found


def _looked(runs: list[str], before: bool) -> None:
    """One look; the whole screen is drawn anew once all have ended."""
    with session.mending():
        found = _rows(runs)
        going = [run for run in found if run.active]
        if before and not going:
            st.rerun()
        if going:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{len(found) - len(going)} of {len(found)} runs have ended.")
                if st.button("Stop", key="tables-stop"):
                    for run in going:
                        session.manager().stop(run.id, session.visitor())
        elif found:
            TRAINED.link(found[-1].id, "Curves and settings of the last one: on Train →")
