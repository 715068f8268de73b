"""The initialisation laboratory: what a spread of first weights does through a stack of layers."""

import streamlit as st

from pages._ui.settings import settings_widgets
from pages._ui.show import show_chart, show_source


def laboratory() -> None:
    """Five settings and the picture they change at once."""
    from lm_core.charts.doctor import through_depth
    from lm_core.doctor.starting import GAINS, StackSettings, kept, stack

    st.write(
        "Each layer multiplies what it gets by its weights. Drawn too small, the numbers die out "
        "on their way up and the gradients on their way down; too large, they explode or saturate. "
        "A gain of 5/3 for tanh and of √2 for ReLU keeps them."
    )
    controls, picture = st.columns([2, 3])
    with controls:
        settings = settings_widgets(StackSettings(), key="doctor-stack")
        usual = GAINS.get(settings.activation)
        if usual:
            st.caption(f"Usual gain for {settings.activation}: {usual:.3g}.")
    with picture:
        layers = stack(settings)
        show_chart(through_depth(layers), key="doctor-stack-picture")
        left = kept(layers)
        if left is not None:
            st.caption(f"The last layer has {left:.2g} times the spread of the first.")
        idle = layers[-1]["idle"]
        if idle is not None:
            st.caption(f"In the last layer {idle:.0%} of the numbers have no slope to learn by.")
    show_source(stack, "The code: the stack")
