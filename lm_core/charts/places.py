"""How a model tells places apart: how alike two are by distance, and one pair of numbers turned."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, DASHES, GREY, PALETTE, VERMILLION, legend_below, style_figure

HEIGHT, ROUND = 340, 360  # pixels
MOST = 12  # lines that can be told apart


def alike_lines(lines: Mapping[str, Sequence[float]], *, y: str, title: str) -> Chart:
    """A line over the distance for each name; without names above one there is no legend.

    Args:
        lines: name -> values at distance 0, 1, 2 ...; the first MOST are drawn.
        y: what they are, with its unit.
    """
    figure = go.Figure()
    for n, (name, values) in enumerate(list(lines.items())[:MOST]):
        figure.add_scatter(
            x=list(range(len(values))),
            y=list(values),
            mode="lines",
            name=words.escaped(name),
            line={
                "color": PALETTE[n % len(PALETTE)],
                "dash": list(DASHES)[n % len(DASHES)],
                "width": 2,
            },
            hovertemplate="%{x} apart: %{y:.3f}<extra></extra>",
        )
    style_figure(figure, title=title, x="tokens apart", y=y, height=HEIGHT)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    if len(lines) > 1:
        legend_below(figure)
    else:
        figure.update_layout(showlegend=False)
    table = pd.DataFrame(
        [
            {"line": name, "tokens apart": d, y: value}
            for name, values in lines.items()
            for d, value in enumerate(values)
        ],
        columns=["line", "tokens apart", y],
    )
    return Chart(title, figure, f"{title}: {read_alike(lines)}", table)


def read_alike(lines: Mapping[str, Sequence[float]]) -> str:
    """What is left next door and half-way, line by line for the first three."""
    said = []
    for name, values in list(lines.items())[:3]:
        if len(values) < 3:
            continue
        half = len(values) // 2
        said.append(
            f"{name} {values[0]:.2f} at the same place, {values[1]:.2f} one token apart and "
            f"{values[half]:.2f} at {half} apart"
        )
    return "; ".join(said) + "." if said else "there is no distance to draw."


def turned_pair(
    before: tuple[float, float],
    after: tuple[float, float],
    *,
    pair: int,
    place: int,
    degrees: float,
) -> Chart:
    """Two arrows in one circle: a pair of numbers before and after its place has turned it.

    Args:
        before, after: of one length.
        pair, place: counted from 0; the words count pairs from 1, places from 0.
        degrees: by how much, as it stands in the circle.
    """
    title = f"Pair {pair + 1}, turned by {degrees:.0f}°"
    size = max(math.hypot(*before), 1e-9)
    round_ = np.linspace(0, 2 * math.pi, 90)
    figure = go.Figure()
    figure.add_scatter(
        x=size * np.cos(round_),
        y=size * np.sin(round_),
        mode="lines",
        line={"color": GREY, "width": 1, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
    arrows = (("before", before, GREY, "dash"), (f"at place {place}", after, BLUE, "solid"))
    for name, (x, y), color, dash in arrows:
        figure.add_scatter(
            x=[0, x],
            y=[0, y],
            mode="lines+markers",
            name=name,
            line={"color": color, "dash": dash, "width": 3},
            marker={"size": [1, 9], "color": VERMILLION if dash == "solid" else color},
            hovertemplate=f"{name}: (%{{x:.3f}}, %{{y:.3f}})<extra></extra>",
        )
    style_figure(figure, title=title, x="first number", y="second number", height=ROUND)
    reach = [-1.15 * size, 1.15 * size]
    figure.update_xaxes(range=reach, fixedrange=True, constrain="domain")
    figure.update_yaxes(range=reach, fixedrange=True, scaleanchor="x", constrain="domain")
    legend_below(figure)
    table = pd.DataFrame(
        [("before", *before), (f"at place {place}", *after)],
        columns=["when", "first number", "second number"],
    )
    said = (
        f"{title}: from ({before[0]:.3f}, {before[1]:.3f}) to ({after[0]:.3f}, {after[1]:.3f}), "
        f"of length {size:.3f} both times."
    )
    return Chart(title, figure, said, table)
