"""Activations and optimizers: what each does to numbers that one can see."""

import streamlit as st

from pages._ui.foundations import (
    activations,
    asking,
    normalising,
    racing,
    regularising,
    searching,
    softmax,
    starting,
)
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {
    "Optimizers": racing.show,
    "Grid and random search": searching.show,
    "Activations": activations.show,
    "Softmax and loss": softmax.show,
    "First weights": starting.show,
    "Batch normalisation": normalising.show,
    "Dropout and decay": regularising.show,
    "Questions": asking.show,
}

front_door.enter()
st.title("Activations and optimizers")
st.write(
    "A network is layers with an activation between them, a loss at its end, and an optimizer that "
    "goes down on it. Each of these is a line or two of arithmetic, shown here on numbers small "
    "enough to be followed."
)
part = switch("Part of the screen", {name: name for name in PARTS}, key="activations-part")
with session.mending():
    PARTS[part]()
