"""Autograd: an expression as a graph, its gradients found by walking it backwards."""

import streamlit as st

from pages._ui.foundations import methods, orders, walk
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {"Walk backwards": walk.show, "Orders": orders.show, "The class": methods.show}

front_door.enter()
st.title("Autograd")
part = switch("Part of the lesson", {one: one for one in PARTS}, key="autograd-part")
with session.mending():
    PARTS[part]()
