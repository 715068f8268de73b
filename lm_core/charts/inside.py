"""Pictures of what goes on inside a model, layer by layer and matrix by matrix, from plain data."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from lm_core.charts.chart import Chart
from lm_core.charts.doctor import HEIGHT, POWERS, dressed
from lm_core.charts.theme import BLUE, GREEN, VERMILLION, color_scale
from lm_core.figures import percent

HEALTHY_RATIO = 1e-3  # of update to weight: the course's line at -3 on the log scale
_BARE = alt.Axis(labels=False, ticks=False, domain=False)


def _said(field: str, unit: str) -> alt.Tooltip:
    return alt.Tooltip(field, title=unit, format=".2e")


def by_depth(
    rows: Sequence[tuple[str, float | None]], *, title: str, unit: str, line: float | None = None
) -> Chart:
    """A number for each layer or matrix, from the input up, on a log axis; `line` is where it
    should be about."""
    table = pd.DataFrame(
        [(i, name, value) for i, (name, value) in enumerate(rows) if value],
        columns=["place", "name", "value"],
    )
    names = [name for name, _ in rows]
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=220))
    x = alt.X("value:Q", title=unit, scale=alt.Scale(type="log"), axis=POWERS)
    dots = alt.Chart(table).mark_point(filled=True, size=70, color=BLUE)
    dots = dots.encode(y=y, x=x, tooltip=["name:N", _said("value:Q", unit)])
    said = f"{title}: nothing to show yet."
    if len(table):
        low, high = table.loc[table["value"].idxmin()], table.loc[table["value"].idxmax()]
        said = f"{title}: from {low['value']:.1e} ({low['name']}) to {high['value']:.1e} "
        said += f"({high['name']})."
    drawn, where = _with_line(dots, line, x="value")
    figure = dressed(drawn, title, max(120, 24 * len(names) + 40))
    return Chart(title, figure, said + where, table.drop(columns="place"))


def over_steps(
    moved: Sequence[dict[str, Any]], *, title: str, unit: str, line: float | None = None
) -> Chart:
    """A curve for each matrix over the examined steps, on a log axis, pale at the input and dark at
    the top; `line` is where they should be about."""
    places = {name: i for i, name in enumerate(moved[-1]["ratios"], start=1)} if moved else {}
    rows = [
        (place, name, at["step"], at["ratios"][name])
        for at in moved
        for name, place in places.items()
        if at["ratios"].get(name)
    ]
    table = pd.DataFrame(rows, columns=["matrix", "name", "step", "ratio"])
    legend = alt.Legend(
        title=["matrix, from", "the input up"], type="gradient", gradientLength=120, format="d"
    )
    shade = alt.Color("matrix:Q", legend=legend, scale=alt.Scale(scheme="viridis", reverse=True))
    curves = alt.Chart(table).mark_line(point=True)
    curves = curves.encode(
        x=alt.X("step:Q", title="step", scale=alt.Scale(type="log"), axis=POWERS),
        y=alt.Y("ratio:Q", title=unit, scale=alt.Scale(type="log"), axis=POWERS),
        color=shade,
        detail="name:N",
        tooltip=["name:N", "step:Q", _said("ratio:Q", unit)],
    )
    said = f"{title}: nothing to show yet."
    if len(table):
        ends = table.groupby("step")["ratio"].median()
        said = f"{title}: the middle of all matrices goes from {ends.iloc[0]:.1e} at step "
        said += f"{ends.index[0]:,} to {ends.iloc[-1]:.1e} at step {ends.index[-1]:,}."
    drawn, where = _with_line(curves, line, y="ratio")
    figure = dressed(drawn, title, 300)
    return Chart(title, figure, said + where, table.drop(columns="matrix"))


def through_depth(layers: Sequence[dict[str, Any]]) -> Chart:
    """The initialisation laboratory: spread of numbers and of gradients through a stack."""
    title = "Spread, layer by layer"
    rows = [
        (row["layer"], kind, row[key])
        for row in layers
        for kind, key in (("numbers", "std"), ("gradients", "gradient"))
        if row[key]
    ]
    table = pd.DataFrame(rows, columns=["layer", "of", "std"])
    x = alt.X("layer:Q", title="layer", axis=alt.Axis(tickMinStep=1, format="d"))
    y = alt.Y("std:Q", title="standard deviation", scale=alt.Scale(type="log"), axis=POWERS)
    above = alt.Legend(orient="top")
    color = alt.Color("of:N", title=None, scale=alt.Scale(range=[BLUE, VERMILLION]), legend=above)
    line = alt.Chart(table).mark_line(point=True)
    line = line.encode(
        x=x, y=y, color=color, strokeDash=alt.StrokeDash("of:N", title=None, legend=above)
    )
    first, last = layers[0]["std"], layers[-1]["std"]
    said = f"{title}: the numbers go from {first or 0:.3g} to {last or 0:.3g}."
    return Chart(title, dressed(line, title, 280), said, table)


def numbers_by_layer(layers: Sequence[dict[str, Any]], *, dark: bool = False) -> Chart:
    """The laboratory again: how the numbers of each layer lie, the first layer at the bottom."""
    title = "Numbers of each layer"
    rows = [
        (row["layer"], low, high, count / max(1, *row["counts"]))
        for row in layers
        for low, high, count in zip(row["edges"], row["edges"][1:], row["counts"], strict=False)
    ]
    table = pd.DataFrame(rows, columns=["layer", "from", "to", "share of the fullest"])
    x = alt.X("from:Q", title="number", bin="binned", axis=alt.Axis(tickCount=7, format="~g"))
    y = alt.Y("layer:O", title="layer", sort="descending")
    scale = alt.Scale(domain=[0, 1], range=[color for _, color in color_scale(dark)])
    boxes = alt.Chart(table).mark_rect()
    boxes = boxes.encode(
        x=x, x2="to:Q", y=y, color=alt.Color("share of the fullest:Q", scale=scale, legend=None)
    )
    first, last = layers[0]["edges"], layers[-1]["edges"]
    said = f"{title}: nothing finite to show."
    if first and last:
        said = f"{title}: the first layer's lie between {first[0]:.3g} and {first[-1]:.3g}, "
        said += f"the last layer's between {last[0]:.3g} and {last[-1]:.3g}. The fuller the darker."
    return Chart(title, dressed(boxes, title, 280), said, table)


def units(image: Sequence[Sequence[int]], *, title: str, says: str) -> Chart:
    """Units (columns) over tokens (rows): dark where a unit is stuck."""
    rows = [(r, c, int(v)) for r, line in enumerate(image) for c, v in enumerate(line)]
    table = pd.DataFrame(rows, columns=["token", "unit", "stuck"])
    shade = alt.Color(
        "stuck:N", scale=alt.Scale(domain=[0, 1], range=["#E8EDF2", "#1B2733"]), legend=None
    )
    boxes = (
        alt.Chart(table)
        .mark_rect()
        .encode(
            x=alt.X("unit:O", title=f"{len(image[0]) if image else 0} units", axis=_BARE),
            y=alt.Y("token:O", title=f"{len(image)} tokens", axis=_BARE),
            color=shade,
        )
    )
    stuck = table["stuck"].mean() if len(table) else 0.0
    said = f"{title}: {percent(stuck)} of the cells shown are {says}."
    return Chart(title, dressed(boxes, title, HEIGHT), said, table)


def _with_line(chart: alt.Chart, line: float | None, **place: str) -> tuple[alt.LayerChart, str]:
    """The chart with a dashed line across the axis `place` (x or y, and its column), and where it
    is in words; the chart alone for None."""
    if line is None:
        return alt.layer(chart), ""
    ((axis, column),) = place.items()
    rule = alt.Chart(pd.DataFrame({column: [line]})).mark_rule(color=GREEN, strokeDash=[4, 3])
    return alt.layer(chart, rule.encode(**{axis: f"{column}:Q"})), f" The line is at {line:g}."
