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


def one() -> None:
    """The lesson that the address names, or the cards of all."""
    from lm_core.lessons.ready import lesson, lessons

    name = st.selectbox(
        "Lesson",
        lessons.names(),
        index=None,
        placeholder="Choose one, here or below",
        format_func=lambda one: lessons[one].title,
        key=cards.OPEN,
        bind="query-params",
    )
    if name is None:
        cards.cards()
        return
    try:
        opened.show(lesson(name))
    except LabError as error:
        st.error(plain(error))
    st.button("All lessons", key="lessons-all", on_click=cards.choose, args=(None,))


with session.mending():
    one()
