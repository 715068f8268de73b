"""A run as one page to hand in, with the question that it was to answer."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.lesson.panel import progress
from pages._ui.shared import held, language, session
from pages._ui.shared.paper import printed
from pages._ui.train.curves import measure_of, unit_of
from pages._ui.train.names import started

if TYPE_CHECKING:
    from lm_core.lessons.link import LessonLink
    from lm_core.lessons.report import Report
    from lm_core.runs.store import Run, RunStore
    from pages._ui.shared.catalogue import Catalogue

UNDER = "train-lessons"  # in the session: the lesson that each run was started under
MOST, WROTE = 400, 3  # points of a curve; samples, the latest


def begun(run: str) -> None:
    """A run was started now: remember the lesson that it belongs to, if any."""
    if (lesson := held.link()) is not None:
        st.session_state.setdefault(UNDER, {})[run] = lesson


def page_of(run: "Run") -> Callable[[], bytes]:
    """What makes the page of a run of this visitor's. It is made when it is asked for, where nobody
    knows whose session it is: what stands in the session is looked up now."""
    lesson = st.session_state.get(UNDER, {}).get(run.id)
    return partial(_made, run, started(run), _asked(lesson), language.known())


def _made(
    run: "Run", begun: str, asked: list[tuple[str, str]], catalogue: "Catalogue | None"
) -> bytes:
    from lm_core.lessons.report import page

    said = printed(page(report_of(session.manager().store, run, begun, asked)), catalogue)
    return said.encode("utf-8", "replace")


def report_of(store: "RunStore", run: "Run", begun: str, asked: list[tuple[str, str]]) -> "Report":
    """What stands on it: from the record, and what was answered in the session."""
    from lm_core.checkpoints import thinned
    from lm_core.lessons.report import Report
    from lm_core.models import models as families
    from lm_core.runs.spec import RunSpec
    from lm_core.runs.typed import command_of
    from lm_core.training.events import Evaluated, Sampled, Step

    scored = store.since(Evaluated, run.id)
    train = [(row["step"], row["nats"]) for row in store.since(Step, run.id)]
    held_out = [(row["step"], row["nats"]) for row in scored if row["split"] == "validation"]
    wrote = [(row["step"], row["text"]) for row in store.since(Sampled, run.id)]
    spec = RunSpec.from_dict(run.spec, trusted=True)
    about = [f"{families[spec.model_name].title}, started {begun}."]
    return Report(
        title=run.title,
        about=about + ([f"Note: {run.note}"] if run.note else []),
        asked=asked,
        figures=_figures(store, run, scored),
        command=command_of(spec),
        unit=unit_of(run),
        train=thinned(train, MOST),
        validation=thinned(held_out, MOST),
        wrote=[(step, text.strip("\n")) for step, text in wrote[-WROTE:] if text.strip()],
    )


def _asked(lesson: "LessonLink | None") -> list[tuple[str, str]]:
    """The question, what was predicted and why, as far as it went in this session."""
    if lesson is None or lesson.question is None:
        return []
    question, done = lesson.question, progress(lesson)
    said = [("Asked:", question.text)]
    if done.predicted is not None:
        said.append(("I expected:", question.shown(done.predicted)))
    if done.skipped:
        said.append(("I expected:", "(skipped)"))
    if done.why:
        said.append((question.why or "Why:", done.why))
    return said


def _figures(store: "RunStore", run: "Run", scored: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Names and numbers with their units, those that the run has."""
    import math

    from lm_core.charts.words import duration, human, nats
    from lm_core.runs.final_score import final_score
    from lm_core.runs.per_character import of_tokens, withheld
    from lm_core.training.events import KEPT, Step

    found = []
    kept = [row for row in scored if row["split"] == KEPT] or [
        row for row in scored if row["split"] == "validation"
    ]
    if kept:
        loss, step = kept[-1]["nats"], kept[-1]["step"]
        found.append(("Validation loss", f"{nats(loss)} {unit_of(run)} (step {step:,})"))
        if of_tokens(run):
            found.append(("Perplexity", nats(float(measure_of(run, "perplexity").of(loss)))))
        if not withheld(run):
            bits = float(measure_of(run, "bits").of(loss))
            found.append(("Bits per character", "–" if math.isnan(bits) else nats(bits)))
        found += [(name, nats(value)) for name, value in kept[-1]["metrics"].items()]
    if (tested := final_score(store, run)) is not None:
        found.append(("Test loss, measured once", f"{nats(tested.nats)} {unit_of(run)}"))
        if of_tokens(run):
            found.append(("Test perplexity", nats(tested.perplexity)))
    if (count := run.facts.get("parameters")) is not None:
        found.append(("Parameters", f"{count:,} ({human(count)})"))
    if (last := store.last(Step, run.id)) is not None:
        found.append(("Steps", f"{last['step']:,}"))
        found.append(("Trained for", f"{duration(last['seconds'])} ({last['seconds']:.1f} s)"))
        found.append(("Tokens read", f"{last['tokens']:,}"))
    return [*found, ("Seed", str(run.spec["seed"]))]
