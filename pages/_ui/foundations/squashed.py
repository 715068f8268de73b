"""tanh beside the sigmoid: the functions, and what is left of a gradient that goes through them."""

import streamlit as st

from pages._ui.shared.show import show_chart, show_source

X, LAYERS = "slopes-squash", "slopes-layers"
REACH, SAMPLES = 10.0, 201
NAMES = ("sigmoid", "tanh")


def show() -> None:
    """The part of the screen."""
    st.write(
        "Without a bend between them, layers of sums are one layer of sums. Sigmoid and tanh bend: "
        "one into 0 to 1, the other into −1 to 1, with 0 in the middle. What tells them apart in "
        "learning is their slope."
    )
    st.latex(
        r"\begin{gathered} \sigma(x) = \frac{1}{1 + e^{-x}}, \quad "
        r"\tanh x = \frac{e^{2x} - 1}{e^{2x} + 1} = 2\,\sigma(2x) - 1 \\ "
        r"\sigma' = \sigma (1 - \sigma), \quad \tanh' = 1 - \tanh^2 \end{gathered}"
    )
    from lm_core.foundations import slopes
    from lm_core.foundations.autograd import Value, sigmoid

    x = st.slider("x", -REACH, REACH, 0.0, 0.1, key=X, bind="query-params")
    left, right = st.columns(2, gap="medium")
    with left:
        _draw(x, slopes.CURVES, slope=False)
    with right:
        _draw(x, slopes.CURVES, slope=True)
    s, t = (slopes.CURVES[name] for name in NAMES)
    st.markdown(
        f"At x = {x:.3g}: σ = **{s.f(x):.4f}**, σ (1 − σ) = **{s.slope(x):.4f}**; "
        f"tanh = **{t.f(x):.4f}**, 1 − tanh² = **{t.slope(x):.4f}**; "
        f"2 σ(2x) − 1 = {2 * sigmoid(2 * x) - 1:.4f}."
    )
    st.header("Through many layers")
    n = st.slider("Layers", 1, 20, 10, key=LAYERS, bind="query-params")
    st.latex(
        rf"\sigma'(x)^{{{n}}} = {_power(s.slope(x) ** n)} \qquad "
        rf"\text{{tanh}}'(x)^{{{n}}} = {_power(t.slope(x) ** n)}"
    )
    st.markdown(
        f"**What to notice:** the slope of the sigmoid is at most 0.25, that of tanh at most 1, "
        f"both at x = 0. Going back through {n} layers multiplies {n} of them: of a gradient at "
        f"most {0.25**n:.2g} is left under sigmoids, before the weights have their say. Far from 0 "
        "both slopes are nearly 0, and nothing is learned there."
    )
    show_source(Value.sigmoid, "The code: the sigmoid and its slope")
    show_source(Value.tanh, "The code: tanh and its slope")


def _power(number: float) -> str:
    """For a formula: 9.54e-07 as a product."""
    head, _, power = f"{number:.2e}".partition("e")
    return f"{number:.4f}" if number >= 1e-3 else rf"{head} \cdot 10^{{{int(power)}}}"


def _draw(x: float, known: dict, *, slope: bool) -> None:
    from lm_core.charts.plane import Curve, Point, plane

    places = [-REACH + 2 * REACH * i / (SAMPLES - 1) for i in range(SAMPLES)]
    functions = {name: known[name].slope if slope else known[name].f for name in NAMES}
    here = {name: f(x) for name, f in functions.items()}
    chart = plane(
        [Curve(name, places, [f(at) for at in places]) for name, f in functions.items()],
        [Point(x, value) for value in here.values()],
        title="Their slopes" if slope else "Sigmoid and tanh",
        x="x",
        y="slope" if slope else "value",
        says=f"at x = {x:.3g} {here['sigmoid']:.4f} for the sigmoid and {here['tanh']:.4f} for "
        "tanh.",
        height=320,
    )
    show_chart(chart, key=f"slopes-squashed-{'slope' if slope else 'value'}")
