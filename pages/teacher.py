"""The teacher's page of a class: what runs, pause all, the projector, who is here, the board."""

from collections.abc import Callable

import streamlit as st

from pages._ui.shared import address, front_door, session
from pages._ui.shared.alone import alone
from pages._ui.shared.class_address import for_class
from pages._ui.shared.standing import paced
from pages._ui.shared.teacher_token import PARAMETER, is_token
from pages._ui.teacher.board import answers, lowest_bits
from pages._ui.teacher.going import going, hold
from pages._ui.teacher.present import present

# Seconds between two looks: each takes time from the training, and pictures take the browser's too.
RUNS, PUPILS, BOARD, LOWEST = 2.0, 5.0, 10.0, 20.0
NO_CLASS = "This lab was not started for a class: start it with `make class`."
NO_TOKEN = (
    "This page is the teacher's: open it by the address that was printed where the lab was started."
)


def room() -> None:
    """All runs, and one of them."""
    hold()
    st.header("What runs")
    going()


def looked_at(piece: Callable[[], None], every: float, heading: str = "") -> None:
    """A part of the page that looks again by itself."""

    def look() -> None:
        with session.mending():
            if heading:
                st.header(heading)
            piece()

    alone(look, run_every=paced(every), key=f"teacher-{piece.__name__}")()


front_door.enter()
st.title("Teacher")
if not for_class():
    st.info(NO_CLASS)
elif not is_token(address.get(PARAMETER)):
    st.info(NO_TOKEN)
else:
    with session.mending():
        looked_at(room, RUNS)
        looked_at(present, PUPILS, "Who is here")
        looked_at(answers, BOARD, "The board")
        looked_at(lowest_bits, LOWEST, "How low the class came")
