"""The race that is open, live while it goes on; one that ships; and the visitor's own."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import LabError
from pages._ui.compare import picture
from pages._ui.compare.shown import Shown, of_file, of_runs, ready, ready_for
from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.open_run import TRAINED, OpenRun
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced
from pages._ui.train.names import by_clock

if TYPE_CHECKING:
    from lm_core.runs.race import Race
    from lm_core.runs.race_file import RaceFile

RACED = OpenRun("pages/compare.py", "race", "compare-race")
LOOK_SECONDS = 1.0
TROUBLE = "compare-trouble"


def open_race(id: str) -> None:
    """The race of this id.

    Raises:
        RunNotFound: the visitor has none of it.
    """
    store = session.manager().store
    store.races.get(id, session.visitor())
    active = any(run.active for run in store.runs_in(id, session.visitor()))
    alone(_panel, run_every=paced(LOOK_SECONDS) if active else None)(id, active)


def _panel(id: str, was_active: bool) -> None:
    from lm_core.runs.race import Race

    with session.mending():
        store = session.manager().store
        row = store.races.get(id, session.visitor())
        shown = of_runs(store, Race.from_dict(row.spec), store.runs_in(id, session.visitor()))
        if was_active and not shown.active:
            st.rerun()  # it has ended: there is nothing to look at any more
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(row.title)}**: {plain(str(shown.race))}. {_standing(shown)}")
            if shown.active and st.button("Stop the race", key="compare-stop"):
                session.manager().stop_race(id, session.visitor())
                st.rerun()
            left = any(run.status in ("stopped", "interrupted") for run in shown.runs)
            if left and not shown.active and st.button("Go on", key="compare-resume"):
                session.manager().resume_race(id, session.visitor())
                st.rerun()
            if st.button("Close", key="compare-close", help="Back to a race that ships."):
                RACED.forget()
                st.rerun()
        picture.picture(shown, key="compare-race")
        picture.table(shown, key="compare-race")
        _landed(shown)
        _runs(shown)
        if not shown.active:
            picture.samples(shown)


def _standing(shown: Shown) -> str:
    done = sum(run.status == "finished" for run in shown.runs)
    if not shown.runs:
        return "Its runs were deleted."
    if not shown.active and done == len(shown.runs):
        return "All runs are done."
    failed = sum(run.status == "failed" for run in shown.runs)
    wrong = f", {failed} failed" if failed else ""
    return f"{done} of {len(shown.runs)} runs are done{wrong}."


def _landed(shown: Shown) -> None:
    """Whether a race that was run again came to what ships."""
    from lm_core.models import models
    from lm_core.runs.race_table import landed, ranked

    file = ready_for(shown.race)
    if file is None or shown.active:
        return
    inside, outside = landed(ranked(shown.results), ranked(file.results))
    if not inside and not outside:
        return
    text = f"Beside the race that ships ({plain(_machine(file))}): "
    if inside:
        text += f"{', '.join(models[n].title for n in inside)} landed inside its spread. "
    if outside:
        text += f"{', '.join(models[n].title for n in outside)} did not: a faster or a slower "
        text += "machine reads more or less in the same time."
    st.markdown(text)


def _runs(shown: Shown) -> None:
    """Each run, to be opened."""
    with st.expander("Its runs", key="compare-runs", on_change="rerun") as panel:
        for run in shown.runs if panel.open else ():
            seed = run.spec["seed"]
            TRAINED.link(run.id, f"{plain(run.title)}, seed {seed}: {run.status}")
            if run.message:
                st.caption(plain(run.message))


def ready_race(race: "Race | None") -> None:
    """A race that ships of what is chosen, or else any."""
    files = ready()
    file = (race and ready_for(race)) or next(iter(files), None)
    if file is None:
        st.info("Press Start: the curves of all families appear here while they learn.")
        return
    shown = of_file(file)
    told = f"A race that ships with the lab: {_title(file)}, {plain(str(file.race))}"
    st.caption(f"{told}; run on {plain(_machine(file))}.")
    picture.picture(shown, key="compare-ready")
    picture.table(shown, key="compare-ready")
    picture.samples(shown)
    st.caption("Made by this command, and anybody can make it again:")
    st.code(file.command, language=None, wrap_lines=True)


def _title(file: "RaceFile") -> str:
    from lm_core.corpora import corpora

    return corpora[file.race.data.name].title


def _machine(file: "RaceFile") -> str:
    told = file.machine or {}
    gpu = told.get("gpu", "none")
    where = f"{told.get('cores')} cores of {told.get('processor')}" if gpu == "none" else gpu
    return f"{where}, torch {told.get('torch')}"


def past_races(current: str | None) -> None:
    """The visitor's races, newest first."""
    from lm_core.runs.race import Race

    store, owner = session.manager().store, session.visitor()
    rows = store.races.of(owner)
    st.header("Your races")
    if not rows:
        st.caption("None yet. Each race you start is kept here, for this browser alone.")
    going = {run.race for run in store.runs_of(owner) if run.active} if rows else set()
    for row in rows:
        active = row.id in going
        with st.container(horizontal=True, vertical_alignment="center"):
            mark = "▸ " if row.id == current else ""
            about = f"{mark}{plain(row.title)}: {plain(str(Race.from_dict(row.spec)))}"
            st.markdown(f"{about}, {by_clock(row.created)}{', going' if active else ''}")
            if st.button("Open", key=f"compare-open-{row.id}", disabled=row.id == current):
                RACED.show(row.id)
                st.rerun()
            if st.button("Delete", key=f"compare-delete-{row.id}", disabled=active):
                _delete(row.id)
    if said := st.session_state.pop(TROUBLE, ""):
        st.error(plain(said))


def _delete(id: str) -> None:
    try:
        session.manager().delete_race(id, session.visitor())
    except LabError as error:
        st.session_state[TROUBLE] = str(error)
    if RACED.id() == id and TROUBLE not in st.session_state:
        RACED.forget()
    st.rerun()
