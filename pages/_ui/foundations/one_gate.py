"""AND and OR with one neuron: plain, through a sigmoid, with a bias."""

import streamlit as st

from pages._ui.foundations.training import Learning, learning_of, live
from pages._ui.shared.show import show_source

GATE, KIND, SEED, LR = "neuron-gate", "neuron-kind", "neuron-gate-seed", "neuron-gate-lr"
LEARNING = "neuron-gate-learning"
OFFERED = ("AND", "OR", "NAND", "NOR")
KINDS = {  # squashed, with a bias
    "a sum alone": (False, False),
    "a sum through a sigmoid": (True, False),
    "with a bias as well": (True, True),
}


def show() -> None:
    """The part of the screen."""
    st.write(
        "Two inputs, each 0 or 1, and a gate that says 0 or 1. A neuron adds its inputs, each "
        "times a weight; a sigmoid squeezes the sum between 0 and 1; a bias moves it. Try "
        "it without each, and see what it cannot do."
    )
    st.latex(r"a = \sigma(w_1 x_1 + w_2 x_2 + b) \qquad \sigma(z) = \frac{1}{1 + e^{-z}}")
    from lm_core.foundations import gates

    kind = st.segmented_control(
        "The neuron is",
        list(KINDS),
        default=list(KINDS)[-1],
        required=True,
        key=KIND,
        bind="query-params",
    )
    first, second, third = st.columns(3, gap="small", vertical_alignment="bottom")
    gate = first.selectbox("Gate", OFFERED, key=GATE, bind="query-params")
    seed = second.number_input("Seed", 0, 2**31 - 1, 0, key=SEED, bind="query-params")
    squashed, bias = KINDS[kind]
    lr = third.number_input(
        "Learning rate",
        0.0,
        50.0,
        5.0,
        step=0.5,
        format="%.4g",
        key=LR,
        bind="query-params",
        help="A neuron without a sigmoid takes a tenth of it: its slopes are steeper.",
    )
    rate = lr if squashed else lr / 10
    net = gates.neuron(int(seed), squashed=squashed, bias=bias)
    learning = learning_of(LEARNING, net, gate, rate, kind, seed)
    live(LEARNING, learning)
    _noticed(learning, squashed, bias)
    show_source(gates, "The code: neurons, their gradients by hand, gates")


def _noticed(learning: Learning, squashed: bool, bias: bool) -> None:
    if not squashed:
        said = (
            "without a bias a sum gives 0 for 0, 0 whatever its weights are, and the best it can "
            "do is a plane through that corner: it fits none of the other three quite."
        )
    elif not bias:
        said = (
            "for 0, 0 the sum is 0 whatever the weights are, and σ(0) = 0.5: neither 0 nor 1, for "
            "ever. Something has to move the sum where all inputs are 0: a bias."
        )
    else:
        said = (
            "the bias moves the dashed line off the corner, and the weights turn it: on one side "
            "it says 1, on the other 0. Every gate that one straight line can part is within "
            "reach of a neuron."
        )
    st.markdown(f"**What to notice:** {said}")
    st.caption(f"This neuron has {learning.net.n_parameters} parameters.")
