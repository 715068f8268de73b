"""Bars to both sides of zero: what each part of a model adds to the logit of a token."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.matrices import written
from lm_core.charts.theme import BLUE, GREY, VERMILLION, style_figure

MOST = 14  # bars; the rest is one bar more
BAR, AROUND = 25, 96  # pixels: of a bar, and of what is around all of them


def contribution_bars(parts: Sequence[str], values: Sequence[float], *, token: str) -> Chart:
    """A bar a part, in the order of the network; of many the largest, all others in one bar.

    Args:
        parts: names, no two alike.
        values: what each adds to the logit; they sum to it.
        token: whose logit.
    """
    values = np.asarray(values, dtype=float)
    drawn, others = _largest(values)
    names, bars = [parts[i] for i in drawn], [float(values[i]) for i in drawn]
    if others:
        names.append(f"{len(others)} others")
        bars.append(float(values[others].sum()))
    title = f"What adds to the logit of “{token}”"
    figure = go.Figure(
        go.Bar(
            x=bars,
            y=np.arange(len(bars)),
            orientation="h",
            marker_color=[_color(value, i >= len(drawn)) for i, value in enumerate(bars)],
            text=[signed(value) for value in bars],
            textposition="outside",
            cliponaxis=False,
            customdata=[words.escaped(name) for name in names],
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    style_figure(
        figure,
        title=words.escaped(title),
        x="share of the logit",
        height=AROUND + BAR * max(3, len(bars)),
    )
    low, high = min([0.0, *bars]), max([0.0, *bars])
    room = 0.2 * (high - low or 1)  # for the numbers at the ends
    figure.update_xaxes(
        range=[low - room * (low < 0), high + room], fixedrange=True, zeroline=True, nticks=6
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=np.arange(len(bars)),
        ticktext=[words.escaped(words.shorten(name, 22)) for name in names],
        range=[len(bars) - 0.5, -0.5],
        showgrid=False,
        fixedrange=True,
    )
    figure.update_layout(bargap=0.25, showlegend=False)
    table = pd.DataFrame({"part": list(parts), "adds to the logit": values})
    return Chart(title, figure, f"{title}: {read_contributions(parts, values)}", table)


def read_contributions(parts: Sequence[str], values: Sequence[float]) -> str:
    """The sum, what adds most and what takes off most."""
    if not len(values):
        return "nothing was measured yet."
    best, worst = int(np.argmax(values)), int(np.argmin(values))
    says = f"{written(float(np.sum(values)))} in all; most from {parts[best]} "
    says += f"({signed(values[best])})"
    if values[worst] < 0:
        says += f", and {parts[worst]} takes off most ({signed(values[worst])})"
    return says + "."


def signed(value: float) -> str:
    """With its sign: +1.25, −0.30."""
    text = written(abs(float(value)))
    return f"−{text}" if value < 0 and float(text or 0) else f"+{text}"


def _color(value: float, rest: bool) -> str:
    if rest:
        return GREY
    return VERMILLION if value < 0 else BLUE


def _largest(values: np.ndarray) -> tuple[list[int], list[int]]:
    """Which have a bar, in their order, and which share one."""
    order = np.argsort(-np.abs(values), kind="stable").tolist()
    if len(order) <= MOST + 1:
        return sorted(order), []
    return sorted(order[:MOST]), sorted(order[MOST:])
