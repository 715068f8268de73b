"""The course's questions, graded: one answer, several, or an order."""

from collections.abc import Mapping

import streamlit as st

from lm_core.foundations.questions import QUESTIONS, Question
from pages._ui.shared.plain import plain


def show() -> None:
    """The part of the screen."""
    st.write(
        "Questions of the course's first weeks. Each is graded as soon as it is answered, and says "
        "why."
    )
    ask(QUESTIONS, "activations-asked")


def ask(questions: Mapping[str, Question], key: str) -> None:
    """Each of them, and how many are right."""
    right = sum(_asked(f"{key}-{name}", question) for name, question in questions.items())
    st.markdown(f"**{right} of {len(questions)}** are right so far.")


def _asked(key: str, question: Question) -> bool:
    """Whether it is answered, and rightly."""
    with st.container(border=True):
        if question.several:
            chosen = _several(key, question)
        else:
            one = st.radio(
                plain(question.asked),
                range(len(question.options)),
                index=None,
                format_func=lambda i: plain(question.options[i]),
                key=key,
            )
            chosen = [] if one is None else [one]
        if len(chosen) < len(question.answer):
            return False
        if question.right(chosen):
            st.success(f"Right. {plain(question.why)}")
            return True
        st.warning(f"The answer is {plain(question.said)}. {plain(question.why)}")
        return False


def _several(key: str, question: Question) -> list[int]:
    """What was pressed, in that order."""
    how = "Press in the order." if question.ordered else "Press all that are true."
    st.markdown(f"{plain(question.asked)} {how}")
    for i, option in enumerate(question.options):
        st.caption(f"{i + 1}: {plain(option)}")
    pressed = st.pills(
        plain(question.asked),
        range(len(question.options)),
        format_func=lambda i: str(i + 1),
        selection_mode="multi",
        key=key,
        label_visibility="collapsed",
    )
    chosen = in_order(pressed, key)
    if chosen and question.ordered:
        st.caption(f"So far: {', '.join(str(i + 1) for i in chosen)}")
    return chosen


def in_order(chosen: list[int], key: str) -> list[int]:
    """In the order in which they were pressed: pills give them in the order of the row."""
    before = st.session_state.get(f"{key}-pressed", [])
    order = [i for i in before if i in chosen] + [i for i in chosen if i not in before]
    st.session_state[f"{key}-pressed"] = order
    return order
