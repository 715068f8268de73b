"""Horizontal bars, the longest on top, and the bars of what a model expects next."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import BLUE, VERMILLION, style_figure


def next_token_bars(
    tokens: Sequence[str],
    probabilities: Sequence[float],
    *,
    chosen: int | None = None,
    height: int | None = None,
    title: str = "What it expects next",
    what: str = "next token",
) -> Chart:
    """What the model expects next, or elsewhere, the likeliest on top.

    Args:
        tokens: the tokens' texts; equal ones are numbered apart.
        probabilities: of each, as shares of one.
        chosen: which of `tokens` (an index) was drawn; its bar has another colour and says so.
        height: in pixels; from the number of bars when None.
        what: of what these are guesses, in a sentence.
    """
    shares = np.asarray(probabilities, dtype=float)
    labels = words.unique_labels(tokens)
    order = _descending(shares)
    labels, shares = [labels[i] for i in order], shares[order]
    picked = [chosen is not None and i == chosen for i in order]
    texts = [
        words.percent(p) + (", chosen" if c else "") for p, c in zip(shares, picked, strict=True)
    ]
    colors = [VERMILLION if c else BLUE for c in picked]
    figure = horizontal_bars(
        labels, shares, texts, title=title, x="probability", height=height, colors=colors
    )
    share_ticks(figure)
    table = pd.DataFrame({"token": labels, "probability (share of 1)": shares})
    if any(picked):
        table["chosen"] = picked
    if not labels:
        return Chart(title, figure, "Next-token bars, still empty: nothing has been asked.", table)
    named = [f"{label} ({words.percent(p)})" for label, p in zip(labels, shares, strict=True)]
    says = f"Likeliest {what}: {named[0]}"
    if len(labels) > 1:
        says += f"; least likely of the {len(labels)} shown: {named[-1]}"
    if any(picked):
        says += f"; chosen: {named[picked.index(True)]}"
    return Chart(title, figure, f"{says}.", table)


def horizontal_bars(
    labels: Sequence[str],
    values: Sequence[float],
    texts: Sequence[str],
    *,
    title: str,
    x: str,
    y: str = "",
    height: int | None = None,
    colors: str | Sequence[str] = BLUE,
    label_width: int = 14,
) -> go.Figure:
    """A bar a label, from the top down, `texts` at their ends. A value not finite has no bar.

    Bars sit at numbered places with the labels (at most `label_width` characters) as tick texts,
    so that labels that look alike, or like numbers, stay apart.
    """
    values = np.asarray(values, dtype=float)
    lengths = np.where(np.isfinite(values), values, 0.0)
    escaped = [words.escaped(label) for label in labels]
    figure = go.Figure(
        go.Bar(
            x=lengths,
            y=np.arange(len(lengths)),
            orientation="h",
            marker_color=colors if isinstance(colors, str) else list(colors),
            text=list(texts),
            textposition="outside",
            cliponaxis=False,
            customdata=escaped,
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    height = height or 100 + 27 * max(3, len(lengths))
    style_figure(figure, title=title, x=x, y=y, height=height)
    # Room for the texts: on a phone a character takes about a twentieth of the longest bar, more
    # where long labels leave the bars less.
    room = lengths.max(initial=0.0) * label_width / 310 * np.array([len(text) for text in texts])
    reach = (lengths + room).max(initial=0.0)
    figure.update_xaxes(
        range=[0, reach or 1], nticks=5, showticklabels=bool(reach), fixedrange=True
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=np.arange(len(lengths)),
        ticktext=[words.escaped(words.shorten(label, label_width)) for label in labels],
        range=[max(1, len(lengths)) - 0.5, -0.5],
        showgrid=False,
        fixedrange=True,
    )
    return figure.update_layout(bargap=0.25, showlegend=False)


def _descending(values: np.ndarray) -> np.ndarray:
    """Indices from the largest value to the smallest, equals as they came, not-finite ones last."""
    keys = np.where(np.isfinite(values), -values, np.inf)
    return np.argsort(keys, kind="stable")
