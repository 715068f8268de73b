"""The teacher's page of a class: who is here, what runs, pause all, the projector, the board."""

import streamlit as st

from pages._ui.shared import address, front_door, session
from pages._ui.shared.class_address import for_class
from pages._ui.shared.standing import paced
from pages._ui.shared.teacher_token import PARAMETER, is_token
from pages._ui.teacher.board import answers, lowest_bits
from pages._ui.teacher.going import going, hold
from pages._ui.teacher.present import present

LOOK_SECONDS, BOARD_SECONDS = 2.0, 5.0
NO_CLASS = "This lab was not started for a class: start it with `make class`."
NO_TOKEN = (
    "This page is the teacher's: open it by the address that was printed where the lab was started."
)


def room() -> None:
    """Who is here and what runs, looked at again and again."""
    with session.mending():
        hold()
        here, runs = st.columns([2, 5])
        with here:
            st.header("Who is here")
            present()
        with runs:
            st.header("What runs")
            going()


def on_the_board() -> None:
    """The board, which changes less often."""
    with session.mending():
        st.header("The board")
        answers()
        st.header("How low the class came")
        lowest_bits()


front_door.enter()
st.title("Teacher")
if not for_class():
    st.info(NO_CLASS)
elif not is_token(address.get(PARAMETER)):
    st.info(NO_TOKEN)
else:
    with session.mending():
        session.manager()
        st.fragment(room, run_every=paced(LOOK_SECONDS))()
        st.fragment(on_the_board, run_every=paced(BOARD_SECONDS, BOARD_SECONDS))()
