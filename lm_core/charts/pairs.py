"""The table of pairs behind a bigram: how often each token followed each, and how likely it is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import VERMILLION, color_scale, style_figure

NAMED = 40  # tokens along a side whose names all fit; more are thinned
SHARES = (0.0, 0.01, 0.05, 0.2, 0.5, 0.9)  # marks of the colour bar


def pair_table(
    counts: np.ndarray,
    probabilities: np.ndarray,
    tokens: Sequence[str],
    *,
    title: str = "Which token followed which",
    row: int | None = None,
    pressed: bool = False,
    dark: bool = False,
    height: int = 500,
) -> Chart:
    """Row: the token at hand. Column: the next one. Colour: its probability; a row sums to 1.

    Colours follow the square root of the probability, so that a rare pair is told from one that
    never came.

    Args:
        counts: (V, V) how often the column's token followed the row's.
        probabilities: (V, V) what a model makes of the counts.
        tokens: the V tokens' texts.
        row: of the token at hand, framed.
        pressed: cells can be pressed: a point's `customdata` is [row, column], counted from 0.
        dark: use the colour scale made for a dark page.
        height: in pixels.
    """
    counts = np.asarray(counts)
    shares = np.asarray(probabilities, dtype=float)
    labels = words.unique_labels(tokens)
    V = len(labels)
    if counts.shape != (V, V) or shares.shape != (V, V):
        raise ValueError(f"{V} tokens for tables of {counts.shape} and {shares.shape}")
    figure, said = go.Figure(), _said(labels, counts, shares)
    if V:
        figure.add_heatmap(
            z=np.sqrt(shares).astype(np.float32),
            x=np.arange(V),
            y=np.arange(V),
            colorscale=color_scale(dark),
            zmin=0.0,
            zmax=1.0,
            xgap=1,
            ygap=1,
            text=None if pressed else said,
            hovertemplate=None if pressed else "%{text}<extra></extra>",
            hoverinfo="skip" if pressed else None,
            colorbar={  # below: a phone has no room beside the picture
                "orientation": "h",
                "y": 0,
                "yref": "container",
                "yanchor": "bottom",
                "thickness": 12,
                "outlinewidth": 0,
                "tickvals": [share**0.5 for share in SHARES],
                "ticktext": [words.percent(share) for share in SHARES],
            },
        )
    if V and pressed:  # a click on a heatmap alone selects nothing on a page
        cells = [[i, j] for i in range(V) for j in range(V)]
        figure.add_scatter(
            x=[j for _, j in cells],
            y=[i for i, _ in cells],
            mode="markers",
            marker={"size": 12, "opacity": 0},
            customdata=cells,
            hovertext=[one for line in said for one in line],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    if row is not None and 0 <= row < V:
        figure.add_shape(
            x0=-0.5,
            x1=V - 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": VERMILLION, "width": 3},
        )
    style_figure(
        figure,
        title=title,
        x="next token; colour: its probability",
        y="token at hand",
        height=height,
    )
    places = list(range(0, V, -(-V // NAMED) or 1))
    ticks = {
        "tickmode": "array",
        "tickvals": places,
        "ticktext": [words.escaped(words.shorten(labels[i], 8)) for i in places],
        "tickfont": {"size": 11},
        "showgrid": False,
        "fixedrange": True,
    }
    figure.update_xaxes(**ticks, tickangle=0, range=[-0.5, max(1, V) - 0.5])
    figure.update_yaxes(**ticks, range=[max(1, V) - 0.5, -0.5])
    figure.update_layout(showlegend=False, hovermode="closest", margin={"b": 92})
    table = pd.DataFrame(
        {
            "token": np.repeat(np.array(labels, dtype=object), V),
            "next": np.tile(np.array(labels, dtype=object), V),
            "count": counts.reshape(-1),
            "probability (share of 1)": shares.reshape(-1),
        }
    )
    return Chart(title, figure, _alt(labels, counts, shares), table)


def _said(labels: list[str], counts: np.ndarray, shares: np.ndarray) -> list[list[str]]:
    """What stands on each cell when it is pointed at."""
    names, totals = [words.escaped(label) for label in labels], counts.sum(axis=1)
    return [
        [
            f"<b>{after} → {next}</b>: {count:,} of {total:,} times<br>"
            f"probability {words.percent(share)}"
            for next, count, share in zip(names, row, row_shares, strict=True)
        ]
        for after, row, row_shares, total in zip(
            names, counts.tolist(), shares.tolist(), totals.tolist(), strict=True
        )
    ]


def _alt(labels: list[str], counts: np.ndarray, shares: np.ndarray) -> str:
    if not len(labels) or not counts.sum():
        return "A table of pairs, still empty: nothing has been counted."
    often = np.unravel_index(counts.argmax(), counts.shape)
    sure = np.unravel_index(shares.argmax(), shares.shape)
    never = int((counts == 0).sum())
    return (
        f"A table of {words.count(counts.size, 'pair')} of tokens, {never:,} of which never came. "
        f"Most frequent: {labels[often[0]]} then {labels[often[1]]}, {counts[often]:,} times. "
        f"Surest: after {labels[sure[0]]} comes {labels[sure[1]]} with "
        f"{words.percent(shares[sure])}."
    )
