"""Curves and points in a plane: a loss over a weight, a tangent, a function and its slope."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, PALETTE, VERMILLION, legend_below, style_figure


@dataclass(frozen=True)
class Curve:
    """A line through points; what is not finite is left out of the picture."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class Point:
    """A place, with what stands beside it."""

    x: float
    y: float
    said: str = ""


def plane(
    curves: Sequence[Curve],
    points: Sequence[Point] = (),
    *,
    title: str,
    x: str,
    y: str,
    says: str,
    path: bool = False,
    across: tuple[float, float] | None = None,
    up: tuple[float, float] | None = None,
    equal: bool = False,
    height: int = 360,
) -> Chart:
    """Each curve with a colour and a dash of its own, points as diamonds.

    Args:
        x, y: titles of the axes with their units.
        says: what is to be seen, for who cannot see it.
        path: join the points in their order; the last is the largest.
        across, up: what the axes show; all there is when None.
        equal: one is as long up as across.
    """
    figure, dashes = go.Figure(), list(DASHES)
    for n, curve in enumerate(curves):
        figure.add_scatter(
            x=list(curve.x),
            y=[value if math.isfinite(value) else None for value in curve.y],
            name=words.escaped(curve.name),
            mode="lines",
            line={"color": PALETTE[n % len(PALETTE)], "dash": dashes[n % len(dashes)], "width": 2},
            hovertemplate="%{x:.4g}, %{y:.4g}<extra>%{fullData.name}</extra>",
        )
    if points:
        figure.add_scatter(
            x=[point.x for point in points],
            y=[point.y for point in points],
            mode="lines+markers+text" if path else "markers+text",
            text=[words.escaped(point.said) for point in points],
            textposition="top right",
            line={"color": VERMILLION, "width": 1},
            marker={
                "color": VERMILLION,
                "symbol": "diamond",
                "size": [13 if not path or i + 1 == len(points) else 6 for i in range(len(points))],
            },
            cliponaxis=not path,
            showlegend=False,
            hovertemplate="%{x:.4g}, %{y:.4g}<extra></extra>",
        )
    style_figure(figure, title=title, x=x, y=y, height=height)
    figure.update_xaxes(fixedrange=True, range=across)
    figure.update_yaxes(fixedrange=True, range=up)
    if equal:
        figure.update_yaxes(scaleanchor="x", scaleratio=1)
    legend_below(figure).update_layout(hovermode="closest", showlegend=len(curves) > 1)
    rows = [
        (curve.name, *place) for curve in curves for place in zip(curve.x, curve.y, strict=True)
    ]
    rows += [(point.said or f"point {n}", point.x, point.y) for n, point in enumerate(points, 1)]
    return Chart(
        title, figure, f"{title}: {says}", pd.DataFrame(rows, columns=["curve or point", x, y])
    )
