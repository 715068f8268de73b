"""What became of the visitor's runs of a gallery case: the verdict that was expected, and the one
that was given."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.cures import verdicts_over
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.surprise import surprise_metric

if TYPE_CHECKING:
    from lm_core.runs.gallery import Case
    from lm_core.runs.store import Run

BROKEN, REPAIRED = "broken", "repaired"
LATEST = 200  # of a visitor's runs that are looked through


@dataclass(frozen=True)
class Outcome:
    """The newest run of one side of a case."""

    run: "Run"
    verdicts: list[dict[str, Any]]  # the last of each code, the gravest first
    nats: float | None  # the last validation loss, per token
    honest: float | None = None  # that of a leak, on text that leaked nowhere

    def given(self, code: str) -> dict[str, Any] | None:
        """The verdict of that code, if it was given."""
        return next((row for row in self.verdicts if row["code"] == code), None)


def outcomes() -> dict[tuple[str, str], Outcome]:
    """By the name of the case and `BROKEN` or `REPAIRED`, of this visitor."""
    found: dict[tuple[str, str], Outcome] = {}
    runs = [
        (run, sides)
        for run in session.manager().store.runs_of(session.visitor())[:LATEST]
        if run.kind == "train" and (sides := _sides_of(run))
    ]
    for at, (run, sides) in enumerate(runs):  # the newest first
        mended = _mended(run, [sides for _, sides in runs[at + 1 :]])
        for side in sides:
            if side not in found and (side[1] == BROKEN or side[0] == mended):
                found[side] = _outcome(run)
    return found


def _sides_of(run: "Run") -> list[tuple[str, str]]:
    """The cases that have its settings, and as which side: several are repaired to the same."""
    from lm_core.errors import LabError
    from lm_core.runs.spec import RunSpec

    try:
        return _sides().get(RunSpec.from_dict(run.spec).id, [])
    except LabError:  # settings of another version
        return []


def _mended(run: "Run", before: list[list[tuple[str, str]]]) -> str:
    """Which case it repairs: the one its title says, else the one that was broken last, of those
    that come to its settings; "" where there is none. `before`: sides of the runs before it, the
    newest first."""
    from lm_core.runs.gallery import CASES

    cases = [name for name, side in _sides_of(run) if side == REPAIRED]
    if said := [case.name for case in CASES if repaired_title(case) == run.title]:
        return said[0] if said[0] in cases else ""
    broken = (name for sides in before for name, side in sides if side == BROKEN)
    return next((name for name in broken if name in cases), "")


@cache
def _sides() -> dict[str, list[tuple[str, str]]]:
    """By the id of each spec of the gallery."""
    from lm_core.runs.gallery import CASES

    sides: dict[str, list[tuple[str, str]]] = {}
    for case in CASES:
        sides.setdefault(case.spec.id, []).append((case.name, BROKEN))
        sides.setdefault(case.repaired.id, []).append((case.name, REPAIRED))
    return sides


def _outcome(run: "Run") -> Outcome:
    from lm_core.doctor.faults import HONEST
    from lm_core.training.events import Evaluated

    store = session.manager().store
    last = {row["split"]: row["nats"] for row in store.since(Evaluated, run.id)}
    return Outcome(run, verdicts_over(store, run.id), last.get("validation"), last.get(HONEST))


def show_outcome(case: "Case", broken: Outcome | None, repaired: Outcome | None) -> None:
    """In words, under the case's buttons: what was found, and whether the mend helped."""
    from lm_core.charts.words import nats, surprise
    from lm_core.figures import perplexity

    if broken:
        row = broken.given(case.expected)
        if row:
            st.badge(f"found at step {row['step']:,}, as expected", color="green")
            st.caption(plain(row["text"]))
        elif broken.run.active:
            st.badge("still being looked at", color="gray")
        else:
            st.badge("not found", color="red")
            st.caption(f"The verdict expected here, {_words(case.expected)}, was not given.")
        if broken.nats is not None and broken.honest is not None:
            _flattered(broken.nats, broken.honest)
        TRAINED.link(broken.run.id, "The broken run →")
    if repaired:
        alarms = [row for row in repaired.verdicts if row["severity"] == "alarm"]
        if alarms:
            st.badge("repaired, and yet an alarm", color="red")
            st.caption(plain(alarms[0]["text"]))
        elif repaired.run.active:
            st.badge("repaired, no alarm so far", color="gray")
        else:
            st.badge("repaired, no alarm", color="green")
        TRAINED.link(repaired.run.id, "The repaired run →")
    if broken and repaired and broken.nats is not None and repaired.nats is not None:
        st.caption(
            f"Validation loss: {surprise(broken.nats, 'token')} broken, "
            f"{nats(repaired.nats)} ({nats(perplexity(repaired.nats))}) repaired."
        )


def _flattered(nats: float, honest: float) -> None:
    """What the validation loss says beside what it should say."""
    with st.container(horizontal=True):
        surprise_metric("Validation, leaked", nats)
        surprise_metric("Text it never read", honest)
    st.caption(
        f"Per token, at the same step: the leak makes it look {honest - nats:.2f} nats better than "
        "it is."
    )


def repaired_title(case: "Case") -> str:
    """What a repaired run is called; that of another case may have the same settings."""
    return f"Repaired: {case.title}"


def _words(code: str) -> str:
    return code.replace("_", " ")
