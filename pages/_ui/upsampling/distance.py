"""The Fréchet distance of two normal distributions in the plane, set by sliders."""

import streamlit as st

from pages._ui.shared.begun import begun
from pages._ui.shared.show import show_chart, show_source

SIDES = {"one": "**Real pictures**", "other": "**Made pictures**"}
SET = {
    "x": "Mean, first",
    "y": "Mean, second",
    "wide": "Spread, first",
    "high": "Spread, second",
    "together": "Correlation",
}
REAL = (0.0, 0.0, 1.0, 1.5, 0.6)
# What is offered -> the made pictures, beside the same real ones.
OFFERED = {
    "The same": REAL,
    "Shifted": (2.0, 1.0, 1.0, 1.5, 0.6),
    "All alike": (0.0, 0.0, 0.1, 0.1, 0.0),
    "Turned": (0.0, 0.0, 1.0, 1.5, -0.6),
}
FIRST = OFFERED["Shifted"]
BIND = "query-params"


def show() -> None:
    """The part of the screen."""
    from lm_core.charts.frechet import two_ellipses
    from lm_core.pictures import frechet

    st.write(
        "Are made pictures like real ones, and as different from each other? A network turns every "
        "picture into features; of the real and of the made ones a mean and a covariance are "
        "taken; and the **Fréchet distance** says how far the two normal distributions are apart. "
        "With features of an Inception network it is called FID. Here are two features, "
        "a first and a second, by hand."
    )
    st.latex(
        r"\begin{gathered} d^2 = |m_1 - m_2|^2 \\ "
        r"{} + \text{tr}\left(C_1 + C_2 - 2 (C_1 C_2)^{1/2}\right) \end{gathered}"
    )
    with st.container(horizontal=True, gap="small"):
        for name, five in OFFERED.items():
            st.button(name, on_click=_offer, args=(five,), key=f"upsampling-offer-{name}")
    right, left, middle = st.columns([6, 3, 3], gap="medium")  # the picture first
    with left:
        real = _sliders("one", REAL)
    with middle:
        made = _sliders("other", FIRST)
    one, other = (frechet.two_dimensions(*five) for five in (real, made))
    found = frechet.frechet(one, other)
    with right:
        lines = [[frechet.outline(n, reach=k) for k in (1.0, 2.0)] for n in (one, other)]
        chart = two_ellipses(
            lines, [name.strip("*") for name in SIDES.values()], squared=found.squared
        )
        show_chart(chart, key="upsampling-ellipses")
        with st.container(horizontal=True, gap="medium"):
            st.metric("Distance d²", f"{found.squared:.4f}", width="content")
            st.metric("of the means", f"{found.means:.4f}", width="content")
            st.metric("of the shapes", f"{found.shapes:.4f}", width="content")
    dx, dy = (f"{real[k] - made[k]:.2f}".replace("-", "−") for k in (0, 1))
    traces = [float(n.covariance.trace()) for n in (one, other)]
    root = (sum(traces) - found.shapes) / 2
    st.markdown(f"of the means: ({dx})² + ({dy})² = {found.means:.4f}")
    st.markdown(
        f"of the shapes: {traces[0]:.4f} + {traces[1]:.4f} − 2 × {root:.4f} = {found.shapes:.4f}, "
        f"where {root:.4f} is the trace of the root"
    )
    st.markdown(
        "**What to notice.** Pictures that are right on average and all alike have the same mean, "
        "and still a distance: their spread is missing. That is why a low value asks for pictures "
        "that are good and various. The number depends on the network that makes the features, on "
        "which of its layers, and on how many pictures there are: values are compared only where "
        "all three are the same, and the rule that less than 10 is good holds for one network."
    )
    show_source(frechet.frechet, "The code")


def _offer(five: tuple[float, ...]) -> None:
    for which, values in (("one", REAL), ("other", five)):
        for name, value in zip(SET, values, strict=True):
            st.session_state[_key(which, name)] = value


def _key(which: str, name: str) -> str:
    return f"upsampling-{which}-{name}"


def _sliders(which: str, usual: tuple[float, ...]) -> tuple[float, ...]:
    st.markdown(SIDES[which])
    found = []
    for (name, label), value in zip(SET.items(), usual, strict=True):
        low, high = {"x": (-4.0, 4.0), "y": (-4.0, 4.0), "together": (-0.95, 0.95)}.get(
            name, (0.05, 2.0)
        )
        key = _key(which, name)
        begin = begun(key, value=value)
        found.append(st.slider(label, low, high, **begin, step=0.05, key=key, bind=BIND))
    return tuple(found)
