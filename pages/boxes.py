"""Boxes: what a detector of things says, how two boxes are compared, which of many stay."""

import streamlit as st

from pages._ui.boxes import anchored, asked, overlapping, precision, suppressed
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

VIEWS = {
    "Overlap": overlapping.show,
    "Suppression": suppressed.show,
    "Anchors and windows": anchored.show,
    "Average precision": precision.show,
    "Questions": asked.show,
}

front_door.enter()
st.title("Boxes")
st.write(
    "A detector says where things are: a box for each, what is in it, and how sure it is. Here is "
    "what happens to boxes before and after the network, by hand and on a few of them."
)
view = switch("What to look at", {name: name for name in VIEWS}, key="boxes-view", address=True)
with session.mending():
    VIEWS[view]()
