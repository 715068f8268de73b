"""Two ways to search for two settings: where each has looked, on a map of what there is to find."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, VERMILLION, color_scale, legend_below, style_figure

LOOKS = ((BLUE, "square"), (VERMILLION, "triangle-up"))  # of one way, of the other
FLOOR = 1e-12  # losses below it are alike on a scale of powers


def coverage(
    x: np.ndarray,
    y: np.ndarray,
    heights: np.ndarray,
    ways: Mapping[str, tuple[np.ndarray, np.ndarray]],
    *,
    title: str,
    names: Sequence[str],
    unit: str,
    dark: bool = False,
    height: int = 440,
) -> Chart:
    """A map with the points of at most two ways on it; each way's lowest point is larger.

    Args:
        x: powers of ten of the first setting, (X,).
        y: values of the second, (Y,).
        heights: (Y, X), at least 0; NaN is blank.
        ways: name -> its points (n, 2), in the units of x and y, and what each came to (n,).
        names: of the two settings.
        unit: of the heights.
    """
    figure, rows, said = go.Figure(), [], []
    figure.add_heatmap(
        x=10**x,
        y=y,
        z=np.log10(np.maximum(heights, FLOOR)),
        colorscale=color_scale(dark),
        reversescale=True,
        colorbar={"tickprefix": "1e", "thickness": 12, "dtick": 1},
        customdata=heights,
        hovertemplate="%{x:.2g}, %{y:.3f}: %{customdata:.3g}<extra></extra>",
        hoverongaps=False,
    )
    for (way, (points, found)), (color, symbol) in zip(ways.items(), LOOKS, strict=False):
        best = np.nanargmin(found)
        figure.add_scatter(
            x=10 ** points[:, 0],
            y=points[:, 1],
            name=words.escaped(way),
            mode="markers",
            marker={
                "color": color,
                "symbol": symbol,
                "size": [17 if k == best else 9 for k in range(len(points))],
                "line": {"color": "white", "width": 1.5},
            },
            customdata=found,
            hovertemplate="%{x:.2g}, %{y:.3f}: %{customdata:.3g}",
        )
        rates = (10 ** points[:, 0]).tolist()
        rows += [(way, *row) for row in zip(rates, points[:, 1].tolist(), found, strict=True)]
        said.append(
            f"{way} comes down to {found[best]:.3g} at {rates[best]:.2g} and {points[best, 1]:.3f}"
        )
    style_figure(figure, title=title, x=names[0], y=names[1], height=height)
    powers = [10.0**k for k in range(math.ceil(x[0]), math.floor(x[-1]) + 1)]
    figure.update_xaxes(type="log", range=[float(x[0]), float(x[-1])], showgrid=False)
    figure.update_xaxes(tickvals=powers, ticktext=[f"{one:g}" for one in powers])
    figure.update_yaxes(range=[float(y[0]), float(y[-1])], showgrid=False)
    legend_below(figure)
    table = pd.DataFrame(rows, columns=["way", *names, unit])
    return Chart(title, figure, f"{title}: {'; '.join(said)}.", table)
