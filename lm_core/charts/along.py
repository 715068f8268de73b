"""The surprise along a text: each token, and the mean of all up to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, PALETTE, Style, family_style, legend_below, style_figure

X, Y, MEAN = "place in the text (characters)", "nats per token", "mean so far (nats per token)"
OTHERS = [Style(color, dash) for color, dash in zip(PALETTE, DASHES, strict=False)][1:]  # of kin


@dataclass(frozen=True)
class Along:
    """One model: of each token its text, where it ends (characters from the beginning), and its
    surprise in nats."""

    label: str
    family: str
    tokens: tuple[str, ...]
    places: tuple[int, ...]
    nats: tuple[float, ...]


def surprise_along(models: Sequence[Along], *, height: int = 360) -> Chart:
    """A dot a token, a line a model for the mean of all tokens up to there. A token that was held
    to be impossible has no dot, and from there on the mean is infinite and has no line."""
    title, figure = "Surprise along the text", go.Figure()
    tables, said, styles = [], [], []
    for one in models:
        style = family_style(one.family)
        style = style if style not in styles else next(s for s in OTHERS if s not in styles)
        styles.append(style)
        sums = accumulate(one.nats)
        means = [whole / n for n, whole in enumerate(sums, 1)]
        labels = words.unique_labels(one.tokens)
        figure.add_scatter(
            x=list(one.places),
            y=_finite(one.nats),
            mode="markers",
            showlegend=False,
            marker={"color": style.color, "size": 5, "opacity": 0.45},
            customdata=[words.escaped(label) for label in labels],
            hovertemplate="%{customdata}: %{y:.2f} nats<extra></extra>",
        )
        figure.add_scatter(
            x=list(one.places),
            y=_finite(means),
            mode="lines",
            name=words.escaped(f"{one.label}, mean so far"),
            line={"color": style.color, "dash": style.dash, "width": 2},
            hovertemplate="mean up to here %{y:.2f} nats<extra></extra>",
        )
        columns = {"model": one.label, X: one.places, "token": labels, Y: one.nats, MEAN: means}
        tables.append(pd.DataFrame(columns))
        if means:
            half = len(means) // 2 or 1
            begin, end = means[half - 1], float(np.mean(one.nats[half:] or one.nats))
            said.append(
                f"{one.label}: {words.nats(begin)} nats per token in the first half, "
                f"{words.nats(end)} in the second, {words.nats(means[-1])} over all"
            )
    style_figure(figure, title=title, x=X, y=Y, height=height)
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(showlegend=True)
    legend_below(figure)
    table = pd.concat(tables) if tables else pd.DataFrame(columns=["model", X, "token", Y, MEAN])
    alt = f"{title}. {'; '.join(said)}." if said else f"{title}, empty: nothing was guessed."
    return Chart(title, figure, alt, table)


def _finite(values: Sequence[float]) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values]
