"""Arrays and tensors: shapes, what fits what, and the warm-up of the first week."""

import streamlit as st

from pages._ui.foundations import a_tensor, arrays, chance, layers, plots, statistics, two_shapes
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {
    "Two shapes": two_shapes.show,
    "One tensor": a_tensor.show,
    "Linear layers": layers.show,
    "Arrays": arrays.show,
    "Statistics": statistics.show,
    "Plots": plots.show,
    "Chance": chance.show,
}

front_door.enter()
st.title("Arrays and tensors")
st.write(
    "All that a network computes with are boxes of numbers: arrays, or tensors, as they are called "
    "where gradients are kept with them. Who knows their shapes knows what fits what, and most "
    "errors are errors of shape. Guess first, then look."
)
part = switch("Part of the screen", {name: name for name in PARTS}, key="arrays-part")
with session.mending():
    PARTS[part]()
