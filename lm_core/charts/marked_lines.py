"""Lines over a setting, each point a model that was measured, and those that are chosen marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, GREY, PALETTE, VERMILLION, legend_below, style_figure

NEAR = 0.04  # of the height, between the mark and the edge, below which its words stand beneath it


@dataclass(frozen=True)
class Line:
    """Measured at each of some values; what is not finite is left out of the picture."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class Mark:
    """The chosen point: a line by its name, and the value it has there."""

    line: str
    x: float
    said: str  # stands beside it


def marked_lines(
    lines: Sequence[Line],
    *,
    title: str,
    x: str,
    y: str,
    marks: Sequence[Mark] = (),
    levels: Sequence[tuple[str, float]] = (),
    names: Sequence[str] | None = None,
    log: bool = False,
    height: int = 360,
) -> Chart:
    """A line a kind of model, each with a dash of its own.

    Args:
        x, y: titles of the axes with their units.
        marks: the chosen points.
        levels: dotted lines across, by name.
        names: of the values 0, 1, 2, ... of x, where those are places in a row and no numbers.
        log: equal lengths of x are equal factors.
    """
    figure, dashes = go.Figure(), list(DASHES)
    rows, said, chosen = [], [], []
    for n, line in enumerate(lines):
        drawn = [value if math.isfinite(value) else None for value in line.y]
        figure.add_scatter(
            x=list(line.x),
            y=drawn,
            name=words.escaped(line.name),
            mode="lines+markers",
            line={"color": PALETTE[n % len(PALETTE)], "dash": dashes[n % len(dashes)]},
            hovertemplate=f"{_named(names, '%{x:,}')}%{{y:.3f}}<extra>%{{fullData.name}}</extra>",
            customdata=None if names is None else [words.escaped(names[int(i)]) for i in line.x],
        )
        rows += [
            (line.name, names[int(at)] if names is not None else at, value)
            for at, value in zip(line.x, line.y, strict=True)
        ]
        said.append(_said(line, names))
    for name, level in levels:
        figure.add_hline(level, line={"color": GREY, "dash": "dot", "width": 2})
        figure.add_scatter(
            x=[None],
            y=[None],
            name=words.escaped(name),
            mode="lines",
            line={"color": GREY, "dash": "dot"},
        )
        said.append(f"{name}: {words.nats(level)}")
    for mark in marks:
        marked = _value(lines, mark)
        if marked is None:
            continue
        chosen.append(f"{mark.line}, {mark.said}")
        if not math.isfinite(marked):
            continue
        figure.add_scatter(
            x=[mark.x],
            y=[marked],
            mode="markers+text",
            name="chosen",
            showlegend=mark is marks[0],
            text=[words.escaped(mark.said)],
            textposition=_beside(lines, mark, marked),
            cliponaxis=False,
            marker={"color": VERMILLION, "size": 13, "symbol": "diamond"},
            hoverinfo="skip",
        )
    style_figure(figure, title=title, x=x, y=y, height=height)
    legend_below(figure).update_layout(hovermode="closest")
    if len(lines) + len(levels) == 1:
        figure.update_layout(showlegend=False)
    if log:
        figure.update_xaxes(type="log", tickformat="~s", nticks=6)
    if names is not None:
        figure.update_xaxes(tickvals=list(range(len(names))), ticktext=list(names), tickangle=0)
    elif not log:
        figure.update_xaxes(tickformat="d", nticks=12)
    table = pd.DataFrame(rows, columns=["of", x, y])
    if not rows:
        return Chart(title, figure, f"{title}, empty: nothing has been measured.", table)
    last = f" Chosen: {'; '.join(chosen)}." if chosen else ""
    return Chart(title, figure, f"{title}. {'; '.join(said)}.{last}", table)


def _value(lines: Sequence[Line], mark: Mark) -> float | None:
    """What was measured at the mark; None where nothing was."""
    for line in lines:
        if line.name == mark.line and mark.x in line.x:
            return line.y[list(line.x).index(mark.x)]
    return None


def _beside(lines: Sequence[Line], mark: Mark, value: float) -> str:
    """Where its words have room: away from the edges of the picture."""
    every = [v for line in lines for v in line.y if math.isfinite(v)]
    xs = [at for line in lines for at in line.x]
    low, high = min(every), max(every)
    across = "right" if mark.x == min(xs) else "left" if mark.x == max(xs) else "center"
    return f"{'bottom' if high - value < NEAR * (high - low) else 'top'} {across}"


def _named(names: Sequence[str] | None, number: str) -> str:
    return f"{number}: " if names is None else "%{customdata}: "


def _said(line: Line, names: Sequence[str] | None) -> str:
    """The best point of a line, and what could not be drawn."""
    points = [(value, at) for at, value in zip(line.x, line.y, strict=True) if math.isfinite(value)]
    if not points:
        return f"{line.name} is infinite everywhere"
    value, at = min(points)
    place = names[int(at)] if names is not None else f"{at:,g}"
    left = len(line.y) - len(points)
    beyond = f", infinite at {left} others" if left else ""
    return f"{line.name} is lowest at {place} ({words.nats(value)}){beyond}"
