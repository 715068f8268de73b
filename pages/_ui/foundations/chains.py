"""One function in another: slopes along a chain are multiplied."""

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

OUTER, TIMES, X = "slopes-outer", "slopes-times", "slopes-at"
OFFERED = ("sin x", "x²", "eˣ", "sigmoid", "tanh")
REACH, SAMPLES, CHANGE = 2.0, 241, 1e-4


def show() -> None:
    """The part of the screen."""
    st.write(
        "When x moves, y moves with it, and z with y. When y changes six times as fast as x, "
        "and z half as fast as y, then z changes three times as fast as x: along a chain slopes "
        "are multiplied. A network is a long chain, and its gradient such a product."
    )
    st.latex(r"\frac{dz}{dx} = \frac{dz}{dy} \cdot \frac{dy}{dx}")
    from lm_core.foundations import slopes

    left, middle, right = st.columns(3, gap="medium")
    name = left.selectbox("z, a function of y", OFFERED, key=OUTER, bind="query-params")
    k = middle.slider("y = so many times x", 1, 8, 6, key=TIMES, bind="query-params")
    x = right.slider("x", -REACH, REACH, 0.5, 0.1, key=X, bind="query-params")
    outer = slopes.CURVES[name]
    found = slopes.chain(outer, k, x)
    picture, side = st.columns([3, 2], gap="medium")
    with picture:
        _draw(name, outer, k, x, found)
    with side:
        st.latex(
            rf"\begin{{aligned}} y &= {k} \cdot {_bare(x)} = {found.y:.4g} \\ "
            rf"\frac{{dy}}{{dx}} &= {k} \\ \frac{{dz}}{{dy}} &= {found.outer:.4g} \\ "
            rf"\frac{{dz}}{{dx}} &= {_bare(found.outer)} \cdot {k} = {found.slope:.4g} "
            r"\end{aligned}"
        )
        if name == "sin x":
            st.latex(rf"\frac{{d}}{{dx}} \sin {k}x = {k} \cos {k}x")
    _changes(outer, k, x, found)
    show_source(slopes.chain, "The code: the chain")


def _bare(number: float) -> str:
    return f"({number:.4g})" if number < 0 else f"{number:.4g}"


def _draw(name: str, outer: object, k: int, x: float, found: object) -> None:
    from lm_core.charts.plane import Curve, Point, plane

    places = [-REACH + 2 * REACH * i / (SAMPLES - 1) for i in range(SAMPLES)]
    values = [outer.f(k * at) for at in places]
    ends = (x - 0.5, x + 0.5)
    low, high = min(values), max(values)
    around = 0.1 * (high - low)
    chart = plane(
        [
            Curve("z", places, values),
            Curve("the line that touches", ends, [found.z + found.slope * (at - x) for at in ends]),
        ],
        [Point(x, found.z)],
        title=f"z = {name.replace(' x', '').replace('x', 'y').replace('ˣ', 'ʸ')} of y = {k}x",
        x="x",
        y="z",
        says=f"at x = {x:.3g} its slope is {found.slope:.4g}.",
        across=(-REACH, REACH),
        up=(low - around, high + around),
    )
    show_chart(chart, key="slopes-chain")


def _changes(outer: object, k: int, x: float, found: object) -> None:
    """A small change, followed along the chain."""
    import pandas as pd

    dy = k * (x + CHANGE) - k * x
    dz = outer.f(k * (x + CHANGE)) - found.z
    table = pd.DataFrame(
        {
            "number": ["x", "y", "z"],
            "value": [x, found.y, found.z],
            "changes by": [CHANGE, dy, dz],
            "times the change before": [1.0, dy / CHANGE, dz / dy],
        }
    )
    show_table(table, key="slopes-changes", places=6)
    st.markdown(
        f"**What to notice:** x grows by {CHANGE:.4f}, and z changes by {dz:.6f}: "
        f"{dz / CHANGE:.4f} times as much. The chain says {found.slope:.4f}. Where one factor is "
        "nearly 0, so is the product, whatever the others are: that is how gradients vanish."
    )
