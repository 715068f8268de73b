"""The share of each side among the first throws, and the probability that it nears."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, PALETTE, legend_below, style_figure

MOST = 7  # sides that are drawn, the likeliest


def frequencies(
    sides: Sequence[str],
    probabilities: Sequence[float],
    after: Sequence[int],
    shares: np.ndarray,
    *,
    height: int = 360,
) -> Chart:
    """A line for each side over the throws (by factors), and its probability as a thin one across.

    Args:
        sides: what the K sides are called; the likeliest MOST are drawn.
        probabilities: of each, (K,).
        after: how many throws were made at each look, (L,), rising.
        shares: of each side among them, (L, K).
    """
    labels, shares = words.unique_labels(sides), np.asarray(shares, dtype=float)
    p = np.asarray(probabilities, dtype=float)
    figure, dashes = go.Figure(), list(DASHES)
    title = "Share of each side as the throws go on"
    drawn = sorted(np.argsort(-p, kind="stable")[:MOST].tolist())
    for n, side in enumerate(drawn):
        color = PALETTE[n % len(PALETTE)]
        figure.add_scatter(
            x=list(after),
            y=shares[:, side],
            name=words.escaped(labels[side]),
            mode="lines",
            line={"color": color, "dash": dashes[n % len(dashes)], "width": 2.5},
            hovertemplate="after %{x:,}: %{y:.4f}",
        )
        figure.add_scatter(
            x=[min(after), max(after)],
            y=[p[side]] * 2,
            mode="lines",
            showlegend=False,
            line={"color": color, "width": 1},
            hoverinfo="skip",
        )
    style_figure(figure, title=title, x="throws", y="share (thin: its probability)", height=height)
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(type="log", tickformat="~s", nticks=6)
    figure.update_yaxes(range=[0, 1.05 * max([p.max(initial=0), *shares[2:].flatten()])])
    table = pd.DataFrame(
        {
            "throws": np.repeat(np.asarray(after, dtype=int), len(labels)),
            "side": labels * len(after),
            "share (of 1)": shares.reshape(-1),
            "probability (share of 1)": np.tile(p, len(after)),
        }
    )
    if not len(after) or not labels:
        return Chart(title, figure, f"{title}, empty: nothing was thrown.", table)
    far = np.abs(shares - p).max(axis=1)
    alt = (
        f"{title}: after {after[-1]:,} the share that is furthest from its probability is "
        f"{far[-1]:.4f} off; after {after[0]:,} it was {far[0]:.4f}."
    )
    return Chart(title, figure, alt, table)
