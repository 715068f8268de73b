"""Lines over one axis: a series, forecasts beside what came, errors by how far ahead they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, DASHES, GREY, PALETTE, Style, legend_below, style_figure

DENSE = 300  # points of a line whose dashes would be lost
MOST = 2000  # points of a line that are drawn; of longer ones what stands out in each stretch


@dataclass(frozen=True)
class Line:
    """Values over whole numbers from `begin`, or over `x` where it is given."""

    name: str
    values: Sequence[float]
    begin: int = 0
    x: Sequence[object] | None = None
    strong: bool = False  # drawn thick and solid
    grey: bool = False  # what stands behind the others


def line_chart(
    lines: Sequence[Line],
    *,
    title: str,
    x: str,
    y: str,
    alt: str,
    zero: bool = False,
    log: bool = False,
    now: bool = False,
    height: int = 340,
) -> Chart:
    """Every line in a colour and a dash of its own, in their order, so that pictures whose lines
    are the same look the same; long ones are thin and solid.

    Args:
        x, y: axis titles with their units.
        alt: what the picture shows, in a sentence.
        zero: the y axis begins at 0.
        log: equal lengths of the y axis are equal factors.
        now: mark where 0 is on the x axis.
    """
    figure, tables = go.Figure(), []
    styles = [Style(color, dash) for color, dash in zip(PALETTE, DASHES, strict=False)]
    others = iter(styles[1:] * (1 + len(lines) // 5))
    for line in lines:
        at = [*range(line.begin, line.begin + len(line.values))] if line.x is None else [*line.x]
        style = Style(BLUE) if line.strong else Style(GREY) if line.grey else next(others)
        kept = _seen(np.asarray(line.values, dtype=float))
        figure.add_scatter(
            x=[at[k] for k in kept],
            y=[line.values[k] for k in kept],
            name=words.escaped(line.name),
            mode="lines",
            line={
                "color": style.color,
                "dash": "solid" if len(kept) > DENSE else style.dash,
                "width": 1 if len(kept) > DENSE else 3 if line.strong else 2,
            },
        )
        tables.append(pd.DataFrame({x: at, "line": line.name, y: list(line.values)}))
    style_figure(figure, title=title, x=words.escaped(x), y=words.escaped(y), height=height)
    legend_below(figure).update_layout(hovermode="x unified")
    if zero:
        figure.update_yaxes(rangemode="tozero")
    if log:
        figure.update_yaxes(type="log", tickformat="~g", nticks=6)
    if now:
        figure.add_vline(x=0.5, line={"color": GREY, "width": 1, "dash": "dot"})
    empty = pd.DataFrame(columns=[x, "line", y])
    return Chart(title, figure, alt, pd.concat(tables, ignore_index=True) if tables else empty)


def _seen(values: np.ndarray) -> list[int]:
    """Which points of a long line are drawn: all that stands out stays."""
    if len(values) <= MOST:
        return [*range(len(values))]
    stretches = np.array_split(np.arange(len(values)), MOST // 2)
    ends = [(part[values[part].argmin()], part[values[part].argmax()]) for part in stretches]
    return [int(k) for pair in ends for k in sorted(set(pair))]


def spread_chart(
    values: Sequence[float],
    *,
    title: str,
    x: str,
    bins: int = 40,
    height: int = 280,
) -> Chart:
    """How often errors of each size are, with a line where there is none.

    Args:
        x: axis title with its unit.
    """
    given = np.asarray(values, dtype=float)
    counts, edges = np.histogram(given, bins=bins) if len(given) else (np.zeros(0), np.zeros(1))
    middles = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure()
    figure.add_bar(x=middles, y=counts, marker_color=BLUE, hovertemplate="%{x:.3g}: %{y:,}")
    style_figure(figure, title=title, x=words.escaped(x), y="how many", height=height)
    figure.add_vline(x=0, line={"color": GREY, "width": 1, "dash": "dot"})
    figure.update_layout(bargap=0.05, showlegend=False)
    alt = f"{title}: none yet."
    if len(given):
        alt = (
            f"{title}: {len(given):,} of them, on average {given.mean():.3g}, with a standard "
            f"deviation of {given.std():.3g}."
        )
    return Chart(title, figure, alt, pd.DataFrame({x: middles, "how many": counts.astype(int)}))
