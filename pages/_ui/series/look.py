"""A series as it was measured, its three parts, and what a window of it is."""

from itertools import pairwise

import streamlit as st

from pages._ui.series.known import Known
from pages._ui.shared.show import show_chart, show_source


def look(about: Known) -> None:
    """The picture of all of it, and one window."""
    from datetime import datetime, timedelta

    from lm_core.charts.lines import Line, line_chart
    from lm_core.figures import moment
    from lm_core.series import mending, splits

    step = timedelta(minutes=about.minutes)
    begin = datetime.fromisoformat(about.begin)
    cuts = (0, *about.ends, len(about.values))
    lines = [
        Line(name, about.values[a:b].tolist(), x=[begin + k * step for k in range(a, b)])
        for name, (a, b) in zip(("training", "validation", "test"), pairwise(cuts), strict=True)
    ]
    low, high = float(about.values.min()), float(about.values.max())
    unit = about.measure
    alt = (
        f"{len(about.values):,} values from {low:.3g} to {high:.3g} {unit}, beginning on "
        f"{moment(begin)}; the first {about.ends[0]:,} train, the next "
        f"{about.ends[1] - about.ends[0]:,} validate, the others test."
    )
    show_chart(
        line_chart(lines, title="The series and its parts", x="time", y=unit, alt=alt),
        key="forecast-series",
    )
    st.markdown(
        "**What to notice:** the parts follow each other in time. A split at random would let a "
        "model look ahead: the neighbours of nearly every value it is asked for would be among "
        "those it learned from. Mean and standard deviation come from the training part alone."
    )
    n_seen, n_ahead = about.seen.shape[1], about.following.shape[1]
    st.header("One window")
    seen, came = about.seen[0].tolist(), about.following[0].tolist()
    pair = [
        Line("seen", seen, 1 - n_seen, grey=True),
        Line("to be forecast", came, 1, strong=True),
    ]
    hours = n_seen * about.minutes / 60
    alt = (
        f"A window: {n_seen} values are seen, {hours:g} hours of them, and {n_ahead} that follow "
        "are to be forecast."
    )
    show_chart(
        line_chart(
            pair, title="A window", x="steps from now", y=unit, alt=alt, now=True, height=280
        ),
        key="forecast-window-picture",
    )
    st.markdown(
        f"A window has {n_seen} values, which at {about.minutes:g} minutes each are "
        f"{hours:g} hours; the next window begins one value later. In the course a value each "
        "quarter of an hour gives 24 · 4 = 96 values for a day."
    )
    show_source(splits, "The code: parts and windows")
    show_source(mending, "The code: how gaps are mended")
