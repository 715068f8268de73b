"""Image bench: what can be done to a picture without learning, one step after another."""

import streamlit as st

from pages._ui.bench import asked, cells, chain
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

VIEWS = {
    "A chain of steps": chain.show,
    "Erosion and dilation by hand": cells.show,
    "A question on contrast": asked.show,
}

front_door.enter()
st.title("Image bench")
st.write(
    "A picture is a grid of numbers, and much can be done to it before anything is learned: find "
    "its edges, cut light from dark, take noise out, find corners and faces. Here every step shows "
    "its arithmetic at one pixel."
)
view = switch("What to look at", {name: name for name in VIEWS}, key="bench-view")
with session.mending():
    VIEWS[view]()
