"""The slope of a curve at a point: the limit of the slopes of lines through two points of it."""

import streamlit as st

from pages._ui.shared.show import show_chart, show_source

CURVE, X, EPS = "slopes-curve", "slopes-x", "slopes-eps"
REACH, SAMPLES = 3.0, 161  # of x to either side; points of a drawn curve
SIZES = [10.0**-n for n in range(16)]


def show() -> None:
    """The part of the screen."""
    st.write(
        "A curve has another slope at each place: that of the line which touches it there. Take a "
        "line through two of its points, and bring the second one, eps further right, nearer and "
        "nearer: what its slope comes to is the derivative. It says by how much the function "
        "changes when its input grows by a tiny bit."
    )
    st.latex(r"f'(x) = \lim_{\text{eps} \to 0} \frac{f(x + \text{eps}) - f(x)}{\text{eps}}")
    from lm_core.foundations import slopes

    left, middle, right = st.columns(3, gap="medium")
    name = left.selectbox("Function", list(slopes.CURVES), key=CURVE, bind="query-params")
    x = middle.slider("x", -REACH, REACH, 1.0, 0.1, key=X, bind="query-params")
    power = right.slider(
        "eps = 10 to the power of minus",
        0,
        15,
        0,
        key=EPS,
        bind="query-params",
        help="0 is a step of 1, 3 one of 0.001.",
    )
    curve, eps = slopes.CURVES[name], 10.0**-power
    by_limit = slopes.quotient(curve.f, x, eps)
    exact = curve.slope(x)
    picture, side = st.columns([3, 2], gap="medium")
    with picture:
        _draw(name, curve, x, eps, by_limit)
    with side:
        st.latex(rf"f(x) = {curve.formula} \qquad f'(x) = {curve.rule}")
        st.latex(
            rf"\begin{{aligned}} \frac{{f({x + eps:.5g}) - f({x:.5g})}}{{{_size(power)}}} &= "
            rf"{by_limit:.8g} \\ f'({x:.5g}) &= {exact:.8g} \end{{aligned}}"
        )
        if name == "x²":
            st.caption(
                f"Of x² the quotient is 2x + eps = {2 * x + eps:.8g}, and its limit 2x = {2 * x:g}."
            )
        st.markdown(
            f"The two differ by **{abs(by_limit - exact):.2g}**. Make eps smaller, and the dashed "
            "line turns into the dotted one."
        )
    _errors(curve, x, exact)
    show_source(slopes.quotient, "The code: the quotient")
    show_source(slopes, "The code: slopes of lines, curves and chains")


def _size(power: int) -> str:
    """10 to the minus `power`, for a formula."""
    return f"{10.0**-power:g}" if power < 4 else rf"10^{{-{power}}}"


def _draw(name: str, curve: object, x: float, eps: float, by_limit: float) -> None:
    from lm_core.charts.plane import Curve, Point, plane

    places = [-REACH - 1 + (2 * REACH + 2) * i / (SAMPLES - 1) for i in range(SAMPLES)]
    values = [curve.f(at) for at in places]
    exact, here = curve.slope(x), curve.f(x)
    ends = (x - 2, x + 2)
    low, high = min(values), max(values)
    around = 0.1 * (high - low)
    chart = plane(
        [
            Curve(name, places, values),
            Curve("through two points", ends, [here + by_limit * (at - x) for at in ends]),
            Curve("the line that touches", ends, [here + exact * (at - x) for at in ends]),
        ],
        [Point(x, here, "x"), Point(x + eps, curve.f(x + eps), "x + eps" if eps >= 0.1 else "")],
        title=f"{name}, and its slope at x = {x:.3g}",
        x="x",
        y="f(x)",
        says=f"the line through two points has the slope {by_limit:.4g}, the one that touches "
        f"{exact:.4g}.",
        across=(places[0], places[-1]),
        up=(low - around, high + around),
    )
    show_chart(chart, key="slopes-curve-picture")


def _errors(curve: object, x: float, exact: float) -> None:
    """Of every eps at once: what is too large, and what is too small for numbers of 16 digits."""
    from lm_core.charts.nudges import errors_by_size
    from lm_core.foundations.slopes import quotient_errors

    scale = max(abs(exact), 1e-3)
    one = [error / scale for error in quotient_errors(curve, x, SIZES)]
    two = [abs((curve.f(x + eps) - curve.f(x - eps)) / (2 * eps) - exact) / scale for eps in SIZES]
    st.header("Why not the smallest eps")
    show_chart(
        errors_by_size(SIZES, {"to the right": one, "to both sides": two}), key="slopes-errors"
    )
    best = min(range(len(SIZES)), key=one.__getitem__)
    st.markdown(
        f"**What to notice:** to the right, eps = {SIZES[best]:.0e} is best here. In mathematics a "
        "smaller one is always better; a computer keeps 16 digits, and of two values that hardly "
        "differ few digits are left. To both sides the error falls with the square of eps."
    )
