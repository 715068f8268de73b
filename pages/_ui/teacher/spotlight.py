"""The one run that the teacher shows to the class, and its picture for the projector.

Which it is stands in the memory of the server and in no address: the page shows what the teacher
chose and nothing else, and shows nothing as soon as that was taken back.
"""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.errors import RunNotFound
from lm_core.runs.per_character import of_tokens, withheld
from pages._ui.shared import session
from pages._ui.shared.plain import plain
from pages._ui.teacher.present import named
from pages._ui.train.curves import blind, loss_of, measure_of
from pages._ui.train.points import shown
from pages._ui.train.samples import samples

if TYPE_CHECKING:
    from lm_core.runs.store import Run

LOOK_SECONDS = 1.0
PAGE = "pages/spotlight.py"
NOTHING = "Nothing is shown now. When the teacher chooses a run, it appears here by itself."
_chosen: list[str] = []  # the run, or nothing


def show(run: str) -> None:
    """Only to be called for the teacher."""
    _chosen[:] = [run]


def take_back() -> None:
    """Only to be called for the teacher."""
    _chosen.clear()


def chosen() -> "Run | None":
    """The run that is shown; None where none is, or it was deleted."""
    for run in _chosen.copy():
        try:
            return session.manager().store.get(run)
        except RunNotFound:
            take_back()
    return None


def picture() -> None:
    """The run as a class sees it, which looks again by itself."""
    with session.mending():
        run = chosen()
        if run is None:
            st.info(NOTHING)
        else:
            _picture(run)


def _picture(run: "Run") -> None:
    from lm_core.training.events import Step

    store = session.manager().store
    now = shown(store, run.id)
    st.header(plain(named(run.owner, run.title)))
    last = store.last(Step, run.id)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Step", f"{last['step']:,}" if last else "–", width=150)
        for label, value in _quality(run, now):
            st.metric(label, value, width=260)
    curve, beside = st.columns([5, 3])
    with curve, st.container(border=True, height="stretch"):
        name = "nats" if withheld(run) else "bits"
        loss_of(
            now.train,
            now.evaluations,
            key=f"spotlight-{run.id}",
            live=run.active,
            uniform_nats=blind(run),
            measure=measure_of(run, name),
        )
    with beside, st.container(border=True, height="stretch"):
        verb = "writes" if of_tokens(run) else "does"
        st.markdown(f"## What it {verb} now" if run.active else "## What it came to")
        samples(run, now)


def _quality(run: "Run", now) -> list[tuple[str, str]]:
    from lm_core.charts.words import nats

    if len(now.evaluations) == 0:
        return []
    loss = now.kept[1] if now.kept else float(now.evaluations["nats"].iloc[-1])
    if not of_tokens(run):
        return [(f"Validation, {measure_of(run, 'nats').unit}", nats(loss))]
    bits = float(measure_of(run, "bits").of(loss))
    unsure = float(measure_of(run, "perplexity").of(loss))
    said = [("Validation, nats", nats(loss)), ("Perplexity", nats(unsure))]
    return said if bits != bits else [*said, ("Bits per character", nats(bits))]
