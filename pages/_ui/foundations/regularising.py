"""Dropout on a grid of numbers, and weight decay on one weight and on many."""

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

STRENGTHS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


def show() -> None:
    """The part of the screen."""
    from lm_core.foundations import regularising

    st.write(
        "Two ways to keep a network from learning its examples by heart. **Dropout** sets numbers "
        "to 0 at random while it trains, so that no neuron can rely on another. **Weight decay** "
        "pulls each weight towards 0 at each step."
    )
    st.header("Dropout")
    _dropout()
    st.header("Weight decay")
    _decay()
    show_source(regularising, "The code: dropout, decay, batch normalisation")


def _dropout() -> None:
    import numpy as np

    from lm_core.charts.matrices import matrix
    from lm_core.figures import percent
    from lm_core.foundations.regularising import dropout

    left, middle, right = st.columns(3, vertical_alignment="bottom")
    p = left.slider(
        "Dropout probability", 0.0, 0.95, 0.2, 0.05, key="activations-p", bind="query-params"
    )
    seed = middle.number_input(
        "Seed", 0, 2**31 - 1, 0, key="activations-dropout-seed", bind="query-params"
    )
    training = right.toggle("Training", True, key="activations-training", bind="query-params")
    x = np.random.RandomState(42).normal(size=(20, 16))
    after = dropout(x, p, seed=seed, training=training)
    with st.container(horizontal=True, gap="medium"):
        st.metric("Zeros", percent(float((after == 0).mean())), width="content")
        st.metric("Mean size before", f"{np.abs(x).mean():.4f}", width="content")
        st.metric("Mean size after", f"{np.abs(after).mean():.4f}", width="content")
    dark = st.context.theme.type == "dark"
    rows, columns = [str(i + 1) for i in range(20)], [str(i + 1) for i in range(16)]
    chart = matrix(
        np.where(after == 0, np.nan, after),
        rows,
        columns,
        title="What goes on (blank: dropped)",
        x="number of the neuron",
        y="number of the example",
        dark=dark,
        height=430,
    )
    show_chart(chart, key="activations-dropped")
    spread = (p * (1 - p) / x.size) ** 0.5
    st.markdown(
        f"**What to notice.** Each of {x.size} numbers is dropped with probability {p:g}, so the "
        f"share of zeros is {percent(p)}, give or take {percent(spread)}. What stays is multiplied "
        f"by 1 / (1 − {p:g}) = {1 / (1 - p):.4f}, so that the mean stays too. When the network is "
        "used and not trained (`model.eval()`), nothing is dropped."
    )


def _decay() -> None:
    import pandas as pd

    from lm_core.charts.bin_bars import bin_bars
    from lm_core.charts.function_lines import Curve, function_lines
    from lm_core.foundations.arrays import histogram
    from lm_core.foundations.regularising import decayed_step

    one, two, three, four = st.columns(4)
    w = one.number_input(
        "Weight", -10.0, 10.0, 2.0, 0.5, key="activations-weight", bind="query-params"
    )
    g = two.number_input(
        "Gradient", -10.0, 10.0, 3.0, 0.5, key="activations-gradient", bind="query-params"
    )
    lr = three.number_input(
        "Rate", 0.001, 1.0, 0.1, 0.05, key="activations-rate", bind="query-params"
    )
    decay = four.number_input(
        "Decay", 0.0, 1.0, 0.5, 0.05, key="activations-one-decay", bind="query-params"
    )
    after = decayed_step(w, g, lr=lr, weight_decay=decay)
    st.markdown(f"w = {w:g} − {lr:g} × ({g:g} + {decay:g} × {w:g}) = **{after:.4g}**")
    st.write(
        "Now thirty weights, forty examples: only three of the thirty features matter. Without "
        "decay the others learn noise."
    )
    seed = st.number_input(
        "Seed of the examples", 0, 2**31 - 1, 1, key="activations-decay-seed", bind="query-params"
    )
    found = _found(STRENGTHS, seed)
    table = pd.DataFrame(
        {
            "weight decay": [one.weight_decay for one in found],
            "mean size of a weight": [float(abs(one.weights).mean()) for one in found],
            "error on its examples": [one.train for one in found],
            "error on new ones": [one.held for one in found],
        }
    )
    show_table(table, key="activations-decays", places=4)
    places = list(range(len(found)))
    chart = function_lines(
        [
            Curve("its examples", places, [one.train for one in found], dots=True),
            Curve("new examples", places, [one.held for one in found], dots=True),
        ],
        title="Mean squared error",
        x="weight decay",
        y="mean squared error",
    )
    chart.figure.update_xaxes(tickvals=places, ticktext=[f"{one:g}" for one in STRENGTHS])
    show_chart(chart, key="activations-errors")
    strength = st.select_slider(
        "Look at", STRENGTHS, 0.1, key="activations-strength", bind="query-params"
    )
    weights = next(one.weights for one in found if one.weight_decay == strength)
    bins = histogram(weights, 15)
    title = f"The weights at decay {strength:g}"
    chart = bin_bars(
        bins.edges, {"weights": bins.counts.tolist()}, title=title, x="size of a weight"
    )
    show_chart(chart, key="activations-weights")
    best = min(found, key=lambda one: one.held)
    st.markdown(
        f"**What to notice.** More decay makes smaller weights and a larger error on the examples "
        f"it learned from. On new ones {best.weight_decay:g} is best here ({best.held:.3f} against "
        f"{found[0].held:.3f} without): too much of it forgets what matters too."
    )


@st.cache_data(max_entries=20, show_spinner=False)
def _found(strengths: tuple[float, ...], seed: int) -> list:
    from lm_core.foundations.regularising import decays

    return decays(strengths, seed=seed)
