"""Forecasts beside what came, errors by how far ahead they are, and what is left over."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.series.known import Known
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import numpy as np

SHOWN = 48  # values before the forecast


def forecast_picture(about: Known, said: "dict[str, np.ndarray]") -> None:
    """One window of the validation part, which the reader chooses."""
    from datetime import datetime, timedelta

    from lm_core.charts.lines import Line, line_chart
    from lm_core.figures import moment

    n = len(about.seen)
    at = st.slider(
        "Window",
        1,
        max(2, n),
        1 + n // 2,
        key="forecast-window",
        bind="query-params",
        help="Of the validation part; each begins one value later.",
    )
    at = min(at, n) - 1
    seen, came = about.seen[at][-SHOWN:].tolist(), about.following[at].tolist()
    lines = [Line("seen", seen, 1 - len(seen), grey=True), Line("what came", came, 1, strong=True)]
    lines += [Line(name, one[at].tolist(), 1) for name, one in said.items()]
    now = datetime.fromisoformat(about.window) + timedelta(
        minutes=about.minutes * (at + about.seen.shape[1] - 1)
    )
    off = {name: float(abs(one[at] - about.following[at]).mean()) for name, one in said.items()}
    best = min(off, key=off.get)
    alt = (
        f"Forecasts from {moment(now)}: nearest to what came is {best}, on average "
        f"{off[best]:.3g} {about.measure} off."
    )
    chart = line_chart(
        lines,
        title="Forecasts and what came",
        x="steps from now",
        y=about.measure,
        alt=alt,
        now=True,
        height=380,
    )
    show_chart(chart, key="forecast-picture")
    st.caption(plain(alt))


def errors(about: Known, said: "dict[str, np.ndarray]") -> None:
    """By how far ahead, as a picture, and over all as a table."""
    import pandas as pd

    from lm_core.charts.lines import Line, line_chart

    far = {name: abs(one - about.following).mean(0) for name, one in said.items()}
    lines = [Line(name, one.tolist(), 1) for name, one in far.items()]
    ends = ", ".join(f"{name} {one[0]:.3g} and {one[-1]:.3g}" for name, one in far.items())
    alt = f"Mean error one step ahead and at the end, in {about.measure}: {ends}."
    title = "Error by how far ahead"
    chart = line_chart(
        lines, title=title, x="steps ahead", y=f"mean error, {about.measure}", alt=alt, log=True
    )
    show_chart(chart, key="forecast-horizon")
    squares = {
        name: float(((one - about.following) ** 2).mean()) / about.std**2
        for name, one in said.items()
    }
    rows = [
        {
            "forecast": name,
            "squared error, in variances": squares[name],
            f"mean error, {about.measure}": float(far[name].mean()),
        }
        for name in sorted(squares, key=squares.get)
    ]
    show_table(pd.DataFrame(rows), key="forecast-errors", places=5, widths={"forecast": 240})
    st.markdown(notice(squares))


def notice(squares: dict[str, float]) -> str:
    """Who is ahead, and by how much."""
    order = sorted(squares, key=squares.get)
    said = f"**What to notice:** the smallest error has {plain(order[0])}."
    before = squares.get("Same time before")
    others = [name for name in order if name not in ("Last value", "Same time before")]
    if before and others:
        shares = ", ".join(f"{plain(name)} {squares[name] / before:.3g}" for name in others)
        said += (
            f" As a multiple of the squared error of *Same time before*: {shares}; below 1 is "
            "better than looking at yesterday."
        )
    return said


def residuals(about: Known, said: "dict[str, np.ndarray]") -> None:
    """What one forecast leaves over."""
    from lm_core.charts.lines import spread_chart

    name = st.selectbox(
        "Residuals of",
        list(said)[::-1],
        format_func=readable,
        key="forecast-residuals",
        bind="query-params",
    )
    off = (about.following - said[name]).reshape(-1)
    chart = spread_chart(off, title="What came less the forecast", x=about.measure)
    show_chart(chart, key="forecast-spread")
    st.caption(
        f"On average {off.mean():+.3g} {plain(about.measure)}: a forecast whose mean is not 0 is "
        "always too low or too high. What is left over should have no pattern that could be "
        "learned."
    )
