"""Age from a face: a number from a picture, from exploring the data to the annotated answer."""

import streamlit as st

from pages._ui.ages import (
    answering,
    changed,
    exploring,
    moving,
    others,
    own,
    patches,
    splitting,
    training,
)
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

VIEW = "ages-view"
VIEWS = {
    "Explore": exploring.look,
    "Split": splitting.look,
    "Transforms": changed.look,
    "Train and judge": training.look,
    "Your own pictures": own.look,
    "Patches as tokens": patches.look,
    "Picture in, age out": answering.look,
    "Still to be tried": moving.look,
    "What others did": others.look,
}

front_door.enter()
st.title("Age from a face")
st.warning(
    "**Before you begin.** An age read off a face is often wrong, and not equally wrong for "
    "everybody: light, pose and who was in the data decide whom a model misjudges, and nobody may "
    "be judged by its answer. A face is personal data: use pictures of people only with their "
    "consent. No photographs come with this lab. The faces here are drawn by rule from an age, "
    "nobody is in them, and what is learned from them says nothing about people. Pictures you give "
    "stay in the memory of this server while this page is open, and are kept nowhere unless you "
    "press Keep."
)
st.write(
    "A network looks at a picture and says one number. It learns by how many years it is off: the "
    "mean of that is its loss, and the figure that judges it."
)
st.latex(r"\text{loss} = \frac{1}{N} \sum_i |\text{answer}_i - \text{age}_i| \quad \text{years}")
view = switch("What to look at", {name: name for name in VIEWS}, key=VIEW)
with session.mending():
    VIEWS[view]()
