"""The course's questions of its first weeks."""

import streamlit as st

from lm_core.foundations.questions import QUESTIONS
from pages._ui.shared.asking import graded


def show() -> None:
    """The part of the screen."""
    st.write(
        "Questions of the course's first weeks. Each is graded as soon as it is answered, and says "
        "why."
    )
    graded(QUESTIONS, "activations-asked")
