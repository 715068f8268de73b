"""Which class was taken for which: a row for each class there really is, a column for each that was
said. What is right is on the diagonal.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import color_scale, ink, scale_color, style_figure

NUMBERED = 8  # classes, up to which each cell has its number in it
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # marks of the colour bar
NAMED = 40  # along a side whose names all fit


def confusion_map(
    names: Sequence[str],
    counts: Sequence[Sequence[int]],
    *,
    dark: bool = False,
    height: int = 360,
    what: str = "texts",
) -> Chart:
    """Counts as a heatmap, coloured by the share of its row, so that rare classes are seen too.

    Args:
        names: of the K classes, in the order of rows and columns.
        counts: (K, K), [real][said].
        dark: use the colour scale made for a dark page.
        height: in pixels.
        what: is counted.
    """
    labels, K = words.unique_labels(names), len(names)
    table = np.asarray(counts, dtype=float).reshape(K, K)
    each = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, each, out=np.zeros_like(table), where=each > 0)
    title, figure = "Which class was taken for which", go.Figure()
    numbered = K <= NUMBERED
    if K:
        figure.add_heatmap(
            z=shares,
            x=np.arange(K),
            y=np.arange(K),
            colorscale=color_scale(dark),
            zmin=0.0,
            zmax=1.0,
            xgap=1,
            ygap=1,
            text=_said(labels, table, shares, what),
            hovertemplate="%{text}<extra></extra>",
            colorbar={
                "thickness": 12,
                "outlinewidth": 0,
                "tickvals": list(SHARES),
                "ticktext": [words.percent(share) for share in SHARES],
            },
        )
    counts = [
        {
            "x": j,
            "y": i,
            "text": f"{int(table[i, j]):,}",
            "showarrow": False,
            "font": {"color": ink(scale_color(shares[i, j], dark))},
        }
        for i, j in (np.ndindex(K, K) if numbered else ())
    ]
    figure.update_layout(annotations=counts)  # all at once: one by one each would copy the rest
    style_figure(
        figure, title=title, x="class said; colour: share of its row", y="real class", height=height
    )
    places = list(range(0, K, -(-K // NAMED) or 1))
    ticks = {
        "tickmode": "array",
        "tickvals": places,
        "ticktext": [words.escaped(words.shorten(labels[i], 12)) for i in places],
        "showgrid": False,
        "fixedrange": True,
    }
    figure.update_xaxes(**ticks, range=[-0.5, max(1, K) - 0.5])
    figure.update_yaxes(**ticks, range=[max(1, K) - 0.5, -0.5])
    figure.update_layout(hovermode="closest")
    data = pd.DataFrame(
        {
            "real class": np.repeat(np.array(labels, dtype=object), K),
            "class said": np.tile(np.array(labels, dtype=object), K),
            what: table.reshape(-1).astype(int),
            "share of the real class (share of 1)": shares.reshape(-1),
        }
    )
    return Chart(title, figure, _alt(labels, table, what), data)


def _said(labels: list[str], table: np.ndarray, shares: np.ndarray, what: str) -> list[list[str]]:
    """What stands on each cell when it is pointed at."""
    shown = [words.escaped(label) for label in labels]
    return [
        [
            f"really <b>{real}</b>, said <b>{said}</b>: {count:,.0f} {what}, {words.percent(share)}"
            for said, count, share in zip(shown, row, of, strict=True)
        ]
        for real, row, of in zip(shown, table.tolist(), shares.tolist(), strict=True)
    ]


def _alt(labels: list[str], table: np.ndarray, what: str) -> str:
    if not table.sum():
        return "Which class was taken for which, still empty: nothing was judged."
    says = f"{np.trace(table):,.0f} of {table.sum():,.0f} {what} are right"
    wrong = table - np.diag(np.diag(table))
    if wrong.any():
        i, j = np.unravel_index(int(wrong.argmax()), wrong.shape)
        says += (
            f"; most often {labels[i]} was taken for {labels[j]}, {wrong[i, j]:,.0f} of "
            f"{table[i].sum():,.0f} times"
        )
    return f"{says}."
