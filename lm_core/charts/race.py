"""A race: the validation loss of every family, a thin line for each seed, while it goes on or when
it is over; and what guessing comes to, as lines across.

What only counts is done in a moment. Its last loss is drawn on, faint, to where the others are, as
that is what they have to get below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from lm_core.charts import view, words
from lm_core.charts.chart import Chart
from lm_core.charts.live import Base
from lm_core.charts.theme import GREY, Style, altair_config, family_style
from lm_core.charts.zooming import thinned

ROWS = 2_400  # of all lines together
AXES = {
    "seconds": "seconds of training",
    "tokens": "tokens read",
    "step": "step",
    "bytes": "bytes of text read",
    "operations": "operations of learning",
}
LARGE = ("tokens", "bytes", "operations")  # axes of which a number is told as 12.3 k
TITLE = "The race: loss on validation text"
HEIGHT = 380


@dataclass(frozen=True)
class Runner:
    """One run: `points` has columns `x` and `y`, in the units of the axes. `counts`: the family
    learns by counting alone."""

    family: str
    title: str
    seed: int
    points: pd.DataFrame = field(repr=False)
    counts: bool = False


def race_chart(
    runners: Sequence[Runner],
    *,
    unit: str,
    axis: str = "seconds",
    log_x: bool = False,
    doubling: bool = False,
    guesses: Mapping[str, float] | None = None,
    height: int = HEIGHT,
    title: str = TITLE,
) -> Chart:
    """The losses of all runs.

    Args:
        unit: of the losses and of the guesses (see measures.py).
        axis: one of AXES.
        log_x: equal lengths along are equal factors.
        doubling: and so upwards, as suits perplexities.
        guesses: the loss of guessing without a model, by what is guessed by.
    """
    lines = [_finite(one, log_x) for one in runners]
    ends = [rows["x"].max() for rows in lines if len(rows)]
    end = max(ends, default=0.0)
    each = ROWS // max(1, len(lines))
    parts = []
    for one, rows in zip(runners, lines, strict=True):
        rows = thinned(rows, "x", "y", each)
        here = rows.assign(family=one.title, line=f"{one.family} {one.seed}", kind="line")
        parts.append(here)
        if one.counts and len(rows) and rows["x"].iloc[-1] < end:
            last = rows.iloc[[-1, -1]].assign(x=[rows["x"].iloc[-1], end])
            parts.append(last.assign(family=one.title, line=one.family, kind="on"))
    empty = pd.DataFrame({"x": [], "y": [], "family": [], "line": [], "kind": []})
    drawn = pd.concat([part for part in parts if len(part)] or [empty], ignore_index=True)
    low, high = _reach(drawn, even=not doubling)
    across = [
        {"x": end or 1.0, "y": nats, "family": name, "line": name, "kind": "guess"}
        for name, nats in (guesses or {}).items()
        if low <= nats <= high
    ]
    first = drawn["x"].min() if log_x and len(drawn) else 0.0
    frame = pd.DataFrame({"x": [first, max(end, 1.0)], "y": [low, high]})
    frame = frame.assign(family="", line="", kind="frame")
    data = pd.concat([drawn, pd.DataFrame(across), frame], ignore_index=True)
    families = tuple(dict.fromkeys((one.title, one.family) for one in runners))
    base = _layers(unit, axis, log_x, doubling, height, families, title)
    parted = [
        (f"{r.title}, seed {r.seed}", p["x"], p["y"]) for r, p in zip(runners, lines, strict=True)
    ]
    beyond = view.beyond(parted, high, lambda x: place(x, axis))
    figure = base.of(data.assign(above=(data["y"] > high) & (data["kind"] == "line")))
    table = pd.concat(
        [
            rows.assign(family=one.title, seed=one.seed)
            for one, rows in zip(runners, lines, strict=True)
        ]
        or [pd.DataFrame({"x": [], "y": [], "family": [], "seed": []})],
        ignore_index=True,
    )[["family", "seed", "x", "y"]].rename(columns={"x": AXES[axis], "y": unit})
    said = f"{title}. {_read(runners, lines, unit)} {beyond}".strip()
    return Chart(title, figure, said, table, beyond)


def place(x: float, axis: str) -> str:
    """A place of an axis in words."""
    if axis == "seconds":
        return f"{x:,.1f} seconds" if x < 10 else f"{x:,.0f} seconds"
    return f"step {x:,.0f}" if axis == "step" else f"{words.human(x)} {axis}"


def _read(runners: Sequence[Runner], lines: Sequence[pd.DataFrame], unit: str) -> str:
    """Where each family is now: the mean of its seeds' last points."""
    last: dict[str, list[float]] = {}
    for one, rows in zip(runners, lines, strict=True):
        if len(rows):
            last.setdefault(one.title, []).append(float(rows["y"].iloc[-1]))
    if not last:
        return "No loss yet: the first evaluation comes soon after the start."
    ranked = sorted((sum(ys) / len(ys), title) for title, ys in last.items())
    said = ", ".join(f"{title} {words.nats(y)}" for y, title in ranked)
    return f"Last points, means over the seeds, lowest first, in {unit}: {said}."


def _finite(one: Runner, log_x: bool) -> pd.DataFrame:
    rows = one.points[["x", "y"]].astype(float)
    rows = rows[np.isfinite(rows).all(axis=1)]
    rows = rows[rows["x"] > 0] if log_x else rows
    return rows.sort_values("x", kind="stable", ignore_index=True)


def _reach(drawn: pd.DataFrame, *, even: bool) -> tuple[float, float]:
    """Where the upright axis ends; 1.5 times above where lines begin, at most."""
    if drawn.empty:
        return 0.0, 4.0
    begins = drawn.groupby("line")["y"].first().max()
    low = drawn["y"].min()
    high = max(min(drawn["y"].max(), view.SPIKES * begins), low)
    return view.rounded(low, high) if even else (low, high)


@lru_cache(maxsize=16)
def _layers(
    unit: str,
    axis: str,
    log_x: bool,
    doubling: bool,
    height: int,
    families: tuple[tuple[str, str], ...],
    title: str,
) -> Base:
    """The chart without its data."""
    styles: list[Style] = [family_style(name) for _, name in families]
    domain = [title for title, _ in families] or [""]
    colors, dashes = [s.color for s in styles] or ["#000"], [s.pattern for s in styles] or [[1, 0]]
    # More than two would not stand beside each other on a phone, in other languages least of all.
    legend = alt.Legend(orient="bottom", title=None, columns=2)
    color = alt.Color("family:N", scale=alt.Scale(domain=domain, range=colors), legend=legend)
    dash = alt.StrokeDash("family:N", scale=alt.Scale(domain=domain, range=dashes))
    numbers = "~s" if axis in LARGE or log_x else ",d"
    kind = {"type": "log"} if log_x else {"zero": False}
    x = alt.X(
        "x:Q",
        title=AXES[axis],
        axis=alt.Axis(tickCount=6, format=numbers),
        scale=alt.Scale(**kind, nice=False),
    )
    up = {"type": "log"} if doubling else {"zero": False}
    labels = alt.Axis(format="~s", tickCount=6) if doubling else alt.Axis()
    y = alt.Y("y:Q", title=unit, axis=labels, scale=alt.Scale(**up, nice=False))
    tooltip = [
        alt.Tooltip("family:N", title="family"),
        alt.Tooltip("line:N", title="run"),
        alt.Tooltip("x:Q", title=AXES[axis], format=",.1f"),
        alt.Tooltip("y:Q", title=unit, format=".3f"),
    ]

    def of(kind: str) -> alt.Chart:
        return alt.Chart().encode(x=x, y=view.at("y")).transform_filter(f"datum.kind === '{kind}'")

    reach = alt.Chart().encode(x=x, y=y).transform_filter("datum.kind === 'frame'")
    runs, on, guess = of("line"), of("on"), of("guess")
    layers = [
        reach.mark_point(opacity=0, tooltip=False, size=1),
        guess.mark_rule(color=GREY, strokeDash=[2, 3], strokeWidth=1.5, aria=False).encode(
            x=alt.value(0), x2=alt.value("width")
        ),
        guess.mark_text(align="right", dy=-6, color=GREY, fontSize=11).encode(text="family:N"),
        on.mark_line(strokeWidth=1, opacity=0.6, clip=True).encode(
            color=color, strokeDash=alt.value([1, 3]), detail="line:N"
        ),
        runs.mark_line(strokeWidth=1.6, opacity=0.9, clip=True).encode(
            color=color, strokeDash=dash, detail="line:N"
        ),
        runs.mark_point(opacity=0, size=60, clip=True).encode(tooltip=tooltip),
        view.arrows(runs).encode(color=color, tooltip=tooltip),
    ]
    layered = alt.layer(*layers).properties(title=title, height=height, width="container")
    return Base(layered.configure(**altair_config()))
