"""One run, live: its curves, what it writes now, its figures, what was found wrong with it, and the
buttons that steer it.

Everything shown is read from the run store. A panel that watches an active run looks again every
second, at first twice as often, and less often where many share; it asks only for what is new.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.runs.per_character import of_tokens
from lm_core.runs.tables import TABLES
from lm_core.training.events import Diagnosed, Evaluated, Probed, Sampled, Step
from pages._ui.shared import session
from pages._ui.shared.looks import Look, News, looking
from pages._ui.shared.open_run import EXAMINED
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import MOST, paced, sharing, waiting, watching
from pages._ui.train.class_pause import WAITS
from pages._ui.train.curves import figures_of, run_choices, run_curve
from pages._ui.train.figures import run_figures
from pages._ui.train.names import about
from pages._ui.train.next_steps import next_steps
from pages._ui.train.points import shown
from pages._ui.train.samples import confusion, probe, samples
from pages._ui.train.scrubber import scrubber
from pages._ui.train.steering import rate_now, steering
from pages._ui.train.tested import run_tested
from pages._ui.train.verdicts import judgement_of, verdicts

if TYPE_CHECKING:
    from lm_core.doctor.judgement import Judgement
    from lm_core.runs.store import Run
    from pages._ui.train.points import Shown

LOOK_SECONDS = 1.0  # between two looks at a run that goes on: each takes time from the training
SOON, SOON_SECONDS = 10.0, 0.5  # seconds in which one waits for the first points, and looks then
WROTE, DID = ("What it writes now", "What it wrote"), ("What it does now", "What it did")
# Room for the longest sentence from the start, so that nothing below it moves. On a telephone,
# which has no room for fifty columns, the text scored all along is moved sideways.
ROOM = """<style>
[class*="st-key-train-says"] {min-height: 4.2rem}
[class*="st-key-train-stands"] {min-height: 2.8rem}
[class*="st-key-train-figures"] [data-testid="stMetricValue"] {font-size: 1.6rem}
.st-key-train-probe {overflow-x: auto}
.st-key-train-probe > * {min-width: 640px}
@media (max-width: 640px) {[class*="st-key-train-says"] {min-height: 7rem}}
</style>"""


def live_panel(run_id: str) -> None:
    """The panel for a run of this visitor.

    Raises:
        RunNotFound: it is not there, or not this visitor's.
        StoreUnavailable: the lab's home folder cannot be read.
    """
    run = session.manager().store.get(run_id, session.visitor())
    if run.kind == "doctor":  # an examination has no curve: its own screen shows it
        EXAMINED.go(run_id)
    st.html(ROOM)
    pace, held = _pace(run), session.manager().held
    owner = session.visitor()
    look = Look(lambda: _news(run_id, owner))
    looking(_panel, pace, look)((pace, held), about(run), look)
    scrubber(run)


def _pace(run: "Run") -> float | None:
    """Seconds between two looks; None where nothing changes any more."""
    if not run.active:
        return None
    soon = run.started is None or time.time() - run.started < SOON
    most = MOST if run.moved else MOST / 2  # until there is a point, somebody waits for it
    return paced(SOON_SECONDS if soon else LOOK_SECONDS, most)


def _news(run_id: str, owner: str) -> News:
    """What the panel is drawn from, and each of its parts. The buttons and choices are drawn with
    the whole: they change only where somebody, or the run itself, does something."""
    runs = session.manager()
    run = runs.store.get(run_id, owner)
    newest = dict(zip(TABLES, runs.store.newest(run_id), strict=True))
    shared = runs.store.watchers(run_id) if run.active else []
    place = runs.queue_position(run_id) if run.status == "queued" else None
    stands = runs.trouble(run_id), place, len(shared)
    figures = bool(figures_of(run)) and newest[Evaluated]  # each of them has a curve to choose
    whole = replace(run, moved=None), _pace(run), runs.held, figures
    judged = newest[Step], newest[Evaluated], newest[Diagnosed]
    parts = {
        "figures": judged[:2],
        "curve": judged,
        "stands": (stands, judged),
        "samples": newest[Sampled],
        "verdicts": judged[1:],
        "confusion": newest[Sampled],
        "probe": newest[Probed],
    }
    return News(whole, parts, (run, newest))


def _panel(before: tuple[float | None, bool], called: str, look: Look) -> None:
    with session.mending():
        runs = session.manager()
        run, now, _ = _read(look)
        if (_pace(run), runs.held) != before:
            st.rerun()  # the whole page: it looks more often or less, or everybody waits

        def part(name: str, draw: Callable[..., None], *more: Any) -> None:
            look.inside(name, _part)(look, draw, *more)

        part("figures", run_figures)
        run_tested(runs.store, run)
        curve, beside = st.columns([5, 3])
        with curve, st.container(border=True, height="stretch", gap="xsmall"):
            st.caption(plain(called))
            part("curve", run_curve, *run_choices(run, now))
        with beside, st.container(border=True, height="stretch", gap="xsmall"):
            now, then = WROTE if of_tokens(run) else DID
            st.markdown(f"## {now if run.active else then}")
            part("stands", _status)
            part("samples", samples)
            steering(run)
            if not run.active:
                next_steps(run)
        part("verdicts", verdicts)
        part("confusion", confusion)
        part("probe", probe)


def _part(look: Look, draw: Callable[..., None], *more: Any) -> None:
    with session.mending():
        draw(*_read(look), *more)


def _read(look: Look) -> "tuple[Run, Shown, Judgement]":
    """What the latest look has read, and all that follows from it."""
    store, (run, newest) = session.manager().store, look.read
    now = shown(store, run.id, newest)
    return run, now, judgement_of(store, run, now, newest)


def _status(run: "Run", shown: "Shown", judgement: "Judgement") -> None:
    """Where the run stands, in words."""
    unkept = session.manager().trouble(run.id)
    trouble = unkept or run.message
    words = {
        "queued": waiting(run),
        "starting": "Reading the text and building the model …",
        "running": f"{judgement.standing('running')} {sharing(run)}".strip(),
        "paused": "Paused.",
        "finished": judgement.standing("finished", early=bool(run.facts.get("early"))),
        "stopped": "Stopped.",
        "failed": "This run could not go on.",
        "interrupted": "This run was cut off.",
    }[run.status]
    if session.manager().held and run.status in ("queued", "starting", "running"):
        words = WAITS
    if watched := watching(run):
        words += f" {watched}"
    if run.active and run.lr_scale != 1:
        words += f" Learning rate {rate_now(run):.3g}, at the start {run.spec['train']['lr']:.3g}."
    if run.active and run.pause_at:
        words += f" It pauses after step {run.pause_at:,}."
    bad = run.status in ("failed", "interrupted") or unkept
    if trouble and bad:
        st.warning(plain(trouble))
    else:
        with st.container(key="train-stands"):
            st.caption(f"{words} {plain(trouble)}".strip())
