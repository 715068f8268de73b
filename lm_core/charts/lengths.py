"""A score by the length of the sentence, as groups of bars: a group for each stretch of lengths, a
bar in it for each model. Bars have patterns as well as colours."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.shares import TICKS
from lm_core.charts.theme import PALETTE, legend_below, style_figure

PATTERNS = ("", "/", "x", ".", "-", "\\", "+", "|")
MOST = len(PATTERNS)  # models that can be told apart
HEIGHT, LEGEND = 330, 24  # pixels, and for each model's name
NAME = 40  # letters of it, so that a phone has room


def by_length_bars(
    scores: Mapping[str, Sequence[float | None]],
    spans: Sequence[str],
    counts: Sequence[int],
    *,
    name: str,
    unit: str,
    most: float,
) -> Chart:
    """One score of several models, the shortest sentences first.

    Args:
        scores: of each model, by its label, a value a stretch; None where there is none.
        spans: what the stretches are called: "4 to 5 words".
        counts: sentences in each.
        name, unit, most: of the score: "exact match", what it is counted in, and its highest value.
    """
    title = f"{name[:1].upper()}{name[1:]} by sentence length"
    labels = words.numbered_apart(list(scores))
    values = np.array([list(row) for row in scores.values()], dtype=float)  # None is not a number
    values = values.reshape(len(labels), len(spans))
    figure, places = go.Figure(), np.arange(len(spans))
    for n, (label, row) in enumerate(zip(labels, values, strict=True)):
        pattern = {"shape": PATTERNS[n % MOST], "size": 6}
        figure.add_bar(
            x=places,
            y=row,
            name=words.escaped(words.shorten(label, NAME)),
            marker={"color": PALETTE[n % len(PALETTE)], "pattern": pattern},
            customdata=[_said(value, most) for value in row],
            hovertemplate="%{customdata}<extra>" + words.escaped(label) + "</extra>",
        )
    height = HEIGHT + LEGEND * len(labels)
    style_figure(figure, title=title, x="length of the source; n sentences", y=unit, height=height)
    legend_below(figure).update_layout(barmode="group", bargap=0.2, hovermode="closest")
    named = ["<br>".join(span.rsplit(" ", 1)) for span in spans]
    ticks = [f"{name}<br>n = {n:,}" for name, n in zip(named, counts, strict=True)]
    figure.update_xaxes(
        tickmode="array", tickvals=places, ticktext=ticks, tickangle=0, fixedrange=True
    )
    figure.update_yaxes(range=[0, 1.02 * most], fixedrange=True)
    figure.update_layout(legend={"orientation": "v"})
    if most == 1:
        marks = {"tickvals": TICKS, "ticktext": [words.percent(tick) for tick in TICKS]}
        figure.update_yaxes(tickmode="array", **marks)
    table = pd.DataFrame({"length": list(spans), "sentences": list(counts)})
    for label, row in zip(labels, values, strict=True):
        table[f"{label} ({unit})"] = row
    return Chart(title, figure, _alt(title, labels, values, spans, counts, most), table)


def _said(value: float, most: float) -> str:
    """A score of at most 1 as a percentage, another with one digit."""
    if np.isnan(value):
        return "none: no reference has four words"
    return words.percent(value) if most == 1 else f"{value:.1f}"


def _alt(
    title: str,
    labels: Sequence[str],
    values: np.ndarray,
    spans: Sequence[str],
    counts: Sequence[int],
    most: float,
) -> str:
    if not len(labels) or not len(spans):
        return f"{title}, still empty: no sentence was translated."
    each = "; ".join(
        f"{label} {', '.join(_said(value, most) for value in row)}"
        for label, row in zip(labels, values, strict=True)
    )
    lengths = ", ".join(
        f"{span} ({words.count(n, 'sentence')})" for span, n in zip(spans, counts, strict=True)
    )
    return f"{title}, for {lengths}: {each}."
