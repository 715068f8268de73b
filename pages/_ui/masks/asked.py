"""The course's questions about masks."""

import streamlit as st

from pages._ui.shared.asking import graded


def show() -> None:
    """The part of the screen."""
    from lm_core.pictures.questions import MASKS

    st.write("Questions of the course about masks. Each is graded as soon as it is answered.")
    graded(MASKS, "masks-asked")
