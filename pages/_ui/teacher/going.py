"""What runs: a row for each run that has not ended, and what a teacher may do with all of them, or
with one."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.errors import LabError
from lm_core.visible import readable
from pages._ui.shared import first_name, session
from pages._ui.shared.plain import plain
from pages._ui.teacher import spotlight
from pages._ui.teacher.present import named

if TYPE_CHECKING:
    from lm_core.runs.store import Run

MOST, HEIGHT = 100, 320  # rows; pixels of the table, beyond which it scrolls
CHOSEN, TROUBLE = "teacher-run", "teacher-trouble"
HELD = "Everything is paused, and what is started now waits. Closing the lab lifts this."
FREE = "Runs take turns. Pausing all stops each within about a second, exactly where it is."


def hold() -> None:
    """One button for all runs."""
    runs = session.manager()
    with st.container(horizontal=True, vertical_alignment="center"):
        if runs.held:
            st.button(
                "Go on all", type="primary", key="teacher-go-on", on_click=act, args=(_go_on,)
            )
        else:
            st.button("Pause all", type="primary", key="teacher-pause", on_click=act, args=(_hold,))
        st.caption(HELD if runs.held else FREE, width="stretch")


def going() -> None:
    """The table, and the run that is chosen from it."""
    import pandas as pd

    from lm_core.figures import count
    from lm_core.runs.store import ACTIVE, WAITING

    runs = session.manager().store.runs_with(WAITING + ACTIVE)
    if not runs:
        st.caption("Nothing runs now.")
    else:
        shown = runs[:MOST]
        st.dataframe(
            pd.DataFrame([_row(run) for run in shown]),
            hide_index=True,
            height=HEIGHT if len(shown) > 8 else "auto",
            placeholder="–",
            key="teacher-going",
        )
        if more := len(runs) - len(shown):
            st.caption(f"{count(more, 'run')} more, begun later.")
        _one({run.id: run for run in shown})
    if said := st.session_state.get(TROUBLE):
        st.error(plain(said))
    _on_the_projector()


def _row(run: "Run") -> dict[str, Any]:
    from lm_core.charts.words import how_long
    from lm_core.lessons.class_runs import family_of
    from lm_core.training.events import Step

    last = session.manager().store.last(Step, run.id)
    waits = time.time() - run.created if run.status == "queued" else None
    return {
        "First name": first_name.of(run.owner) or "–",
        "Run": readable(run.title) or "–",
        "Family": readable(family_of(run)),
        "State": _state(run),
        "Step": last["step"] if last else None,
        "Loss": round(last["nats"], 3) if last else None,
        "Waits": None if waits is None else how_long(waits),
    }


def _state(run: "Run") -> str:
    held = session.manager().held and run.status in ("starting", "running")
    examined = "examination, " if run.kind == "doctor" else ""
    return f"{examined}{'held' if held else run.status}"


def _one(runs: "dict[str, Run]") -> None:
    """Choose a run, and end it or show it."""
    if st.session_state.get(CHOSEN) not in runs:
        st.session_state[CHOSEN] = next(iter(runs))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run = st.selectbox(
            "One run",
            list(runs),
            format_func=lambda run: _called(runs, run),
            key=CHOSEN,
            width=360,
        )
        st.button(
            "End it",
            key="teacher-end",
            on_click=act,
            args=(_end, run),
            help="It stops as if its owner had stopped it, who is told and can resume it.",
        )
        examined = runs[run].kind == "doctor"
        st.button(
            "Show it to the class",
            key="teacher-show",
            on_click=act,
            args=(spotlight.show, run),
            disabled=examined,
            help="An examination has no curve to show." if examined else None,
        )


def _called(runs: "dict[str, Run]", run: str) -> str:
    """A label of a run; no two alike."""
    at = list(runs).index(run) + 1
    return f"{at}. {readable(named(runs[run].owner, runs[run].title))}"


def _on_the_projector() -> None:
    """What is shown to the class now, and the page for the projector."""
    shown = spotlight.chosen()
    with st.container(horizontal=True, vertical_alignment="center"):
        said = "Nothing is shown to the class."
        if shown is not None:
            said = f"Shown to the class: {plain(named(shown.owner, shown.title))}."
        st.markdown(said, width="content")
        if shown is not None:
            st.button("Take it back", key="teacher-hide", on_click=act, args=(spotlight.take_back,))
        st.page_link(
            spotlight.PAGE, label="The page for the projector →", query_params={"large": "true"}
        )


def act(what: Callable[..., object], *args: object) -> None:
    """Do what a button asks; what a person can mend is said until another button is pressed."""
    st.session_state.pop(TROUBLE, None)
    try:
        what(*args)
    except LabError as error:
        st.session_state[TROUBLE] = str(error)


def _hold() -> None:
    session.manager().pause_all()


def _go_on() -> None:
    session.manager().go_on_all()


def _end(run: str) -> None:
    session.manager().end(run)
