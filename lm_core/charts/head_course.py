"""Shares that changed while a model learned, step by step: what a head came to look at, how many
letters have one of their kind beside them."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, GREY, PALETTE, legend_below, style_figure

HEIGHT = 320


def head_course(
    steps: Sequence[int],
    shares: Mapping[str, Sequence[float]],
    *,
    at: int,
    title: str,
    changed: str = "what it gives {}",
) -> Chart:
    """A line a share, over the steps that were kept.

    Args:
        steps: in order, 1 or more.
        shares: name -> of 1, as many as steps; NaN has no point.
        at: the step that is looked at, which has an upright line.
        changed: what a share is, in words, {} being its name.
    """
    figure = go.Figure()
    for n, (name, values) in enumerate(shares.items()):
        figure.add_scatter(
            x=list(steps),
            y=[None if value != value else value for value in values],
            mode="lines+markers",
            name=words.escaped(name),
            line={"color": PALETTE[n % len(PALETTE)], "dash": list(DASHES)[n % len(DASHES)]},
            hovertemplate=f"{words.escaped(name)}, step %{{x:,}}: %{{y:.1%}}<extra></extra>",
        )
    figure.add_vline(x=at, line={"color": GREY, "width": 1})
    style_figure(figure, title=title, x="step (log scale)", y="share of 1", height=HEIGHT)
    figure.update_xaxes(type="log", fixedrange=True)
    figure.update_yaxes(range=[-0.02, 1.02], fixedrange=True)
    legend_below(figure)
    rows = [
        {"step": step, "share": name, "of 1": value}
        for name, values in shares.items()
        for step, value in zip(steps, values, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["step", "share", "of 1"])
    return Chart(title, figure, f"{title}: {read_course(steps, shares, changed)}", table)


def read_course(
    steps: Sequence[int],
    shares: Mapping[str, Sequence[float]],
    changed: str = "what it gives {}",
) -> str:
    """The share that changed most, from the first step to the last."""
    if len(steps) < 2 or not shares:
        return "a single step, so nothing has changed yet."
    moved = {name: v[-1] - v[0] for name, v in shares.items() if v[-1] == v[-1] and v[0] == v[0]}
    if not moved:
        return "nothing that can be compared."
    name = max(moved, key=lambda name: abs(moved[name]))
    first, last = shares[name][0], shares[name][-1]
    return (
        f"from step {steps[0]:,} to step {steps[-1]:,} {changed.format(name)} changed most, from "
        f"{words.percent(first)} to {words.percent(last)}."
    )
