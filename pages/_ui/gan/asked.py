"""The course's questions about GANs."""

import streamlit as st

from pages._ui.shared.asking import graded


def show() -> None:
    """The part of the screen."""
    from lm_core.pictures.questions import GAMES

    st.write("Questions of the course about GANs. Each is graded as soon as it is answered.")
    graded(GAMES, "gan-asked")
