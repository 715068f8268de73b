"""Scores before and after the division by sqrt(D), and a softmax that is sharpened."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.matrices import written
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import BLUE, VERMILLION, legend_below, style_figure

RAW, SCALED = "q · k", "q · k / √D"


def variances(
    sizes: Sequence[int],
    raw: Sequence[float],
    scaled: Sequence[float],
    *,
    chosen: int | None = None,
    height: int = 320,
) -> Chart:
    """The variance of scores over the size of a head, both on logarithmic axes.

    Args:
        sizes: D of each point.
        raw, scaled: variances, sampled.
        chosen: one of `sizes`, drawn larger.
    """
    title = "Variance of the scores"
    figure = go.Figure()
    for name, values, color, dash in (
        (RAW, raw, VERMILLION, "dash"),
        (SCALED, scaled, BLUE, "solid"),
    ):
        figure.add_scatter(
            x=list(sizes),
            y=list(values),
            name=name,
            mode="lines+markers",
            line={"color": color, "dash": dash, "width": 2},
            marker={"size": [13 if size == chosen else 7 for size in sizes]},
            hovertemplate=f"{name}, D = %{{x}}: %{{y:.3f}}<extra></extra>",
        )
    style_figure(figure, title=title, x="D, numbers of a head", y="variance", height=height)
    figure.update_xaxes(
        type="log", tickmode="array", tickvals=list(sizes), ticktext=list(map(str, sizes))
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(type="log", dtick=1, fixedrange=True)
    legend_below(figure)
    table = pd.DataFrame(
        {"D": list(sizes), f"variance of {RAW}": raw, f"variance of {SCALED}": scaled}
    )
    if not len(sizes):
        return Chart(title, figure, f"{title}, still empty: nothing was sampled.", table)
    says = (
        f"{title}: of {RAW} it grows from {written(raw[0])} at D = {sizes[0]} to "
        f"{written(raw[-1])} at D = {sizes[-1]}; of {SCALED} it lies between "
        f"{written(min(scaled))} and {written(max(scaled))}."
    )
    return Chart(title, figure, says, table)


def softmax_bars(
    names: Sequence[str], scores: Sequence[float], shares: Sequence[float], times: float
) -> Chart:
    """What the softmax gives to each of some scores.

    Args:
        scores, shares: as they were before the multiplication, and after the softmax.
        times: what the scores were multiplied by.
    """
    labels = words.numbered_apart(list(names))
    texts = [words.percent(share) for share in shares]
    title = f"Softmax of {times:g} times the scores"
    most = int(np.argmax(shares)) if len(labels) else -1
    colors = [VERMILLION if i == most else BLUE for i in range(len(labels))]
    figure = horizontal_bars(labels, shares, texts, title=title, x="weight", colors=colors)
    share_ticks(figure)
    table = pd.DataFrame({"token": labels, "score": scores, "weight (share of 1)": shares})
    if most < 0:
        return Chart(title, figure, f"{title}, still empty: there is no score.", table)
    alt = f"{title}: {labels[most]} gets most, {texts[most]}; all together get 100 %."
    return Chart(title, figure, alt, table)
