"""Masks: which class every pixel of a picture belongs to, and which thing."""

import streamlit as st

from pages._ui.masks import asked, networks, overlays, scene, training
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

VIEW = "masks-view"
VIEWS = {
    "A scene and its mask": scene.look,
    "Through the network": networks.look,
    "Train and compare": training.look,
    "Things told apart": overlays.look,
    "Questions": asked.show,
}

front_door.enter()
st.title("Masks")
st.write(
    "A mask says of every pixel what it belongs to: a disc, a square, a triangle, or nothing. A "
    "network learns masks as it learns classes, with one answer for each pixel instead of one for "
    "the picture. The scenes here are drawn by rule, so what is right is known exactly."
)
st.latex(r"\text{loss} = -\frac{1}{HW} \sum_{y,x} \ln p_{y,x}(\text{class})")
st.latex(
    r"\text{IoU}_k = \frac{|\text{said } k \text{ and is } k|}{|\text{said } k \text{ or is } k|}"
)
view = switch("What to look at", {name: name for name in VIEWS}, key=VIEW)
with session.mending():
    VIEWS[view]()
