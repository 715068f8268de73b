"""Counting: the simplest language models, made by hand: tables of pairs, n-grams, and the network
that learns such a table."""

import streamlit as st

from pages._ui.counting import descent, runs, throws, walk
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {
    "A table of pairs": walk.show,
    "Coins and dice": throws.show,
    "Longer runs": runs.show,
    "Learned instead": descent.show,
}

front_door.enter()
st.title("Counting")
st.write(
    "The simplest language model counts: what came next, after what came before? Everything else "
    "about language models can be seen on it already: probabilities, drawing from them, what is "
    "new, and learning."
)
part = switch("Part of the lesson", {name: name for name in PARTS}, key="counting-part")
with session.mending():
    PARTS[part]()
