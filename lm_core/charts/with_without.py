"""Two probabilities for each token of a text, as pairs of bars: with a part of the model, and
without it. The bars of the second kind are striped, so that they are told apart without colour."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import BLUE, VERMILLION, legend_below, style_figure

LABELS = 14  # letters of a token beside its bars


def with_without(
    tokens: Sequence[str],
    one: Sequence[float],
    other: Sequence[float],
    *,
    called: tuple[str, str],
    title: str,
    x: str = "probability of the right token",
) -> Chart:
    """Bars from the top down, in the order of the text.

    Args:
        tokens: the text, token by token; repeated ones are numbered apart.
        one, other: the probability of each, as shares of one.
        called: what the two are called in the legend.
        x: of what these are the probabilities.
    """
    labels = words.unique_labels(tokens)
    sides = [np.nan_to_num(np.asarray(side, dtype=float)) for side in (one, other)]
    places = np.arange(len(labels))
    figure = go.Figure()
    for name, shares, color, shape in zip(
        called, sides, (BLUE, VERMILLION), ("", "/"), strict=True
    ):
        figure.add_bar(
            x=shares,
            y=places,
            orientation="h",
            name=name,
            marker={"color": color, "pattern": {"shape": shape, "size": 5}},
            text=[words.percent(p) for p in shares],
            textposition="outside",
            cliponaxis=False,
            customdata=[words.escaped(label) for label in labels],
            hovertemplate="%{customdata}: %{text}<extra>" + name + "</extra>",
        )
    height = 140 + 44 * max(2, len(labels))
    style_figure(figure, title=title, x=x, height=height)
    share_ticks(figure).update_xaxes(fixedrange=True)
    figure.update_yaxes(
        tickmode="array",
        tickvals=places,
        ticktext=[words.escaped(words.shorten(label, LABELS)) for label in labels],
        range=[max(1, len(labels)) - 0.5, -0.5],
        showgrid=False,
        fixedrange=True,
    )
    figure.update_layout(barmode="group", bargap=0.25)
    legend_below(figure)
    table = pd.DataFrame({"token": labels} | _columns(called, sides))
    return Chart(title, figure, _alt(labels, sides, called), table)


def _columns(called: tuple[str, str], sides: list[np.ndarray]) -> dict[str, np.ndarray]:
    return {f"{name} (share of 1)": shares for name, shares in zip(called, sides, strict=True)}


def _alt(labels: list[str], sides: list[np.ndarray], called: tuple[str, str]) -> str:
    if not labels:
        return "Pairs of bars, still empty: there is no text to ask about."
    said = [
        f"{label} {words.percent(p)} and {words.percent(q)}"
        for label, p, q in zip(labels, *sides, strict=True)
    ]
    return f"{called[0]} and {called[1].lower()}: {'; '.join(said)}."
