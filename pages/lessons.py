"""Lessons: six of 45 minutes, from letter pairs to a GPT, with a teacher or alone."""

import streamlit as st

from lm_core.errors import LabError
from pages._ui.lessons import cards, opened
from pages._ui.shared import front_door, session
from pages._ui.shared.plain import plain

front_door.enter()
st.title("Lessons")
st.write(
    "Six lessons of 45 minutes, from letter pairs to a GPT. Each step opens a screen as it is "
    "needed, says what to do there, and ticks itself off when you have done it. Leave when you "
    "like: this browser finds the place again."
)


def open_one() -> None:
    """The lesson that the address names, below the cards."""
    from lm_core.lessons.ready import lesson, lessons

    names = lessons.names()
    name = st.selectbox(
        "Lesson",
        names,
        index=None,
        placeholder="Choose one, above or here",
        format_func=lambda one: lessons[one].title,
        key=cards.OPEN,
        bind="query-params",
    )
    if name is None:
        return
    try:
        opened.show(lesson(name))
    except LabError as error:
        st.error(plain(error))


with session.mending():
    cards.cards()
    open_one()
