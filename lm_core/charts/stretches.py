"""Probabilities laid end to end on a line as long as 1, and where a number fell on it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import VERMILLION, ink, scale_color, style_figure

ROOM = 0.03  # of the line, below which a name does not fit into its stretch


def stretch_line(
    tokens: Sequence[str],
    probabilities: Sequence[float],
    *,
    number: float | None = None,
    title: str = "A line as long as 1",
    dark: bool = False,
    height: int = 150,
) -> Chart:
    """A stretch for each token, as long as its probability, in the order given.

    Args:
        tokens: their texts; equal ones are numbered apart.
        probabilities: of each, as shares of one.
        number: from 0 to 1; marked, where there is one.
        dark: use the colours made for a dark page.
    """
    labels, shares = words.unique_labels(tokens), np.asarray(probabilities, dtype=float)
    ends = shares.cumsum()
    figure = go.Figure()
    shown = 0
    for label, share, end in zip(labels, shares, ends, strict=True):
        if share <= 0:
            continue
        color = scale_color((0.25, 0.6)[shown % 2], dark)  # neighbours are told apart
        shown += 1
        figure.add_bar(
            x=[share],
            y=[0],
            orientation="h",
            marker={"color": color},
            text=[words.escaped(words.shorten(label, 6)) if share >= ROOM else ""],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": ink(color)},
            hovertemplate=f"{words.escaped(label)}: {words.percent(share)}, "
            f"{end - share:.3f} to {end:.3f}<extra></extra>",
        )
    if number is not None:
        figure.add_scatter(
            x=[number],
            y=[0.62],
            mode="markers",
            marker={"color": VERMILLION, "symbol": "triangle-down", "size": 15},
            cliponaxis=False,
            hovertemplate=f"the number {number:.4f}<extra></extra>",
        )
    style_figure(figure, title=words.escaped(title), height=height)
    figure.update_layout(barmode="stack", bargap=0, hovermode="closest", showlegend=False)
    share_ticks(figure)
    figure.update_xaxes(range=[0, 1])
    figure.update_yaxes(visible=False, fixedrange=True, range=[-0.5, 0.8])
    table = pd.DataFrame(
        {
            "token": labels,
            "probability (share of 1)": shares,
            "from": ends - shares,
            "to": ends,
        }
    )
    return Chart(title, figure, _alt(labels, shares, ends, number), table)


def _alt(labels: list[str], shares: np.ndarray, ends: np.ndarray, number: float | None) -> str:
    if not len(labels):
        return "A line of probabilities, still empty."
    longest = int(shares.argmax())
    said = f"The longest stretch is that of {labels[longest]} ({words.percent(shares[longest])})"
    if number is None:
        return f"{said}."
    at = min(int(np.searchsorted(ends, number, side="right")), len(labels) - 1)
    return (
        f"{said}. The number {number:.4f} lies in that of {labels[at]}, "
        f"{ends[at] - shares[at]:.4f} to {ends[at]:.4f}."
    )
