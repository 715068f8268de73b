"""Loss against parameters or text at each budget of operations, both by factors, with the line of
the law that was laid through all runs and the best size of each budget."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILLION,
    legend_below,
    style_figure,
)

HEIGHT = 460
LOOKS = (
    (BLUE, "circle", "solid"),
    (VERMILLION, "square", "dash"),
    (GREEN, "diamond", "dashdot"),
    (PURPLE, "triangle-up", "dot"),
    (ORANGE, "x", "longdash"),
    (GREY, "cross", "longdashdot"),
)
SIZES = tuple(m * 10**k for k in range(2, 12) for m in (1, 3))
LOSSES = (1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.75, 3, 3.5, 4, 5, 6, 8, 10)


@dataclass(frozen=True)
class Budgeted:
    """The runs of one budget. `points`: (x, nats) of each run; `line`: of the law; `best`: the size
    that is best and what the law says of it, None where that is not drawn."""

    label: str
    points: tuple[tuple[float, float], ...] = field(repr=False)
    line: tuple[tuple[float, float], ...] = field(repr=False)
    best: tuple[float, float] | None = None


def budget_curves(budgets: Sequence[Budgeted], *, title: str, x: str, unit: str) -> Chart:
    """One line and one kind of point for each budget, the smallest first.

    Args:
        x: what lies along, with its unit.
        unit: of the losses.
    """
    figure = go.Figure()
    for (color, symbol, dash), one in zip(LOOKS * len(budgets), budgets, strict=False):
        line = {"color": color, "dash": dash, "width": 2}
        figure.add_scatter(
            x=[at for at, _ in one.line],
            y=[nats for _, nats in one.line],
            mode="lines",
            line=line,
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=[at for at, _ in one.points],
            y=[nats for _, nats in one.points],
            mode="markers",
            name=words.escaped(one.label),
            marker={"color": color, "symbol": symbol, "size": 8},
            customdata=[f"{words.human(at)}: {nats:.3f}" for at, nats in one.points],
            hovertemplate="%{customdata}<extra></extra>",
        )
    best = [one.best for one in budgets if one.best]
    if best:
        figure.add_scatter(
            x=[at for at, _ in best],
            y=[nats for _, nats in best],
            mode="lines+markers",
            name="best by the law",
            line={"color": GREY, "width": 1},
            marker={"color": GREY, "symbol": "star", "size": 14},
            customdata=[f"best at {words.human(at)}" for at, _ in best],
            hovertemplate="%{customdata}<extra></extra>",
        )
    style_figure(figure, title=title, x=x, y=unit, height=HEIGHT)
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(_ticks(SIZES, [words.human(size) for size in SIZES]))
    figure.update_yaxes(_ticks(LOSSES, [f"{nats:g}" for nats in LOSSES]))
    rows = [(one.label, at, nats) for one in budgets for at, nats in one.points]
    table = pd.DataFrame(rows, columns=["budget", x, unit])
    return Chart(title, figure, f"{title}, {unit}. {_read(budgets)}", table)


def _ticks(values: Sequence[float], texts: Sequence[str]) -> dict[str, object]:
    """An axis by factors, with its own words."""
    axis = {"type": "log", "fixedrange": True, "tickmode": "array"}
    return axis | {"tickvals": list(values), "ticktext": list(texts)}


def _read(budgets: Sequence[Budgeted]) -> str:
    """The lowest point of each budget."""
    said = []
    for one in budgets:
        if one.points:
            at, nats = min(one.points, key=lambda point: point[1])
            said.append(f"{one.label}: {nats:.2f} at {words.human(at)}")
    return f"Lowest of each budget: {'; '.join(said)}." if said else "Nothing was run."
