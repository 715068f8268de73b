"""Making pictures larger: four ways to do it, by hand, and how the pictures of a generator are
judged."""

import streamlit as st

from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch
from pages._ui.upsampling import distance, larger

VIEWS = {"A grid made larger": larger.show, "Fréchet distance": distance.show}

front_door.enter()
st.title("Making pictures larger")
st.write(
    "A network that draws, or that colours every pixel by what it belongs to, must come from few "
    "numbers to many. Here a grid of four numbers is made larger in four ways, each new number "
    "with its sum; and, for pictures that were made, how far they are from real ones."
)
view = switch("What to look at", {name: name for name in VIEWS}, key="upsampling-view")
with session.mending():
    VIEWS[view]()
