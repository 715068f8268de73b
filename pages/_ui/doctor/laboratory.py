"""The initialisation laboratory: what a spread of first weights does through a stack of layers."""

import streamlit as st

from lm_core.figures import percent
from pages._ui.doctor.one_layer import one_layer
from pages._ui.shared.begun import begun
from pages._ui.shared.show import show_chart, show_source

KEY = "doctor-stack-"
SIZES = ("A stack of layers", "One layer")
STEEPEST = 4.0  # gain: far beyond, everything has exploded


def laboratory() -> None:
    """A stack of layers, or one alone."""
    chosen = st.segmented_control(
        "How many layers",
        SIZES,
        **begun("doctor-layers", default=SIZES[0]),
        required=True,
        key="doctor-layers",
        bind="query-params",
        label_visibility="collapsed",
    )
    if chosen == SIZES[1]:
        one_layer()
    else:
        _stack()


def _stack() -> None:
    """Activation, gain, width and depth, and the pictures they change at once."""
    from lm_core.charts.inside import numbers_by_layer, through_depth
    from lm_core.doctor.starting import GAINS, SHOWN, StackSettings, kept, stack

    st.write(
        "Each layer multiplies what it gets by its weights. Drawn too small, the numbers die out "
        "on their way up and the gradients on their way down; too large, they explode or saturate. "
        "A gain of 5/3 for tanh and of √2 for ReLU keeps them."
    )
    usual = StackSettings()
    controls, pictures = st.columns([2, 5], gap="medium")
    with controls:
        chosen = st.selectbox(
            "Activation",
            list(SHOWN),
            key=KEY + "activation",
            bind="query-params",
            help="The function that each layer puts its sums through.",
        )
        if KEY + "gain" not in st.session_state:
            st.session_state[KEY + "gain"] = round(usual.gain, 2)
        gain = st.slider(
            "Gain",
            0.0,
            STEEPEST,
            step=0.01,
            key=KEY + "gain",
            bind="query-params",
            help="Spread of the weights times the root of the width.",
        )
        if chosen in GAINS:
            st.button(
                f"Usual for {chosen}: {GAINS[chosen]:.2f}",
                key=KEY + "usual",
                on_click=lambda: st.session_state.update({KEY + "gain": round(GAINS[chosen], 2)}),
            )
        width = st.slider(
            "Width (units)", 10, 400, usual.width, 10, key=KEY + "width", bind="query-params"
        )
        depth = st.slider("Layers", 2, 40, usual.depth, key=KEY + "depth", bind="query-params")
        layers = stack(StackSettings(activation=chosen, gain=gain, width=width, depth=depth))
        left, idle = kept(layers), layers[-1]["idle"]
        if left is not None:
            st.caption(f"The last layer has {left:.2g} times the spread of the first.")
        if idle is not None:
            st.caption(
                f"In the last layer {percent(idle)} of the numbers have no slope to learn by."
            )
    spread, numbers = pictures.columns(2)
    with spread:
        show_chart(through_depth(layers), key=KEY + "picture")
    with numbers:
        dark = st.context.theme.type == "dark"
        show_chart(numbers_by_layer(layers, dark=dark), key=KEY + "numbers")
    show_source(stack, "The code: the stack")
