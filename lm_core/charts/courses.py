"""Several figures over one number that grows: steps, the strength of noise, a place on a way."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, GREY, PALETTE, legend_below, style_figure


def courses(
    x: Sequence[float],
    values: Mapping[str, Sequence[float]],
    *,
    title: str,
    over: str,
    unit: str,
    at: float | None = None,
    level: tuple[str, float] | None = None,
    log: bool = False,
    low: float | None = None,
    high: float | None = None,
    height: int = 320,
) -> Chart:
    """A line for each figure.

    Args:
        x: where it was looked at, rising.
        values: by name; a value that is not finite is left out.
        over: what x is, with its unit; `unit` is what the values are counted in.
        at: a place that is marked.
        level: a name and a height across the whole picture.
        log: x by factors.
        low, high: of the y axis.
    """
    figure, dashes = go.Figure(), list(DASHES)
    for n, (name, line) in enumerate(values.items()):
        figure.add_scatter(
            x=list(x),
            y=list(line),
            name=name,
            mode="lines+markers",
            marker={"size": 5},
            line={"color": PALETTE[n % len(PALETTE)], "dash": dashes[n % len(dashes)], "width": 2},
            hovertemplate=f"{name}: %{{y:.4g}}<extra>%{{x:,.4g}}</extra>",
        )
    if level is not None and len(x):
        figure.add_scatter(
            x=[min(x), max(x)],
            y=[level[1]] * 2,
            name=level[0],
            mode="lines",
            line={"color": GREY, "width": 1, "dash": "dot"},
            hoverinfo="skip",
        )
    if at is not None:
        figure.add_vline(x=at, line={"color": GREY, "width": 2})
    style_figure(figure, title=title, x=over, y=unit, height=height)
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(type="log" if log else "linear", nticks=7, fixedrange=True)
    bounds = {} if low is None or high is None else {"range": [low, high]}
    figure.update_yaxes(fixedrange=True, **bounds)
    table = pd.DataFrame(
        {over: list(x), **{f"{name} ({unit})": list(v) for name, v in values.items()}}
    )
    said = [
        f"{name} from {line[0]:.3g} to {line[-1]:.3g}, between {np.nanmin(line):.3g} and "
        f"{np.nanmax(line):.3g}"
        for name, line in values.items()
        if len(line) and np.isfinite(line).any()
    ]
    marked = "" if at is None else f"; marked: {at:.4g}"
    alt = f"{title}, {words.count(len(x), 'place')}: {'; '.join(said) or 'none yet'}{marked}."
    return Chart(title, figure, alt, table)
