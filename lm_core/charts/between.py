"""Lines between words: who looks at whom in one head, a line the thicker the more is taken.

Left the tokens that look, right those that are looked at. The idea is BertViz's (Vig 2019).
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, SKY, style_figure

MOST = 48  # tokens on a side; of longer texts the last
FAINT = 0.04  # below this share there is no line
EDGES = (FAINT, 0.1, 0.25, 0.5, 0.75, 1.0001)  # between lines of one thickness
ROW, AROUND = 21, 70  # pixels: of a token, and of what is around all of them
NAMES = 0.42  # room for names on each side, as a share of the lines' width


def lines_between(
    weights: np.ndarray,
    tokens: Sequence[str],
    layer: int,
    head: int,
    *,
    columns: Sequence[str] | None = None,
    row: int | None = None,
    looking: str = "looking",
    dark: bool = False,
) -> Chart:
    """One head as lines.

    Args:
        weights: (T, S) attention, rows summing to 1; NaN is none.
        tokens: the T tokens' texts, no two alike.
        layer, head: which one it is, counted from 0 (the words count from 1).
        columns: the S tokens of another text that they look at.
        row: the only token whose lines are drawn; None is all.
        looking: what the tokens on the left do.
    """
    weights = np.nan_to_num(np.asarray(weights, dtype=float))
    across = columns is not None
    columns = tokens if columns is None else columns
    left, right = max(0, len(tokens) - MOST), max(0, len(columns) - MOST)
    shown = weights[left:, right:].copy()
    if row is not None:
        shown[np.arange(len(shown)) != row - left] = 0
    title = f"Layer {layer + 1}, head {head + 1}: lines"
    figure = go.Figure()
    ink = SKY if dark else BLUE
    for low, high in pairwise(EDGES):
        i, j = np.nonzero((shown >= low) & (shown < high))
        if not len(i):
            continue
        nothing = np.full(len(i), np.nan)  # between two lines
        figure.add_scatter(
            x=np.tile([0.0, 1.0, np.nan], len(i)),
            y=np.stack([i, j, nothing], axis=1).ravel(),
            mode="lines",
            line={"color": ink, "width": 1 + 5 * low},
            opacity=min(1.0, 0.25 + low),
            hoverinfo="skip",
        )
    for x, names, side in ((0, tokens[left:], "left"), (1, columns[right:], "right")):
        bold = None if row is None or x else row - left
        figure.add_scatter(
            x=[x] * len(names),
            y=list(range(len(names))),
            mode="markers+text",
            marker={"size": 4, "color": ink},
            text=[
                f"<b>{_name(name)}</b>" if i == bold else _name(name)
                for i, name in enumerate(names)
            ],
            textposition=f"middle {side}",
            customdata=[words.escaped(name) for name in names],
            hovertemplate="%{customdata}<extra></extra>",
            cliponaxis=False,
        )
    rows = max(1, *shown.shape)
    style_figure(figure, title=title, x=f"{looking} → looked at", height=AROUND + ROW * rows)
    bare = {"showticklabels": False, "showgrid": False, "ticks": "", "fixedrange": True}
    figure.update_xaxes(**bare, range=[-NAMES, 1 + NAMES])
    figure.update_yaxes(**bare, range=[rows - 0.5, -0.5])
    figure.update_layout(showlegend=False, hovermode="closest")
    i, j = np.nonzero(shown >= FAINT)
    table = pd.DataFrame(
        {
            looking: [tokens[left + a] for a in i],
            "looked at": [columns[right + b] for b in j],
            "attention (share of 1)": shown[i, j],
        }
    )
    beyond = ""
    if left or right:
        beyond = f"Of a longer text the last {MOST} tokens are drawn."
    return Chart(
        title,
        figure,
        _alt(shown, tokens[left:], columns[right:], title, across, beyond),
        table,
        beyond,
    )


def _name(token: str) -> str:
    return words.escaped(words.shorten(token, 12))


def _alt(
    shown: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    across: bool,
    beyond: str,
) -> str:
    many = int((shown >= FAINT).sum())
    if not many:
        return f"{title}: no look takes {words.percent(FAINT)} or more. {beyond}".strip()
    others = shown if across else np.where(np.eye(*shown.shape, dtype=bool), 0, shown)
    says = f"{title}, {words.count(many, 'line')} of {words.percent(FAINT)} or more"
    if others.max() > 0:
        i, j = np.unravel_index(int(others.argmax()), others.shape)
        of = "" if across else " at another token"
        says += f"; the thickest look{of} is {rows[i]} at {columns[j]} "
        says += f"({words.percent(others[i, j])})"
    return f"{says}. {beyond}".strip()
