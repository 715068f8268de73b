"""Quantize: the same model in fewer bits, what it costs, and why outliers make it hard."""

import streamlit as st

from pages._ui.quantize import matrix, outliers, schemes, sizes, texts
from pages._ui.shared import front_door, models, session
from pages._ui.shared.switch import switch

MODEL, VIEW = "quantize-model", "quantize-view"
VIEWS = ("One matrix", "All schemes", "Outliers", "By size")

front_door.enter()
st.title("Quantize")
st.write(
    "A model learns with weights of 32 bits and hardly needs them afterwards. Quantizing writes "
    "each weight with 8 or 4 bits: a smaller file, less to read for every token, and a little "
    "knowledge lost. How little, one can measure."
)
view = switch("What to look at", {name: name for name in VIEWS}, key=VIEW)

with session.mending():
    if view == VIEWS[3]:
        sizes.sizes()
    else:
        choices = texts.networks()
        if not choices:
            st.info("No network is here yet: train one on the Train screen, then come back.")
            st.stop()
        choice = models.pick(choices, models.labels(choices), key=MODEL)
        {VIEWS[0]: matrix.matrix, VIEWS[1]: schemes.schemes, VIEWS[2]: outliers.outliers}[view](
            choice
        )
