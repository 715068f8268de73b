"""Boxes on a plane, and the curve of precision over recall."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREY, VERMILLION, legend_below, style_figure

HEIGHT = 420


@dataclass(frozen=True)
class Drawn:
    """A box: left, top, right, bottom in pixels; its name, and how it is drawn."""

    x1: float
    y1: float
    x2: float
    y2: float
    name: str
    color: str = BLUE
    dash: str = "solid"
    filled: bool = False
    group: str = ""  # its entry in the legend; none where empty
    below: bool = False  # its name stands at the lower right corner, else at the upper left one


def boxes_drawn(
    drawn: Sequence[Drawn],
    *,
    title: str,
    width: float,
    height: float,
    alt: str,
    high: int = HEIGHT,
) -> Chart:
    """Boxes in a picture of so many pixels, y downwards.

    Args:
        alt: what is to be seen, after the title.
        high: pixels of the chart.
    """
    figure, groups = go.Figure(), set()
    for one in drawn:
        figure.add_scatter(
            x=[one.x1, one.x2, one.x2, one.x1, one.x1],
            y=[one.y1, one.y1, one.y2, one.y2, one.y1],
            mode="lines",
            name=words.escaped(one.group or one.name),
            legendgroup=one.group,
            showlegend=bool(one.group) and one.group not in groups,
            line={"color": one.color, "width": 2.5, "dash": one.dash},
            fill="toself" if one.filled else "none",
            opacity=0.9,
            hoverinfo="text",
            text=words.escaped(one.name),
        )
        groups.add(one.group)
    notes = [
        {
            "x": one.x2 if one.below else one.x1,
            "y": one.y2 if one.below else one.y1,
            "text": words.escaped(one.name),
            "showarrow": False,
            "xanchor": "right" if one.below else "left",
            "yanchor": "top" if one.below else "bottom",
            "font": {"size": 12},
        }
        for one in drawn
        if one.name
    ]
    style_figure(figure, title=title, x="x, in pixels", y="y, in pixels, downwards", height=high)
    figure.update_layout(annotations=notes, hovermode="closest")
    if groups - {""}:
        legend_below(figure)
    figure.update_xaxes(range=[0, width], fixedrange=True, showgrid=True, constrain="domain")
    figure.update_yaxes(
        range=[height, 0], fixedrange=True, showgrid=True, scaleanchor="x", constrain="domain"
    )
    rows = [(one.name, one.x1, one.y1, one.x2, one.y2, one.group) for one in drawn]
    names = ["box", "left (pixels)", "top (pixels)", "right (pixels)", "bottom (pixels)", "what"]
    return Chart(title, figure, f"{title}: {alt}", pd.DataFrame(rows, columns=names))


def precision_recall(
    recalls: Sequence[float],
    precisions: Sequence[float],
    falling: Sequence[tuple[float, float]],
    *,
    area: float,
    label: str,
) -> Chart:
    """A point for each prediction so far, the surest first, and the area under the falling curve.

    Args:
        falling: recall and precision, no precision below a later one.
        area: the average precision.
    """
    title = f"Precision over recall: “{label}”"
    figure = go.Figure()
    edge_x, edge_y, before = [], [], 0.0
    for recall, precision in falling:
        edge_x += [before, recall]
        edge_y += [precision, precision]
        before = recall
    if edge_x:
        figure.add_scatter(
            x=[0, *edge_x, before],
            y=[0, *edge_y, 0],
            mode="lines",
            fill="tozeroy",
            name="area: average precision",
            line={"color": GREY, "width": 1.5, "dash": "dot"},
            fillcolor="rgba(0,114,178,0.15)",
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=list(recalls),
        y=list(precisions),
        mode="lines+markers",
        name="prediction after prediction",
        line={"color": BLUE, "width": 2},
        marker={
            "size": [7] * (len(recalls) - 1) + [13] * bool(recalls),
            "color": [BLUE] * (len(recalls) - 1) + [VERMILLION] * bool(recalls),
        },
        hovertemplate="recall %{x:.3f}, precision %{y:.3f}<extra></extra>",
    )
    style_figure(
        figure,
        title=words.escaped(title),
        x="recall, share of what is there",
        y="precision, share of what was said",
        height=360,
    )
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(range=[-0.02, 1.05], fixedrange=True)
    figure.update_yaxes(range=[0, 1.08], fixedrange=True)
    table = pd.DataFrame(
        {
            "prediction": range(1, len(recalls) + 1),
            "recall (share of 1)": list(recalls),
            "precision (share of 1)": list(precisions),
        }
    )
    if not recalls:
        return Chart(title, figure, f"{title}, still empty: nothing was said.", table)
    alt = (
        f"{title}: after {words.count(len(recalls), 'prediction')} recall is {recalls[-1]:.3f} and "
        f"precision {precisions[-1]:.3f}; the area so far is {area:.3f}."
    )
    return Chart(title, figure, alt, table)


def windows_by_stride(
    strides: Sequence[int], counts: Sequence[int], *, formula: int, chosen: int
) -> Chart:
    """How many windows there are for each stride, on an axis by factors.

    Args:
        formula: the course's, a window at every pixel.
        chosen: the stride that is marked.
    """
    title, figure = "How many windows are tried", go.Figure()
    figure.add_scatter(
        x=list(strides),
        y=[max(1, one) for one in counts],
        mode="lines+markers",
        name="windows that fit",
        line={"color": BLUE, "width": 2},
        marker={
            "size": [13 if one == chosen else 6 for one in strides],
            "color": [VERMILLION if one == chosen else BLUE for one in strides],
        },
        hovertemplate="every %{x} pixels: %{y:,} windows<extra></extra>",
    )
    figure.add_scatter(
        x=[min(strides), max(strides)],
        y=[formula, formula],
        mode="lines",
        name="scales × ratios × width × height",
        line={"color": GREY, "width": 2, "dash": "dash"},
        hovertemplate="%{y:,}<extra></extra>",
    )
    style_figure(
        figure,
        title=title,
        x="stride, pixels between two windows",
        y="number of windows",
        height=320,
    )
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(type="log", tickvals=list(strides), fixedrange=True)
    figure.update_yaxes(type="log", dtick=1, fixedrange=True)
    table = pd.DataFrame({"stride (pixels)": strides, "windows": counts})
    alt = (
        f"{title}: {counts[0]:,} at a stride of {strides[0]}, {counts[-1]:,} at one of "
        f"{strides[-1]}; the formula gives {formula:,}."
    )
    return Chart(title, figure, alt, table)
