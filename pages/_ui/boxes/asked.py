"""The course's questions on boxes."""

import streamlit as st

from lm_core.foundations.questions import OF_BOXES
from pages._ui.foundations.asking import ask


def show() -> None:
    """The part of the screen."""
    st.write("The course's questions on boxes. Each is graded as soon as it is answered.")
    ask(OF_BOXES, "boxes-asked")
