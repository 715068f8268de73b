"""An MLP from scratch in NumPy: full batch, mini-batch and single examples compared."""

import streamlit as st

from pages._ui.foundations import mlp_backward, mlp_batches, mlp_data, mlp_form, mlp_regimes
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {
    "Three ways to learn": mlp_regimes.show,
    "The data": mlp_data.show,
    "Batches": mlp_batches.show,
    "The way back": mlp_backward.show,
}

front_door.enter()
st.title("An MLP from scratch")
st.write(
    "A multilayer perceptron in a hundred lines of NumPy: layers of sums, each bent by an "
    "activation; a softmax at the end; the gradient carried back by hand. It can take a step after "
    "**all** examples, after a **mini-batch**, or after **each one**."
)
st.latex(
    r"h = f(x W_1 + b_1) \qquad p = \text{softmax}(h W_2 + b_2) \qquad "
    r"W \leftarrow W - \text{lr} \cdot \partial L / \partial W"
)
with session.mending():
    task = mlp_form.ask()
    part = switch("Part of the screen", {name: name for name in PARTS}, key="mlp-part")
    PARTS[part](task)
