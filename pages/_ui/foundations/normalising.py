"""Batch normalisation: the numbers of a batch before and after."""

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

BINS = 24


def show() -> None:
    """The part of the screen."""
    import numpy as np

    from lm_core.foundations.regularising import batch_norm

    st.write(
        "However good the first weights are, what a layer gives drifts while it learns. Batch "
        "normalisation takes it back: of each feature, over the **batch**, it takes away the mean "
        "and divides by the standard deviation; then it scales and shifts by two numbers that are "
        "learned. It stands after the layer and before the activation."
    )
    st.latex(
        r"\hat z = \frac{z - \text{mean}}{\sqrt{\text{var} + \varepsilon}} \qquad "
        r"\text{out} = \gamma \hat z + \beta"
    )
    one, two, three, four, five = st.columns(5)
    mean = one.slider("Mean", -10.0, 10.0, 4.0, 0.5, key="activations-bn-mean", bind="query-params")
    spread = two.slider(
        "Spread", 0.1, 10.0, 3.0, 0.1, key="activations-bn-spread", bind="query-params"
    )
    batch = three.slider("Batch", 2, 256, 64, key="activations-bn-batch", bind="query-params")
    gamma = four.slider(
        "Scale γ", 0.0, 3.0, 1.0, 0.1, key="activations-bn-scale", bind="query-params"
    )
    beta = five.slider(
        "Shift β", -3.0, 3.0, 0.0, 0.1, key="activations-bn-shift", bind="query-params"
    )
    chance = np.random.RandomState(7)
    spreads = np.array([1.0, 0.3, 2.0, 0.1]) * spread
    z = mean * np.array([1.0, -0.5, 0.2, 2.0]) + spreads * chance.normal(size=(batch, 4))
    found = batch_norm(z, gamma, beta)
    _table(z, found)
    _pictures(z, found)
    off = np.abs(found.standardised.mean(0)).max()
    st.markdown(
        f"**What to notice.** Before scale and shift each feature has mean 0 (within {off:.0e}) "
        "and a standard deviation of 1, wherever it came from. In a batch of two there are only −1 "
        "and 1 left: what an example gives depends on the others of its batch. When the network is "
        "used, means of the whole training stand in for those of the batch."
    )
    show_source(batch_norm, "The code: batch normalisation")


def _table(z: object, found: object) -> None:
    import pandas as pd

    from lm_core.foundations.regularising import Normalised

    assert isinstance(found, Normalised)
    table = pd.DataFrame(
        {
            "feature no.": [1, 2, 3, 4],
            "mean before": found.mean,
            "std before": found.std,
            "mean standardised": found.standardised.mean(0).round(12) + 0.0,
            "std standardised": found.standardised.std(0),
            "mean after": found.output.mean(0).round(12) + 0.0,
            "std after": found.output.std(0),
        }
    )
    show_table(table, key="activations-bn", places=4)


def _pictures(z: object, found: object) -> None:
    import numpy as np

    from lm_core.charts.bin_bars import bin_bars

    for column, values, title, key in (
        (0, z, "What the layer gives", "before"),
        (1, found.output, "After batch normalisation", "after"),
    ):
        if column == 0:
            sides = st.columns(2)
        low, high = float(values.min()), float(values.max())
        edges = np.linspace(low, high + 1e-9 + 1e-6 * abs(high), BINS + 1)
        counts = {
            f"feature {i + 1}": np.histogram(values[:, i], edges)[0].tolist() for i in range(4)
        }
        with sides[column]:
            chart = bin_bars(
                edges, counts, title=title, x="number given on", y="number of examples"
            )
            show_chart(chart, key=f"activations-bn-{key}")
