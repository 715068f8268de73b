"""The failure gallery: runs that are broken on purpose, to see diagnosed and to repair."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.doctor.guess import guess
from pages._ui.doctor.outcomes import (
    BROKEN,
    REPAIRED,
    Outcome,
    outcomes,
    repaired_title,
    show_outcome,
)
from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.standing import paced

if TYPE_CHECKING:
    from lm_core.runs.gallery import Case
    from lm_core.runs.spec import RunSpec

LOOK_SECONDS = 2.0
Outcomes = dict[tuple[str, str], Outcome]


def gallery() -> None:
    """A card a case, two a row; looks again while one of its runs goes on."""
    st.write(
        "Each of these runs has one mistake. Guess what mends it, break it, watch on the Train "
        "screen what the curve and the verdicts say, then repair it and compare. What came of it "
        "stands here afterwards."
    )
    going = _going(outcomes())
    alone(_cards, run_every=paced(LOOK_SECONDS) if going else None)(going)


def _going(found: Outcomes) -> bool:
    return any(outcome.run.active for outcome in found.values())


def _cards(was_going: bool) -> None:
    from lm_core.runs.gallery import CASES

    with session.mending():
        found = outcomes()
        if _going(found) != was_going:
            st.rerun()
        for first in range(0, len(CASES), 2):
            for case, column in zip(CASES[first : first + 2], st.columns(2), strict=False):
                with column, st.container(border=True, height="stretch"):
                    _card(case, found)


def _card(case: "Case", found: Outcomes) -> None:
    st.markdown(f"## {case.title}")
    st.caption(case.idea)
    guess(case)
    with st.container(horizontal=True):
        if st.button("Break it", key=f"doctor-break-{case.name}"):
            _start(case.spec, f"Broken: {case.title}")
        if st.button("Repair it", key=f"doctor-mend-{case.name}"):
            _start(case.repaired, repaired_title(case))
    show_outcome(case, found.get((case.name, BROKEN)), found.get((case.name, REPAIRED)))


def _start(spec: "RunSpec", title: str) -> None:
    """Start the run and go where it is watched."""
    TRAINED.go(session.manager().start(spec, session.visitor(), title=title))
