"""The course's questions about boxes."""

import streamlit as st

from pages._ui.shared.asking import graded


def show() -> None:
    """The part of the screen."""
    from lm_core.pictures.questions import BOXES

    st.write("Questions of the course's sixth week. Each is graded as soon as it is answered.")
    graded(BOXES, "boxes-asked")
