"""Pictures of the doctor's findings, from their plain data: histograms, curves, the grid.

All are altair, because a page updates them in place while the findings grow.
"""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from lm_core.charts import view
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, PALETTE, VERMILLION, altair_config

HEIGHT = 200
POWERS = alt.Axis(format="~g", tickCount=5)  # of a log axis: 0.01, 0.1, 1
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
    return Chart(title, dressed(bars, title, height), said, table)


def falling(
    steps: Sequence[int], nats: Sequence[float], floor: float | None, *, title: str, unit: str
) -> Chart:
    """A loss curve toward the least that can be reached, `floor`, in nats per token."""
    table = pd.DataFrame({"step": list(steps), "nats": list(nats)}, dtype=float)
    y = alt.Y("nats:Q", title=unit)
    line = alt.Chart(table).mark_line(color=BLUE, point=len(table) == 1)
    line = line.encode(x=_steps(table["step"]), y=y)
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
    return Chart(title, dressed(alt.layer(*layers), title, HEIGHT), said, table)


def rates(
    lr: Sequence[float], nats: Sequence[float], suggested: float | None, *, unit: str
) -> Chart:
    """The range test: loss against a rate that grows each step, and where to go."""
    title = "Loss while the learning rate grows"
    pairs = [(a, b) for a, b in zip(lr, nats, strict=False) if b is not None and math.isfinite(b)]
    table = pd.DataFrame(pairs, columns=["lr", "nats"], dtype=float)
    low, high = 0.0, 1.0
    if len(table):
        low = table["nats"].min()
        most = max(view.SPIKES * table["nats"].iloc[0], low)
        low, high = view.rounded(low, min(table["nats"].max(), most))
    x = alt.X("lr:Q", title="learning rate", scale=alt.Scale(type="log"), axis=POWERS)
    y = alt.Y("nats:Q", title=unit, scale=alt.Scale(domain=[low, high], nice=False))
    tooltip = [
        alt.Tooltip("lr:Q", title="learning rate", format=".2~g"),
        alt.Tooltip("nats:Q", title=unit, format=".3f"),
    ]
    curve = alt.Chart(table.assign(above=table["nats"] > high)).encode(x=x, y=y, tooltip=tooltip)
    layers = [
        curve.mark_line(color=BLUE, clip=True),
        view.arrows(curve).encode(color=alt.value(BLUE)),
    ]
    beyond = view.beyond([("", table["lr"], table["nats"])], high, lambda lr: f"a rate of {lr:.2g}")
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
    figure = dressed(alt.layer(*layers), title, HEIGHT)
    return Chart(title, figure, f"{said} {beyond}".strip(), table, beyond)


def _steps(steps: pd.Series) -> alt.X:
    """The lower axis: ten steps at the least, so that the first does not stand on its own."""
    first = 0.0 if steps.empty else float(steps.min())
    last = first + 10 if steps.empty else max(float(steps.max()), first + 10)
    axis = alt.Axis(tickCount=6, tickMinStep=1, format=",d")
    return alt.X("step:Q", title="step", axis=axis, scale=alt.Scale(domain=[first, last]))


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
    line = alt.Chart(table).mark_line(point=table["step"].nunique() == 1)
    line = line.encode(
        x=_steps(table["step"]),
        y=alt.Y("nats:Q", title=unit, scale=alt.Scale(zero=False)),
        color=alt.Color("rate:N", sort=order, title="rate", scale=alt.Scale(range=list(PALETTE))),
        strokeDash=alt.StrokeDash("rate:N", sort=order, title="rate"),
    )
    ends = table.groupby("rate", sort=False)["nats"].last()
    said = f"{title}: nothing trained yet."
    if len(ends):
        said = f"{title}: best at the end {ends.idxmin()}, with {ends.min():.2f} {unit}."
    return Chart(title, dressed(line, title, HEIGHT), said, table)


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
    tip = [
        alt.Tooltip("lr:N", title="learning rate"),
        alt.Tooltip("decay:N", title="weight decay"),
        alt.Tooltip("nats:Q", title=unit, format=".4f"),
    ]
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
    figure = dressed(alt.layer(boxes, words), title, 130 + 40 * max(2, len(decays)))
    return Chart(title, figure, said, _cells(data))


def beside(data: dict[str, Any], *, unit: str) -> Chart:
    """Random search beside the grid: the same figure over the rate alone. Three columns of cells
    try three rates; as many random points try as many rates."""
    title = "Random points beside the grid"
    table = _cells(data)
    drawn = table.dropna(subset="validation_nats")
    tip = [
        alt.Tooltip("lr:Q", title="learning rate", format=".2g"),
        alt.Tooltip("weight_decay:Q", title="weight decay", format=".2g"),
        alt.Tooltip("validation_nats:Q", title=unit, format=".4f"),
    ]
    kind = {"sort": ["grid", "random"], "title": None}
    dots = alt.Chart(drawn).mark_point(size=70, filled=True, opacity=0.9)
    dots = dots.encode(
        x=alt.X("lr:Q", title="learning rate", scale=alt.Scale(type="log"), axis=POWERS),
        y=alt.Y("validation_nats:Q", title=unit, scale=alt.Scale(zero=False)),
        color=alt.Color("kind:N", scale=alt.Scale(range=[BLUE, VERMILLION]), **kind),
        shape=alt.Shape("kind:N", scale=alt.Scale(range=["square", "triangle-up"]), **kind),
        tooltip=tip,
    )
    lowest = drawn.groupby("kind")["validation_nats"].min()
    parts = [f"{nats:.3f} of the {kind} points" for kind, nats in lowest.items()]
    said = f"{title}: lowest {' and '.join(parts)}, in {unit}." if parts else f"{title}: none yet."
    return Chart(title, dressed(dots, title, HEIGHT), said, table)


_LEVEL = alt.Axis(labelAngle=0, labelAlign="center")


def _cells(data: dict[str, Any]) -> pd.DataFrame:
    """Everything that is known of each cell and each random point."""
    kinds = (("grid", data["cells"]), ("random", data.get("random", ())))
    rows = [{"kind": kind, **cell} for kind, cells in kinds for cell in cells]
    return pd.DataFrame(rows, columns=COLUMNS)


def _cell(nats: float | None) -> str:
    return "diverged" if nats is None else f"{nats:.3f}"


def dressed(chart: "alt.Chart | alt.LayerChart", title: str, height: int) -> alt.LayerChart:
    """With its title, as wide as its place."""
    layered = chart if isinstance(chart, alt.LayerChart) else alt.layer(chart)
    sized = layered.properties(title=title, height=height, width="container")
    return sized.configure(**altair_config())
