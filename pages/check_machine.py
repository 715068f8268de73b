"""Check this machine: before a lesson, all that it needs, without a network."""

import streamlit as st

from pages._ui.check.looking import EVERY, RUN, begin, going, show
from pages._ui.shared import front_door, session
from pages._ui.shared.alone import alone
from pages._ui.shared.show import show_source

front_door.enter()
st.title("Is this machine ready?")
st.write(
    "Before a lesson: the texts and models that ship, memory, disk, the address for your class, "
    "this browser, and a training of ten seconds that really runs. Nothing of it needs a network."
)


def look() -> None:
    """The training, looked at again and again."""
    with session.mending():
        going()


with session.mending():
    if RUN not in st.session_state and st.button(
        "Check this machine", type="primary", key="check-begin"
    ):
        begin()
        st.rerun()
show()
if RUN in st.session_state:
    alone(look, run_every=EVERY)()


def code() -> None:
    """What is looked at, and when it is good."""
    from lm_core.runs import readiness

    show_source(readiness, "The code: what is looked at")


code()
