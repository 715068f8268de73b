"""Make a lesson: a screen as it stands, what is held, your words and a question, in one link."""

import streamlit as st

from lm_core.errors import LabError
from pages._ui.lesson import builder, given
from pages._ui.shared import front_door
from pages._ui.shared.plain import plain

front_door.enter()
st.title("Make a lesson")
st.write(
    "Set a screen up as your class shall find it, and press *Make a lesson of this* below the list "
    "of screens. Here you say what they cannot change, tell them what to do, and ask what they "
    "expect before they see it."
)


def form() -> None:
    """From the address to the link; what is wrong is said where it stands."""
    said = st.text_input(
        "The screen, as its address says it",
        key=builder.OF,
        max_chars=12_000,
        bind="query-params",
        help="The address of any screen of this lab, or a lesson link that you want to change.",
    )
    if not said:
        st.info("Open a screen and press Make a lesson of this, or paste its address here.")
        return
    try:
        base = builder.read(said)
    except LabError as error:
        st.error(plain(error))
        return
    st.header("What your class finds")
    try:
        lesson = builder.fill_in(base)
        address = given.address_of(lesson)
    except LabError as error:
        st.warning(plain(error))
        return
    builder.found(lesson.question)
    st.header("The link")
    given.give(lesson, address)


form()
