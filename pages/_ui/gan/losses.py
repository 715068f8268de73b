"""The two losses of the maker, and their gradients where the judge is sure."""

import streamlit as st

from pages._ui.shared.show import show_chart


def show() -> None:
    """The part of the screen."""
    import math

    from lm_core.charts.courses import courses

    st.write(
        "At the start made things are easy to tell: D(G(z)) is near 0. The game as it is written "
        "asks G to make **ln(1 - D)** small, which is flat there, so G learns next to nothing. "
        "Making **-ln D** small wants the same and is steep there: the **non-saturating** loss."
    )
    st.latex(
        r"\frac{\partial \ln(1-D)}{\partial a} = -D, \qquad "
        r"\frac{\partial\,(-\ln D)}{\partial a} = D - 1, \qquad D = \sigma(a)"
    )
    D = st.slider(
        "D(G(z)): how likely the judge takes a made thing for real",
        0.01,
        0.99,
        0.05,
        0.01,
        key="gan-d",
        bind="query-params",
    )
    at = [k / 100 for k in range(1, 100)]
    left, right = st.columns(2)
    with left:
        chart = courses(
            at,
            {
                "saturating, ln(1 - D)": [math.log(1 - d) for d in at],
                "non-saturating, -ln D": [-math.log(d) for d in at],
            },
            title="What the maker pays",
            over="D(G(z))",
            unit="nats",
            at=D,
        )
        show_chart(chart, key="gan-paid")
    with right:
        chart = courses(
            at,
            {
                "saturating, D": list(at),
                "non-saturating, 1 - D": [1 - d for d in at],
            },
            title="How hard it pulls at the judge's logit a",
            over="D(G(z))",
            unit="size of the gradient",
            at=D,
            low=0.0,
            high=1.02,
        )
        show_chart(chart, key="gan-pulled")
    st.markdown(
        f"**What to notice.** At D = {D:.2f} the saturating loss pulls with {D:.2f} and the other "
        f"with {1 - D:.2f}, {(1 - D) / D:.1f} times as hard. They cross at D = 1/2. A judge who "
        "cannot tell says 1/2 of everything and pays ln 2 = 0.6931: binary cross-entropy at logit "
        "0. That is where the game ends, where made things are like real ones."
    )
    st.caption(
        "One course writes that G wants 1 - D(G(z)) near 1; it is the other way round: making "
        "ln(1 - D(G(z))) small drives D(G(z)) up."
    )
