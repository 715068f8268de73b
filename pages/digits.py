"""Digits: a network that looks at pictures: drawn for it, from inside, through noise."""

import streamlit as st

from pages._ui.digits import changed, drawing, halves, inside, noise, runs, samples
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {
    "Draw": drawing.show,
    "Inside": inside.show,
    "Noise": noise.show,
    "Changed copies": changed.show,
    "The pictures": samples.show,
    "Two inputs": halves.show,
    "Train": runs.show,
}

front_door.enter()
st.title("Digits")
st.write(
    "A **convolutional network** reads pictures as a language model reads text: numbers in, a "
    "guess out, and the same training in between. Handwritten digits are its smallest world."
)
part = switch("Part of the screen", {name: name for name in PARTS}, key="digits-part")
with session.mending():
    PARTS[part]()
