"""What a budget means while others train on this machine too."""

from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import StoreUnavailable
from pages._ui.shared import session

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec

BUDGET = "train-budget"  # of the line of choices, in the session and in the address
BEGINS = "train-budget-begins"  # in the session: what the form began with when it was opened
USUAL = "1 min"


def begin_with() -> str:
    """The budget that the form begins with: the usual one, or among others one that is done in a
    lesson's time. Decided when the form is opened, and not again under somebody's hand; settings
    that a link brought mean the usual one."""
    from lm_core.runs.crowd import fitting
    from lm_core.runs.presets import BUDGETS

    if BUDGET not in st.session_state:
        st.session_state[BEGINS] = USUAL
        if "spec" not in st.query_params:
            with suppress(StoreUnavailable):  # whoever starts a run is told
                st.session_state[BEGINS] = fitting(BUDGETS, session.manager().done_in)
    return st.session_state.get(BEGINS, USUAL)


def in_a_crowd(spec: "RunSpec") -> str:
    """When a run of this budget would be done, and those offered beside it; "" where nobody holds
    it up, where no seconds are given, and of a model that counts, which is soon done."""
    from lm_core.charts.words import how_long
    from lm_core.figures import count
    from lm_core.models import models
    from lm_core.runs.crowd import is_slowed
    from lm_core.runs.presets import BUDGETS

    seconds = spec.budget.seconds
    if spec.budget.steps or spec.budget.tokens or seconds is None:
        return ""
    if models[spec.model_name].build.learns_by == "counting":
        return ""
    try:
        runs = session.manager()
    except StoreUnavailable:
        return ""
    done = runs.done_in(seconds)
    if not is_slowed(seconds, done):
        return ""
    called = {value: name for name, value in BUDGETS.items()}.get(seconds, how_long(seconds))
    shared = f"as it takes turns with {count(len(runs.left()), 'other run')}"
    others = {name: runs.done_in(value) for name, value in BUDGETS.items() if value != seconds}
    taking = ", ".join(f"{name} about {how_long(time)}" for name, time in others.items())
    return (
        f"{called}: done in about {how_long(done)} from now, {shared}. "
        f"{taking.replace(' about', ' would take about', 1)}."
    )
