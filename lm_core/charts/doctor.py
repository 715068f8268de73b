"""Pictures of the doctor's findings, from their plain data: histograms, curves, the grid, depth.

All are altair, because a page updates them in place while the findings grow.
"""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREEN, PALETTE, VERMILLION, altair_config, color_scale

HEALTHY_RATIO = 1e-3  # of update to weight: the course's line at -3 on the log scale
HEIGHT = 200
CELL = "cell"  # the selection of a grid: which run's cell was clicked
COLUMNS = ["kind", "lr", "weight_decay", "validation_nats", "train_nats", "steps", "run"]


def histogram(
    edges: Sequence[float], counts: Sequence[int], *, title: str, unit: str, height: int = HEIGHT
) -> Chart:
    """Bars from `edges` (n + 1) and `counts` (n); `unit` names the axis."""
    table = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts})
    bars = alt.Chart(table).mark_bar(color=BLUE)
    x = alt.X("from:Q", title=unit, bin="binned", axis=alt.Axis(tickCount=7, format=".2~g"))
    bars = bars.encode(x=x, x2="to:Q", y=alt.Y("count:Q", title="numbers", stack=None))
    total = sum(counts)
    if total:
        peak = max(range(len(counts)), key=lambda i: counts[i])
        where = f"most of them between {edges[peak]:.2g} and {edges[peak + 1]:.2g}"
        said = f"{title}: {total:,} numbers from {edges[0]:.2g} to {edges[-1]:.2g}, {where}."
    else:
        said = f"{title}: nothing to show yet."
    return Chart(title, _dressed(bars, title, height), said, table)


def falling(
    steps: Sequence[int], nats: Sequence[float], floor: float | None, *, title: str, unit: str
) -> Chart:
    """A loss curve toward the least that can be reached, `floor`, in nats per token."""
    table = pd.DataFrame({"step": list(steps), "nats": list(nats)}, dtype=float)
    y = alt.Y("nats:Q", title=unit)
    line = alt.Chart(table).mark_line(color=BLUE).encode(x=alt.X("step:Q", title="step"), y=y)
    layers = [line]
    said = f"{title}: no step yet."
    if len(table):
        said = f"{title}: from {table['nats'].iloc[0]:.2f} to {table['nats'].iloc[-1]:.2f} {unit}"
        said += f" in {table['step'].iloc[-1]:,.0f} steps."
    if floor is not None:
        at = pd.DataFrame({"nats": [floor], "says": [f"pass: {floor:.2f}"]})
        rule = alt.Chart(at).mark_rule(color=VERMILLION, strokeDash=[4, 3]).encode(y="nats:Q")
        words = alt.Chart(at).mark_text(color=VERMILLION, align="right", dy=-6)
        layers += [rule, words.encode(y="nats:Q", x=alt.value("width"), text="says:N")]
        said += f" It passes below {floor:.2f}."
    return Chart(title, _dressed(alt.layer(*layers), title, HEIGHT), said, table)


def rates(
    lr: Sequence[float], nats: Sequence[float], suggested: float | None, *, unit: str
) -> Chart:
    """The range test: loss against a rate that grows each step, and where to go."""
    title = "Loss while the learning rate grows"
    pairs = [(a, b) for a, b in zip(lr, nats, strict=False) if b is not None and math.isfinite(b)]
    table = pd.DataFrame(pairs, columns=["lr", "nats"], dtype=float)
    top = table["nats"].iloc[0] * 1.5 if len(table) else 1.0
    drawn = table.assign(nats=table["nats"].clip(upper=top))
    x = alt.X("lr:Q", title="learning rate", scale=alt.Scale(type="log"), axis=_POWERS)
    y = alt.Y("nats:Q", title=unit, scale=alt.Scale(zero=False))
    layers = [alt.Chart(drawn).mark_line(color=BLUE).encode(x=x, y=y)]
    said = f"{title}: no step yet."
    if len(table):
        low = table.loc[table["nats"].idxmin()]
        said = f"{title}: lowest, {low['nats']:.2f} {unit}, at a rate of {low['lr']:.2g}."
    if suggested:
        at = pd.DataFrame({"lr": [suggested], "says": [f"suggested: {suggested:.2g}"]})
        layers.append(alt.Chart(at).mark_rule(color=VERMILLION, strokeDash=[4, 3]).encode(x="lr:Q"))
        words = alt.Chart(at).mark_text(color=VERMILLION, align="left", dx=5)
        layers.append(words.encode(x="lr:Q", y=alt.value(12), text="says:N"))
        said += f" Suggested: {suggested:.2g}."
    return Chart(title, _dressed(alt.layer(*layers), title, HEIGHT), said, table)


def sweep(runs: Sequence[dict[str, Any]], *, unit: str) -> Chart:
    """Short trainings of fresh models, a curve a rate."""
    title = "Fresh models, a rate each"
    rows = [
        (f"{run['lr']:.2g}", step, nats)
        for run in runs
        for step, nats in zip(run["steps"], run["nats"], strict=False)
        if nats is not None
    ]
    table = pd.DataFrame(rows, columns=["rate", "step", "nats"])
    order = [f"{run['lr']:.2g}" for run in runs]
    line = alt.Chart(table).mark_line()
    line = line.encode(
        x=alt.X("step:Q", title="step"),
        y=alt.Y("nats:Q", title=unit, scale=alt.Scale(zero=False)),
        color=alt.Color("rate:N", sort=order, title="rate", scale=alt.Scale(range=list(PALETTE))),
        strokeDash=alt.StrokeDash("rate:N", sort=order, title="rate"),
    )
    ends = table.groupby("rate", sort=False)["nats"].last()
    said = f"{title}: nothing trained yet."
    if len(ends):
        said = f"{title}: best at the end {ends.idxmin()}, with {ends.min():.2f} {unit}."
    return Chart(title, _dressed(line, title, HEIGHT), said, table)


def grid(data: dict[str, Any], *, unit: str, pointed: bool = False) -> Chart:
    """Validation loss of each learning rate with each weight decay; what diverged is empty.

    Args:
        pointed: a click on a cell selects it (`CELL`, by its `run`).
    """
    title = "Validation loss of each cell"
    rows = [
        {
            "lr": f"{cell['lr']:.2g}",
            "decay": f"{cell['weight_decay']:.2g}",
            "nats": cell["validation_nats"],
            "says": _cell(cell["validation_nats"]),
            "run": cell.get("run", ""),
        }
        for cell in data["cells"]
    ]
    table = pd.DataFrame(rows, columns=["lr", "decay", "nats", "says", "run"])
    lrs, decays = ([f"{v:.2g}" for v in data[k]] for k in ("lrs", "decays"))
    x = alt.X("lr:N", title="learning rate", scale=alt.Scale(domain=lrs), axis=_LEVEL)
    y = alt.Y("decay:N", title="weight decay", scale=alt.Scale(domain=decays))
    legend = alt.Legend(gradientLength=70, tickCount=3) if table["nats"].notna().any() else None
    scale = alt.Scale(scheme="cividis", reverse=True)
    shade = alt.Color("nats:Q", title=unit, scale=scale, legend=legend)
    tip = [alt.Tooltip("lr:N"), alt.Tooltip("decay:N"), alt.Tooltip("nats:Q", format=".4f")]
    boxes = (
        alt.Chart(table)
        .mark_rect(cursor="pointer" if pointed else "default")
        .encode(x=x, y=y, color=shade, tooltip=tip)
    )
    if pointed:
        point = alt.selection_point(name=CELL, fields=["run"])
        boxes = boxes.add_params(point)
    middle = (table["nats"].min() + table["nats"].max()) / 2 if len(table) else 0.0
    pale = f"datum.nats == null || datum.nats > {middle:.6f}"  # as reversed, high is dark
    light = alt.condition(pale, alt.value("white"), alt.value("black"))
    words = alt.Chart(table).mark_text(fontSize=13, fontWeight="bold")
    words = words.encode(x=x, y=y, text="says:N", color=light)
    best = data.get("best")
    said = f"{title}: no cell is done yet."
    if best:
        where = f"rate {best['lr']:.2g} and decay {best['weight_decay']:.2g}"
        said = f"{title}: lowest {best['validation_nats']:.3f} {unit}, with {where}."
    figure = _dressed(alt.layer(boxes, words), title, 130 + 40 * max(2, len(decays)))
    return Chart(title, figure, said, _cells(data))


def beside(data: dict[str, Any], *, unit: str) -> Chart:
    """Random search beside the grid: the same figure over the rate alone. Three columns of cells
    try three rates; as many random points try as many rates."""
    title = "Random points beside the grid"
    table = _cells(data)
    drawn = table.dropna(subset="validation_nats")
    tip = [alt.Tooltip("lr:Q", format=".2g"), alt.Tooltip("weight_decay:Q", format=".2g")]
    kind = {"sort": ["grid", "random"], "title": None}
    dots = alt.Chart(drawn).mark_point(size=70, filled=True, opacity=0.9)
    dots = dots.encode(
        x=alt.X("lr:Q", title="learning rate", scale=alt.Scale(type="log"), axis=_POWERS),
        y=alt.Y("validation_nats:Q", title=unit, scale=alt.Scale(zero=False)),
        color=alt.Color("kind:N", scale=alt.Scale(range=[BLUE, VERMILLION]), **kind),
        shape=alt.Shape("kind:N", scale=alt.Scale(range=["square", "triangle-up"]), **kind),
        tooltip=[*tip, alt.Tooltip("validation_nats:Q", format=".4f")],
    )
    lowest = drawn.groupby("kind")["validation_nats"].min()
    parts = [f"{nats:.3f} of the {kind} points" for kind, nats in lowest.items()]
    said = f"{title}: lowest {' and '.join(parts)}, in {unit}." if parts else f"{title}: none yet."
    return Chart(title, _dressed(dots, title, HEIGHT), said, table)


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
    x = alt.X("value:Q", title=unit, scale=alt.Scale(type="log"), axis=_POWERS)
    dots = alt.Chart(table).mark_point(filled=True, size=70, color=BLUE)
    dots = dots.encode(y=y, x=x, tooltip=["name:N", alt.Tooltip("value:Q", format=".2e")])
    layers = [dots]
    if line is not None:
        at = pd.DataFrame({"value": [line]})
        layers.append(alt.Chart(at).mark_rule(color=GREEN, strokeDash=[4, 3]).encode(x="value:Q"))
    said = f"{title}: nothing to show yet."
    if len(table):
        low, high = table.loc[table["value"].idxmin()], table.loc[table["value"].idxmax()]
        said = f"{title}: from {low['value']:.1e} ({low['name']}) to {high['value']:.1e} "
        said += f"({high['name']})."
    if line is not None:
        said += f" The line is at {line:g}."
    figure = _dressed(alt.layer(*layers), title, max(120, 24 * len(names) + 40))
    return Chart(title, figure, said, table.drop(columns="place"))


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
    y = alt.Y("std:Q", title="standard deviation", scale=alt.Scale(type="log"), axis=_POWERS)
    above = alt.Legend(orient="top")
    color = alt.Color("of:N", title=None, scale=alt.Scale(range=[BLUE, VERMILLION]), legend=above)
    line = alt.Chart(table).mark_line(point=True)
    line = line.encode(
        x=x, y=y, color=color, strokeDash=alt.StrokeDash("of:N", title=None, legend=above)
    )
    first, last = layers[0]["std"], layers[-1]["std"]
    said = f"{title}: the numbers go from {first or 0:.3g} to {last or 0:.3g}."
    return Chart(title, _dressed(line, title, 280), said, table)


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
    return Chart(title, _dressed(boxes, title, 280), said, table)


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
    said = f"{title}: {stuck:.0%} of the cells shown are {says}."
    return Chart(title, _dressed(boxes, title, HEIGHT), said, table)


_POWERS = alt.Axis(format="~g", tickCount=5)
_BARE = alt.Axis(labels=False, ticks=False, domain=False)
_LEVEL = alt.Axis(labelAngle=0, labelAlign="center")


def _cells(data: dict[str, Any]) -> pd.DataFrame:
    """Everything that is known of each cell and each random point."""
    kinds = (("grid", data["cells"]), ("random", data.get("random", ())))
    rows = [{"kind": kind, **cell} for kind, cells in kinds for cell in cells]
    return pd.DataFrame(rows, columns=COLUMNS)


def _cell(nats: float | None) -> str:
    return "diverged" if nats is None else f"{nats:.3f}"


def _dressed(chart: "alt.Chart | alt.LayerChart", title: str, height: int) -> alt.LayerChart:
    layered = chart if isinstance(chart, alt.LayerChart) else alt.layer(chart)
    sized = layered.properties(title=title, height=height, width="container")
    return sized.configure(**altair_config())
