"""A landscape of two weights seen from above, and the paths of those who go down on it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, PALETTE, VERMILLION, color_scale, legend_below
from lm_core.charts.theme import style_figure as styled

LINES = 18  # of equal height
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")


def surface_paths(
    x: np.ndarray,
    y: np.ndarray,
    heights: np.ndarray,
    paths: Mapping[str, np.ndarray],
    *,
    lows: Sequence[tuple[float, float]] = (),
    title: str,
    dark: bool = False,
    height: int = 460,
) -> Chart:
    """Draw lines of equal height, closer together near the lowest, and a line for each path.

    Args:
        x, y: values of the two weights, (X,) and (Y,).
        heights: (Y, X), the loss at each place.
        paths: name -> the places (steps + 1, 2), NaN from where it was lost.
        lows: the lowest places, marked.
    """
    figure, rows, said = go.Figure(), [], []
    drawn = np.log10(heights - heights.min() + 0.02 * np.ptp(heights) / 4 + 1e-9)
    figure.add_contour(
        x=x,
        y=y,
        z=drawn,
        ncontours=LINES,
        colorscale=color_scale(dark),
        reversescale=True,
        showscale=False,
        line={"width": 0.6},
        opacity=0.75,
        customdata=heights,
        hovertemplate="w₁ %{x:.2f}, w₂ %{y:.2f}: loss %{customdata:.4g}<extra></extra>",
    )
    for n, (name, path) in enumerate(paths.items()):
        known = path[np.isfinite(path).all(1)]
        color, dash = PALETTE[(n + 1) % len(PALETTE)], list(DASHES)[n % len(DASHES)]
        figure.add_scatter(
            x=known[:, 0],
            y=known[:, 1],
            name=words.escaped(name),
            mode="lines",
            line={"color": color, "dash": dash, "width": 2.5},
            hovertemplate="w₁ %{x:.3f}, w₂ %{y:.3f}",
        )
        figure.add_scatter(
            x=known[-1:, 0],
            y=known[-1:, 1],
            mode="markers",
            marker={
                "color": color,
                "size": 12,
                "symbol": SYMBOLS[n % len(SYMBOLS)],
                "line": {"color": "white", "width": 1.5},
            },
            showlegend=False,
            hoverinfo="skip",
        )
        rows += [(name, step, a, b) for step, (a, b) in enumerate(path.tolist())]
        where = f"at ({known[-1, 0]:.3g}, {known[-1, 1]:.3g})"
        lost = " before it was lost" if len(known) < len(path) else ""
        said.append(f"{name} is {where}{lost}")
    if lows:
        figure.add_scatter(
            x=[low[0] for low in lows],
            y=[low[1] for low in lows],
            name="lowest",
            mode="markers",
            marker={"symbol": "star", "size": 14, "color": VERMILLION},
            hoverinfo="skip",
        )
    styled(figure, title=title, x="w₁", y="w₂", height=height)
    figure.update_xaxes(range=[float(x[0]), float(x[-1])], showgrid=False)
    figure.update_yaxes(range=[float(y[0]), float(y[-1])], showgrid=False)
    legend_below(figure)
    table = pd.DataFrame(rows, columns=["of", "step", "w₁", "w₂"])
    if not said:
        return Chart(title, figure, f"{title}, empty: nobody goes down on it.", table)
    return Chart(title, figure, f"{title}. At the end {'; '.join(said)}.", table)
