"""That the teacher has paused everything, for as long as that is so."""

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.looks import looking

LOOK_SECONDS = 2.0
SAID = "The teacher has paused everything."
WAITS = f"{SAID} This run goes on by itself, exactly where it is."


def class_pause() -> None:
    """Above the form, where a run that is started now would only wait; nothing otherwise."""
    if session.manager().held:
        looking(_said, LOOK_SECONDS, lambda: session.manager().held)()


def _said() -> None:
    with session.mending():
        if not session.manager().held:
            st.rerun()  # the whole page, which says so no more
        st.info(f"{SAID} Runs go on by themselves, and what you start now waits for that.")
