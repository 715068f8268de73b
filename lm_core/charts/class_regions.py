"""What a model says of every place of a plane, and the examples that lie there."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import PALETTE, legend_below, style_figure

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")


def class_regions(
    x: np.ndarray,
    y: np.ndarray,
    said: np.ndarray,
    points: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    *,
    title: str,
    names: tuple[str, str],
    height: int = 380,
) -> Chart:
    """Regions in the pale colours of their classes; each example in the colour and with the sign of
    its own.

    Args:
        x, y: values of the two features, (X,) and (Y,).
        said: the class at each place, (Y, X).
        points, labels: the examples (N, 2) and their classes (N,).
        names: of the two features.
    """
    K = len(classes)
    figure = go.Figure()
    colors = [PALETTE[k % len(PALETTE)] for k in range(K)]
    scale = [(edge, colors[k]) for k in range(K) for edge in (k / K, (k + 1) / K)]
    figure.add_heatmap(
        x=x,
        y=y,
        z=said,
        zmin=-0.5,
        zmax=K - 0.5,
        colorscale=scale,
        showscale=False,
        opacity=0.3,
        hoverinfo="skip",
    )
    for k, name in enumerate(classes):
        some = points[labels == k]
        figure.add_scatter(
            x=some[:, 0],
            y=some[:, 1],
            name=words.escaped(name),
            mode="markers",
            marker={
                "color": colors[k],
                "symbol": SYMBOLS[k % len(SYMBOLS)],
                "size": 7,
                "line": {"color": "white", "width": 0.7},
            },
            hovertemplate="%{x:.3g}, %{y:.3g}",
        )
    one, other = names
    style_figure(figure, title=title, x=words.escaped(one), y=words.escaped(other), height=height)
    if len(x) and len(y):
        figure.update_xaxes(range=[float(x[0]), float(x[-1])], showgrid=False)
        figure.update_yaxes(range=[float(y[0]), float(y[-1])], showgrid=False)
    legend_below(figure)
    table = pd.DataFrame({one: points[:, 0], other: points[:, 1]})
    table["class"] = [classes[k] for k in labels]
    shares = [float((said == k).mean()) if said.size else 0.0 for k in range(K)]
    parts = [
        f"{name} has {words.percent(share)} of the plane"
        for name, share in zip(classes, shares, strict=True)
    ]
    return Chart(title, figure, f"{title}: {'; '.join(parts)}.", table)
