"""Slopes: of a line, of a curve by a limit, of one function in another, of tanh and sigmoid."""

import streamlit as st

from pages._ui.foundations import chains, curves, lines, squashed
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {
    "Line": lines.show,
    "Curve": curves.show,
    "Chain": chains.show,
    "Squashing": squashed.show,
}

front_door.enter()
st.title("Slopes")
part = switch("Slopes of", {name: name for name in PARTS}, key="slopes-part")
with session.mending():
    PARTS[part]()
