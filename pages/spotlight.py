"""The run that the teacher shows to the class, for the projector; nobody else chooses it."""

import streamlit as st

from pages._ui.shared import front_door
from pages._ui.shared.alone import alone
from pages._ui.teacher.spotlight import LOOK_SECONDS, picture

front_door.enter()
st.title("Shown to the class")
alone(picture, run_every=LOOK_SECONDS)()
