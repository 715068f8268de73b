"""What changes did to a figure, each measured with several seeds: a line from the lowest to the
highest of them, a point for each, and the base as a band through all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import BLUE, GREY, VERMILLION, legend_below, style_figure

LABELS = 20  # letters of a row's name beside it
ROW, FRAME = 26, 170  # pixels of a row, and of all around them
BASE = "base"
# What a row is told to be beside the base: a name, a colour and a symbol.
TOLD = {
    BASE: ("the base", GREY, "diamond"),
    "better": ("better with every seed", BLUE, "triangle-up"),
    "worse": ("worse with every seed", VERMILLION, "triangle-down"),
    "": ("not told apart, seeds overlap", GREY, "circle-open"),
}


@dataclass(frozen=True)
class Spread:
    """A row: what was changed, a value for each seed, and one of TOLD: "better" or "worse" than
    the base, "" where nobody can say."""

    label: str
    values: tuple[float, ...]
    told: str = ""

    @property
    def mean(self) -> float:
        return sum(self.values) / len(self.values)


def seed_spreads(
    base: Spread, changed: Sequence[Spread], *, title: str, unit: str, share: bool = False
) -> Chart:
    """The base on top, the changes below it in their order.

    Args:
        base, changed: rows with a value or more each.
        unit: of the values.
        share: they are shares of 1, and shown as percentages.
    """
    rows, figure = [replace(base, told=BASE), *changed], go.Figure()
    said: Callable[[float], str] = words.percent if share else words.human
    figure.add_vrect(
        x0=min(base.values), x1=max(base.values), fillcolor=GREY, opacity=0.25, line_width=0
    )
    for told, (name, color, symbol) in TOLD.items():
        here = [(place, row) for place, row in enumerate(rows) if row.told == told]
        x = [x for _, row in here for x in (min(row.values), max(row.values), None)]
        y = [y for place, _ in here for y in (place, place, None)]
        line = {"color": color, "width": 2}
        figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)
        points = [(value, place, row) for place, row in here for value in row.values]
        figure.add_scatter(
            x=[value for value, _, _ in points],
            y=[place for _, place, _ in points],
            mode="markers",
            name=name,
            marker={"color": color, "symbol": symbol, "size": 9},
            cliponaxis=False,
            customdata=[f"{words.escaped(row.label)}: {said(value)}" for value, _, row in points],
            hovertemplate="%{customdata}<extra></extra>",
        )
    style_figure(figure, title=title, x=unit, height=FRAME + ROW * len(rows))
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(fixedrange=True)
    if share:
        share_ticks(figure, end=1.03)
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(rows))),
        ticktext=[words.escaped(words.shorten(row.label, LABELS)) for row in rows],
        range=[len(rows) - 0.5, -0.5],
        fixedrange=True,
    )
    table = pd.DataFrame(
        {
            "changed": [row.label for row in rows],
            f"mean ({unit})": [row.mean for row in rows],
            "lowest": [min(row.values) for row in rows],
            "highest": [max(row.values) for row in rows],
            "seeds": [len(row.values) for row in rows],
            "beside the base": [TOLD[row.told][0] for row in rows],
        }
    )
    return Chart(title, figure, f"{title}, {unit}: {read_spreads(base, changed, said)}", table)


def read_spreads(
    base: Spread, changed: Sequence[Spread], said: Callable[[float], str] = words.human
) -> str:
    """Which changes can be told from the base, and which cannot. Two rows are only put in an order
    where their seeds do not overlap, as `told` says of each beside the base."""

    def listed(told: str) -> str:
        return ", ".join(f"{one.label} {said(one.mean)}" for one in changed if one.told == told)

    low, high = min(base.values), max(base.values)
    parts = [f"{base.label} {said(base.mean)} ({said(low)} to {said(high)})"]
    for told, (name, *_) in TOLD.items():
        if names := listed(told):
            parts.append(f"{name[0].upper()}{name[1:]}: {names}")
    return f"{'. '.join(parts)}."
