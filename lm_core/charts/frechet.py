"""Two normal distributions in the plane as ellipses."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, VERMILLION, legend_below, style_figure

REACH = 8.0


def two_ellipses(
    outlines: Sequence[Sequence[np.ndarray]], names: Sequence[str], *, squared: float
) -> Chart:
    """Lines one and two spreads away from each middle.

    Args:
        outlines: of each distribution some closed lines, (N, 2), the inner one first.
        squared: the squared Fréchet distance.
    """
    title, figure = "Two distributions of features", go.Figure()
    middles = []
    for lines, name, color, dash, symbol in zip(
        outlines, names, (BLUE, VERMILLION), ("solid", "dash"), ("circle", "diamond"), strict=True
    ):
        middle = np.mean([line[:-1].mean(0) for line in lines], axis=0)
        middles.append(middle)
        for k, line in enumerate(lines):
            figure.add_scatter(
                x=line[:, 0],
                y=line[:, 1],
                mode="lines",
                name=name,
                legendgroup=name,
                showlegend=k == 0,
                line={"color": color, "width": 2.5 - k, "dash": dash},
                fill="toself" if k == 0 else "none",
                opacity=0.8,
                hoverinfo="skip",
            )
        figure.add_scatter(
            x=[middle[0]],
            y=[middle[1]],
            mode="markers",
            showlegend=False,
            marker={"color": color, "size": 11, "symbol": symbol},
            hovertemplate=f"{name}: %{{x:.2f}}, %{{y:.2f}}<extra></extra>",
        )
    style_figure(figure, title=title, x="first feature", y="second feature", height=420)
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(range=[-REACH, REACH], fixedrange=True, constrain="domain")
    figure.update_yaxes(range=[-REACH, REACH], fixedrange=True, scaleanchor="x", constrain="domain")
    rows = [
        (name, k + 1, x, y)
        for lines, name in zip(outlines, names, strict=True)
        for k, line in enumerate(lines)
        for x, y in line
    ]
    table = pd.DataFrame(
        rows, columns=["distribution", "spreads away", "first feature", "second feature"]
    )
    apart = float(np.linalg.norm(middles[0] - middles[1]))
    alt = f"{title}: their middles are {apart:.2f} apart; d² is {squared:.4f}."
    return Chart(title, figure, alt, table)
