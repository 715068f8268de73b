"""Activations and their gradients: the curve, how small a gradient becomes layer by layer, and a
ReLU that dies."""

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table

NAMES = {
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "relu": "ReLU",
    "leaky-relu": "LeakyReLU",
    "gelu": "GELU",
    "silu": "SiLU",
}
SLOPES = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3)


def show() -> None:
    """The part of the screen."""
    from lm_core.foundations import activations

    st.write(
        "Between two layers stands a function that bends: without it all layers would be one. What "
        "it does to the **gradient** matters as much as what it does to the number: on the way "
        "back each layer multiplies by its slope."
    )
    name = switch("Activation", NAMES, key="activations-which")
    kind = activations.ACTIVATIONS[name]
    if name == "leaky-relu":
        slope = st.select_slider(
            "Slope below zero",
            SLOPES,
            activations.LEAK,
            key="activations-leak",
            bind="query-params",
        )
        kind = activations.leaky(slope)
    left, right = st.columns(2)
    left.latex(f"f(x) = {kind.equation}")
    right.latex(f"f'(x) = {kind.slope}")
    x = st.slider("x, what goes in", -8.0, 8.0, 6.0, 0.1, key="activations-x", bind="query-params")
    _curves(kind, x)
    _products(kind)
    st.header("A neuron that dies")
    _dying()
    show_source(activations, "The code: activations and their gradients")


def _curves(kind: object, x: float) -> None:
    import numpy as np

    from lm_core.charts.function_lines import Curve, Spot, function_lines

    xs = np.linspace(-8, 8, 321)
    f, slope = float(kind.f(np.array(x))), float(kind.gradient(np.array(x)))
    chart = function_lines(
        [
            Curve("the activation", xs.tolist(), kind.f(xs).tolist()),
            Curve("its slope, the gradient", xs.tolist(), kind.gradient(xs).tolist()),
        ],
        title=f"{kind.title} and its gradient",
        x="x",
        y="what comes out; slope",
        spots=[Spot(x, f, f"{f:.4f}"), Spot(x, slope, f"{slope:.4f}")],
    )
    show_chart(chart, key="activations-curves")
    with st.container(horizontal=True, gap="medium"):
        st.metric("f(x)", f"{f:.4f}", width="content")
        st.metric("f'(x), the gradient", f"{slope:.4f}", width="content")
    if kind.title == "Sigmoid":
        said = "1, yes" if f >= 0.5 else "0, no"
        st.caption(
            f"As the last step of a classifier of two classes it makes a probability of a logit: "
            f"logit {x:g}, probability {f:.4f}, so {said}. Linear layers with it at their end are "
            "logistic regression."
        )


def _products(kind: object) -> None:
    import numpy as np
    import pandas as pd

    xs = np.linspace(-8, 8, 16_001)
    steepest = float(np.abs(kind.gradient(xs)).max())
    layers = st.slider("Layers", 1, 30, 10, key="activations-layers", bind="query-params")
    saturated = float(kind.gradient(np.array(-4.0)))
    rows = [
        ("where it is steepest", steepest, steepest**layers),
        ("at x = −4", saturated, saturated**layers),
    ]
    columns = ["slope of it", "of one layer", "of all layers"]
    table = pd.DataFrame(rows, columns=columns)
    for column in columns[1:]:
        table[column] = [f"{value:.4g}" for value in table[column]]
    show_table(table, key="activations-products")
    st.markdown(
        f"**What to notice.** Through {layers} activations a gradient is multiplied {layers} "
        f"times: at best by {steepest:.4g} to the power of {layers}, {steepest**layers:.2g}. For a "
        "sigmoid that vanishes, and the first layers hardly learn; where a ReLU is on, its factor "
        "is 1."
    )


def _dying() -> None:
    import numpy as np

    from lm_core.charts.bin_bars import bin_bars
    from lm_core.figures import percent
    from lm_core.foundations.activations import ACTIVATIONS, LEAK
    from lm_core.foundations.arrays import histogram

    st.write(
        "One neuron, a thousand examples. A large step once made its bias very negative: then its "
        "sum is below zero for every example, its slope is 0, and nothing brings it back. A "
        "LeakyReLU keeps a small slope there."
    )
    bias = st.slider("Bias", -6.0, 2.0, 0.0, 0.25, key="activations-bias", bind="query-params")
    sums = np.random.RandomState(0).normal(size=1000) + bias
    relu, leaky = (ACTIVATIONS[name].gradient(sums) for name in ("relu", "leaky-relu"))
    with st.container(horizontal=True, gap="medium"):
        st.metric("Examples for which it is on", percent(float((sums > 0).mean())), width="content")
        st.metric("Mean slope, ReLU", f"{relu.mean():.4f}", width="content")
        st.metric("Mean slope, LeakyReLU", f"{leaky.mean():.4f}", width="content")
    found = histogram(sums, 30)
    off = np.histogram(sums[sums <= 0], found.edges)[0]
    counts = {"off": off.tolist(), "on": (found.counts - off).tolist()}
    chart = bin_bars(
        found.edges,
        counts,
        title="The sums of the neuron",
        x="sum of the neuron",
        y="number of examples",
    )
    show_chart(chart, key="activations-sums")
    if not (sums > 0).any():
        st.warning(
            f"It is dead: no example switches it on, and its gradient is 0. With a LeakyReLU it "
            f"would still be {LEAK:g}."
        )
