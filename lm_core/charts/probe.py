"""A few words, scored again and again while the model learns: a row a scoring, a column a
token, the darker the more surprising.

An altair chart that a page updates in place: its specification depends on the words, which stay
the same all through a run, and on the ends of the scale.
"""

import json
import math
from collections.abc import Sequence
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.live import Base
from lm_core.charts.theme import altair_config, color_scale
from lm_core.visible import visible

TITLE = "The same words, step by step"
ROWS = 14  # scorings shown: the first, the last, and others evenly between
LEARNED, LOST = 0.1, 0.1  # nats; a change of less is none


def probe_map(
    tokens: Sequence[str],
    scored: Sequence[tuple[int, Sequence[float]]],
    *,
    blind_nats: float | None = None,
    dark: bool = False,
    height: int = 300,
) -> Chart:
    """Nats of each token at each scoring, the oldest on top.

    Args:
        tokens: the texts of the N tokens, in order.
        scored: (step, nats of each token) by step; NaN where a token has nothing before it.
        blind_nats: ln V, where the scale ends: as surprising as any other token.
        dark: use the colour scale made for a dark page.
        height: in pixels; the same however many scorings there are.
    """
    shown = [scored[i] for i in _spread(len(scored))]
    labels = [visible(token) for token in tokens]
    rows = [
        (f"{step:,}", place, f"{at:03}{label}", label, nats, _said(nats))
        for place, (step, values) in enumerate(shown)
        for at, (label, nats) in enumerate(zip(labels, map(float, values), strict=True))
    ]
    columns = ["step", "place", "at", "token", "nats", "says"]
    data = pd.DataFrame(rows, columns=columns).astype({"nats": float})
    table = data[["step", "token", "nats"]]
    drawn = data[np.isfinite(data["nats"])]
    most = round(blind_nats, 1) if blind_nats else 4.0
    long = max(map(len, labels), default=1) > 1
    figure = _layers(most, long, dark, height).of(drawn)
    return Chart(TITLE, figure, _alt(labels, scored), table)


def read_probe(tokens: Sequence[str], scored: Sequence[tuple[int, Sequence[float]]]) -> str:
    """What has changed between the first scoring and the last: the mean, the token that became
    most expected and, where one became less so by 0.1 nats or more, the one that lost most."""
    if not scored:
        return "The same few words are scored at each evaluation: the first comes soon."
    labels = [visible(token) for token in tokens]
    last = np.asarray(scored[-1][1], dtype=float)
    known = np.isfinite(last)
    if not known.any():
        return "Nothing here can be scored: the text is too short."
    now = f"{words.nats(float(last[known].mean()))} nats per token at step {scored[-1][0]:,}"
    hardest = int(np.nanargmax(np.where(known, last, -np.inf)))
    hard = f"{_named(labels, hardest)} surprises it most ({words.nats(last[hardest])})"
    if len(scored) == 1:
        return f"Scored once so far: {now}; {hard}."
    first = np.asarray(scored[0][1], dtype=float)
    gain = np.where(known & np.isfinite(first), first - last, 0.0)
    best, worst = int(gain.argmax()), int(gain.argmin())
    says = f"{words.nats(float(np.nanmean(first)))} at step {scored[0][0]:,}, {now}"
    if gain[best] > LEARNED:
        says += (
            f". It learned most about {_named(labels, best)} ({words.nats(first[best])} to "
            f"{words.nats(last[best])})"
        )
    if gain[worst] < -LOST:
        says += f", and expects {_named(labels, worst)} less than at step {scored[0][0]:,}"
    return f"{says}; {hard}."


def _spread(n: int) -> list[int]:
    """At most ROWS of n places, the first and the last among them."""
    return sorted(set(np.linspace(0, n - 1, min(n, ROWS)).round().astype(int).tolist()))


def _named(labels: list[str], at: int) -> str:
    """A token with the one before it: “a” after “m”."""
    return f"“{labels[at]}” after “{labels[at - 1]}”" if at else f"“{labels[at]}”"


def _said(nats: float) -> str:
    return f"{words.nats(nats)} nats: {words.percent(math.exp(-nats))}" if nats == nats else ""


@lru_cache(maxsize=16)
def _layers(most: float, long: bool, dark: bool, height: int) -> Base:
    """The chart without its data."""
    # Tokens repeat: a column is named by its place and its token, and shows the token alone.
    tokens = alt.Axis(
        labelExpr="slice(datum.label, 3)",
        labelAngle=-90 if long else 0,
        labelOverlap=False,
        labelLimit=80,
        ticks=False,
        domain=False,
        labelPadding=4,
        orient="top",
    )
    steps = alt.Axis(ticks=False, domain=False, minExtent=44)
    x = alt.X("at:N", title=None, axis=tokens, sort="ascending", scale=alt.Scale(padding=0.05))
    by_place = alt.EncodingSortField("place", op="min")
    y = alt.Y("step:N", title="step", axis=steps, sort=by_place, scale=alt.Scale(padding=0.05))
    colors = [color for _, color in color_scale(dark)]
    color = alt.Color(
        "nats:Q",
        scale=alt.Scale(domain=[0, most], range=colors, clamp=True),
        legend=alt.Legend(
            orient="bottom",
            title=f"nats of surprise: 0 was expected, {most:g} and more no better than guessing",
            titleLimit=600,
            titleFontWeight="normal",
            gradientLength=160,
            gradientThickness=10,
            tickCount=4,
            direction="horizontal",
        ),
    )
    tooltip = [
        alt.Tooltip("step:N"),
        alt.Tooltip("token:N"),
        alt.Tooltip("says:N", title="surprise"),
    ]
    chart = alt.Chart().mark_rect().encode(x=x, y=y, color=color, tooltip=tooltip)
    chart = chart.properties(title=TITLE, height=height, width="container")
    return Base(chart.configure(**altair_config()))


def _alt(labels: list[str], scored: Sequence[tuple[int, Sequence[float]]]) -> str:
    if not scored:
        return "Surprise at each token of one text, still empty: it has not been scored."
    text = json.dumps("".join(labels), ensure_ascii=False, allow_nan=False)
    return (
        f"Surprise at each of {words.count(len(labels), 'token')} of {text}, scored "
        f"{words.count(len(scored), 'time')} from step {scored[0][0]:,} to {scored[-1][0]:,}."
    )
