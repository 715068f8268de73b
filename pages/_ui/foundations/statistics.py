"""Statistics of a city that is made by chance, and histograms with a slider for the bins."""

import streamlit as st

from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table

VALUES = {
    "twelve": "Twelve values",
    "height": "Heights of the city",
    "weight": "Weights of the city",
}


def show() -> None:
    """The part of the screen."""
    import pandas as pd

    from lm_core.foundations import arrays

    st.write(
        "The first look at data is a few numbers that stand for all: the mean, the median (the one "
        "in the middle), how far they spread, and whether two things go together. Here a city's "
        "adults are asked for height and weight; they are made by chance, from a seed."
    )
    left, middle, right = st.columns(3)
    people = left.slider("People", 100, 5000, 5000, 100, key="arrays-people", bind="query-params")
    tall = middle.slider(
        "Mean height (m)", 1.5, 2.0, 1.75, 0.05, key="arrays-tall", bind="query-params"
    )
    seed = right.number_input("Seed", 0, 2**31 - 1, 123, key="arrays-city", bind="query-params")
    city = arrays.city(people, seed=seed, height=(tall, 0.2))
    rows = []
    for name, column in (("height (m)", city[:, 0]), ("weight (kg)", city[:, 1])):
        one = arrays.summary(column)
        rows.append((name, one.mean, one.median, one.std, one.least, one.largest))
    columns = ["of what", "mean", "median", "std", "least value", "largest value"]
    show_table(pd.DataFrame(rows, columns=columns), key="arrays-summary", places=4)
    r = arrays.correlation(city[:, 0], city[:, 1])
    off = 0.2 / people**0.5
    st.markdown(
        f"**What to notice.** Drawn from a normal distribution with mean {tall:g} and spread 0.2, "
        f"the mean of {people:,} people is {rows[0][1]:.4f}: so many miss it by about {off:.4f}. "
        f"Height and weight are drawn apart, so their correlation is near 0: **{r:.4f}**. A mean "
        "weight of 2,000 kilograms would say that something is wrong with the data."
    )
    st.header("Histogram")
    which = switch("Which values", VALUES, key="arrays-values")
    _bins({"height": city[:, 0], "weight": city[:, 1]}.get(which), which)
    show_source(arrays.histogram, "The code: a histogram")


def _bins(values: object, which: str) -> None:
    import numpy as np

    from lm_core.charts.bin_bars import bin_bars
    from lm_core.foundations import arrays

    unit = {"height": "height (m)", "weight": "weight (kg)"}.get(which, "value")
    values = np.array(arrays.TWELVE) if values is None else values
    bins = st.slider("Bins", 1, 100, 3, key="arrays-bins", bind="query-params")
    found = arrays.histogram(values, bins)
    title = f"{len(values):,} values in {bins:,} bins"
    chart = bin_bars(found.edges, {"values": found.counts.tolist()}, title=title, x=unit)
    show_chart(chart, key="arrays-histogram")
    if len(found.counts) <= 12:
        st.markdown(f"Counts by bin: **{', '.join(map(str, found.counts.tolist()))}**")
    empty = int((found.counts == 0).sum())
    st.markdown(
        f"**What to notice.** Each bin is {found.edges[1] - found.edges[0]:.3g} wide, and {empty} "
        "of them are empty. Too few bins hide the details, too many hide the picture; ten is what "
        "NumPy and Matplotlib take when nobody says."
    )
