"""Several runs on one pair of axes, drawn while they go on.

Runs of different families keep their families' colours and dashes; where a family comes twice, the
runs take colours and dashes by their place. The specification depends on the names alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from lm_core.charts import view, words
from lm_core.charts.chart import Chart
from lm_core.charts.live import Base
from lm_core.charts.theme import DASHES, PALETTE, Style, altair_config, family_style
from lm_core.charts.zooming import inside, thinned, zoomable

MOST = 6  # runs that can still be told apart
ROWS = 1500  # of all runs together
AXES = {"step": "step", "tokens": "tokens read", "seconds": "seconds of training"}
LEVEL = 0.005  # losses closer than this share are called equal


@dataclass(frozen=True)
class Line:
    """One run: `points` has columns `x` and `y`, in the units of the axes."""

    label: str
    family: str
    points: pd.DataFrame = field(repr=False)


def overlay(
    lines: Sequence[Line],
    *,
    unit: str,
    axis: str = "step",
    split: str = "validation",
    doubling: bool = False,
    height: int = 320,
    within: tuple[float, float] | None = None,
) -> Chart:
    """The losses of up to MOST runs on `split`, over the steps, tokens or seconds they took.

    Args:
        lines: the runs, the first ones where there are more than MOST; labels must differ.
        unit: of all of them (see measures.py).
        axis: one of AXES.
        doubling: equal lengths upwards are equal factors, as suits perplexities.
        within: the part of the axis in view, where one looks closer.

    A run with a single point (a model that counts) is a diamond. Values that are not finite are
    left out. The picture ends 1.5 times above where the runs begin; what lies above that is marked
    (see view.py).
    """
    lines = lines[:MOST]
    known, parts = [_finite(line.points) for line in lines], []
    for line, rows in zip(lines, known, strict=True):
        rows = thinned(rows, "x", "y", ROWS // max(1, len(lines)), within)
        parts.append(rows.assign(run=line.label, alone=len(rows) == 1))
    empty = pd.DataFrame({"x": [], "y": [], "run": [], "alone": []})
    data = pd.concat(parts or [empty], ignore_index=True)
    title = f"Loss on {split} text, run by run"
    styles = run_styles([line.family for line in lines])
    names = tuple(line.label for line in lines)
    base = _layers(title, unit, axis, doubling, height, names, tuple(styles))
    seen = inside(data, "x", within)
    frame = _frame(seen, whole=within is None, even=not doubling)
    high = frame["y"].max()
    measured = [(line.label, rows["x"], rows["y"]) for line, rows in zip(lines, known, strict=True)]
    closer = within if len(seen) < len(data) else None
    beyond = view.beyond(measured, high, lambda x: _place(x, axis), closer)
    drawn = data.assign(frame=False, above=data["y"] > high)
    figure = base.of(pd.concat([drawn, frame], ignore_index=True))
    table = data[["run", "x", "y"]].rename(columns={"x": AXES[axis], "y": f"{unit}, {split}"})
    said = f"{read_overlay(lines, axis=axis, unit=unit)} {beyond}".strip()
    return Chart(title, figure, said, table, beyond)


def run_styles(families: Sequence[str]) -> list[Style]:
    """How each run's line looks, no two alike up to MOST."""
    if len(set(families)) == len(families):
        return [family_style(family) for family in families]
    return [Style(c, d) for c, d in zip(PALETTE, DASHES, strict=False)][: len(families)]


def read_overlay(lines: Sequence[Line], *, axis: str, unit: str) -> str:
    """Which run is ahead: at the furthest place that all have reached, then at their last.

    Runs whose losses differ by less than half a percent are called level. One is ahead where it was
    lower both before and after that place than every other.
    """
    known = [(line.label, _finite(line.points)) for line in lines]
    known = [(label, rows) for label, rows in known if len(rows)]
    if not known:
        return "No loss yet: the first evaluation comes soon after the start."
    if len(known) == 1:
        return f"{known[0][0]} is alone so far, at {words.nats(known[0][1]['y'].iloc[-1])} {unit}."
    ends = sorted((rows["y"].iloc[-1], label) for label, rows in known)
    moving = [(label, rows) for label, rows in known if len(rows) > 1]
    says = ""
    if len(moving) > 1:
        place = min(rows["x"].iloc[-1] for _, rows in moving)
        says = _lead([_At.of(*each, place) for each in moving if each[1]["x"].iloc[0] <= place])
        says = says and f"By {_place(place, axis)}, the furthest that all have come, {says} "
    ranked = ", ".join(f"{label} {words.nats(y)}" for y, label in ends)
    return f"{says}At their last point, lowest first, in {unit}: {ranked}."


@dataclass(frozen=True)
class _At:
    """One run at a place of the axis: between the losses measured just before and just after it,
    the lower and the higher one; both are one where it was measured there."""

    low: float
    high: float
    label: str

    @classmethod
    def of(cls, label: str, rows: pd.DataFrame, place: float) -> "_At":
        near = (rows["y"][rows["x"] <= place].iloc[-1], rows["y"][rows["x"] >= place].iloc[0])
        return cls(min(near), max(near), label)

    def __str__(self) -> str:
        low, high = words.nats(self.low), words.nats(self.high)
        return low if low == high else f"{low} to {high}"


def _lead(runs: list[_At]) -> str:
    """Who is ahead of all others, whatever lies between what was measured."""
    if len(runs) < 2:
        return ""
    best, second, *_ = sorted(runs, key=lambda run: (run.low + run.high, run.label))
    apart = LEVEL * abs(best.high)
    if all(run.low - best.high >= apart for run in runs if run is not best):
        return f"{best.label} is ahead: {best} against {second}."
    if second.high - best.low < apart:
        return f"{best.label} and {second.label} are level at {best}."
    return f"{best.label} ({best}) and {second.label} ({second}) were not measured near enough."


def _place(x: float, axis: str) -> str:
    if axis == "step":
        return f"step {x:,.0f}"
    return f"{words.human(x)} tokens" if axis == "tokens" else f"{x:,.0f} seconds"


def _finite(points: pd.DataFrame) -> pd.DataFrame:
    rows = points[["x", "y"]].astype(float)
    rows = rows[np.isfinite(rows).all(axis=1)]
    return rows.sort_values("x", kind="stable", ignore_index=True)


def _frame(data: pd.DataFrame, *, whole: bool, even: bool) -> pd.DataFrame:
    """Where the axes reach to; of the `whole` from the beginning; up to round numbers where its
    lengths are `even`."""
    if data.empty:
        rows = [(0.0, 1.0), (100.0, 4.0)]
    else:
        begins = data.groupby("run")["y"].first().max()
        low = data["y"].min()
        high = max(min(data["y"].max(), view.SPIKES * begins), low)
        if even:
            low, high = view.rounded(low, high)
        first, last = data["x"].min(), data["x"].max()
        if whole:
            first, last = 0.0, max(last, 10.0)
        rows = [(first, low), (last, high)]
    return pd.DataFrame(rows, columns=["x", "y"]).assign(
        run="", alone=False, above=False, frame=True
    )


@lru_cache(maxsize=16)
def _layers(
    title: str,
    unit: str,
    axis: str,
    doubling: bool,
    height: int,
    names: tuple[str, ...],
    styles: tuple[Style, ...],
) -> Base:
    """The chart without its data."""
    legend = alt.Legend(orient="bottom", title=None, columns=1, labelLimit=600)
    domain = list(names) or [""]
    colors, dashes = [s.color for s in styles] or ["#000"], [s.pattern for s in styles] or [[1, 0]]
    color = alt.Color("run:N", scale=alt.Scale(domain=domain, range=colors), legend=legend)
    dash = alt.StrokeDash("run:N", scale=alt.Scale(domain=domain, range=dashes))
    ticks = alt.Axis(tickCount=6, format="~s" if axis == "tokens" else ",d")
    x = alt.X("x:Q", title=AXES[axis], axis=ticks, scale=alt.Scale(nice=False, zero=False))
    kind = {"type": "log"} if doubling else {"zero": False}
    labels = alt.Axis(format="~s", tickCount=6) if doubling else alt.Axis()
    y = alt.Y("y:Q", title=unit, axis=labels, scale=alt.Scale(**kind, nice=False))
    tooltip = [
        alt.Tooltip("run:N"),
        alt.Tooltip("x:Q", title=AXES[axis], format=",.0f"),
        alt.Tooltip("y:Q", title=unit, format=".3f"),
    ]
    reach = alt.Chart().encode(x=x, y=y).transform_filter("datum.frame")
    shown = alt.Chart().encode(x=x, y=view.at("y")).transform_filter("!datum.frame")
    layers = [
        reach.mark_point(opacity=0, tooltip=False, size=1),
        zoomable(shown.mark_line(strokeWidth=2.5, clip=True).encode(color=color, strokeDash=dash)),
        shown.transform_filter("datum.alone")
        .mark_point(filled=True, size=120, shape="diamond", opacity=1, clip=True)
        .encode(color=color),
        shown.mark_point(opacity=0, size=80, clip=True).encode(tooltip=tooltip),
        view.arrows(shown).encode(color=color, tooltip=tooltip),
    ]
    layered = alt.layer(*layers).properties(title=title, height=height, width="container")
    return Base(layered.configure(**altair_config()))
