"""One neuron: it learns to multiply by two, becomes a logical gate, and fails at XOR."""

import streamlit as st

from pages._ui.foundations import one_gate, times_two, xor
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {"Times two": times_two.show, "AND and OR": one_gate.show, "XOR": xor.show}

front_door.enter()
st.title("One neuron")
part = switch("It learns", {name: name for name in PARTS}, key="neuron-part")
with session.mending():
    PARTS[part]()
