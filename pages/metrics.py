"""Metrics: what each number that judges a model measures, done by hand on small examples."""

import streamlit as st

from pages._ui.metrics import apart, classes, dice, texts
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {
    "Perplexity": dice.show,
    "Classification": classes.show,
    "Translation and summaries": texts.show,
    "Where they disagree": apart.show,
}

front_door.enter()
st.title("Metrics")
st.write(
    "A model is judged by a number, and every such number measures one thing and misses another. "
    "Here they are done by hand, on examples small enough to see where each number comes from."
)
part = switch("Metrics of", {name: name for name in PARTS}, key="metrics-part")
with session.mending():
    PARTS[part]()
