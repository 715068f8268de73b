"""The gradient check as a picture: how wrong a nudged slope is, by the size of the nudge."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREEN, VERMILLION, Style, legend_below, style_figure

TITLE = "How wrong the nudged slope is"
STYLES = (Style(BLUE, "solid"), Style(VERMILLION, "dash"), Style(GREEN, "dot"))
EXACT = 1e-17  # an error of 0 has no place on an axis of powers


def errors_by_size(sizes: Sequence[float], errors: Mapping[str, Sequence[float]]) -> Chart:
    """Relative errors, a line for each way to nudge.

    Args:
        sizes: h, of each point.
        errors: name of the way -> error at each size.
    """
    figure = go.Figure()
    for style, (name, values) in zip(STYLES, errors.items(), strict=False):
        figure.add_scatter(
            x=list(sizes),
            y=[max(value, EXACT) if math.isfinite(value) else None for value in values],
            mode="lines+markers",
            name=name,
            line={"color": style.color, "dash": style.dash, "width": 2},
            hovertemplate=f"{name}, h = %{{x:.0e}}: %{{y:.1e}}<extra></extra>",
        )
    style_figure(figure, title=TITLE, x="size h of the nudge", y="relative error", height=340)
    figure.update_xaxes(type="log", exponentformat="power", dtick=2, fixedrange=True)
    figure.update_yaxes(type="log", exponentformat="power", fixedrange=True)
    legend_below(figure)
    table = pd.DataFrame({"h": list(sizes), **{n: list(v) for n, v in errors.items()}})
    said = [
        f"{name} is best at h = {sizes[best]:.0e} (error {values[best]:.1e})"
        for name, values in errors.items()
        if len(values) and (best := min(range(len(values)), key=values.__getitem__)) is not None
    ]
    return Chart(TITLE, figure, f"{TITLE}: {'; '.join(said) or 'nothing was nudged'}.", table)
