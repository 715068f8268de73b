"""The failure gallery: runs that are broken on purpose, to see diagnosed and to repair."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import session

if TYPE_CHECKING:
    from lm_core.runs.gallery import Case
    from lm_core.runs.spec import RunSpec


def gallery() -> None:
    """A card a case, two a row."""
    from lm_core.runs.gallery import CASES

    st.write(
        "Each of these runs has one mistake. Break it, watch on the Train screen what the curve "
        "and the verdicts say, then repair it and compare."
    )
    for first in range(0, len(CASES), 2):
        for case, column in zip(CASES[first : first + 2], st.columns(2), strict=False):
            with column, st.container(border=True, height="stretch"):
                _card(case)


def _card(case: "Case") -> None:
    st.markdown(f"**{case.title}**")
    st.caption(f"{case.idea} Mended by {case.mend}.")
    with st.container(horizontal=True):
        if st.button("Break it", key=f"doctor-break-{case.name}"):
            _start(case.spec, f"Broken: {case.title}")
        if st.button("Repair it", key=f"doctor-mend-{case.name}"):
            _start(case.repaired, f"Repaired: {case.title}")


def _start(spec: "RunSpec", title: str) -> None:
    """Start the run and go where it is watched."""
    run = session.manager().start(spec, session.visitor(), title=title)
    st.session_state["train-run"] = run
    st.switch_page("pages/train.py", query_params={"run": run})
