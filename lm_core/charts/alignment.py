"""Where a translator looked: a row for each token it wrote, a column for each token of the source.

An altair chart, because a page updates it in place while the target grows row by row. Rows that are
still to come are there as empty places, so that nothing moves when one fills.
"""

from collections.abc import Sequence
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.live import Base
from lm_core.charts.theme import altair_config, color_scale, ink, scale_color

TITLE = "Where it looks (share of 1)"
NEXT = "(next)"  # the row of the token that is not chosen yet
NUMBERED = 12  # tokens of the source up to which there is room for numbers
LABELS, UNDER = 92, 66  # pixels for the tokens beside the picture, and under it
LIKE_NOTHING = 0.005  # what is missing to 1 up to this is rounding


def alignment(
    weights: np.ndarray,
    source: Sequence[str],
    target: Sequence[str],
    *,
    places: int = 0,
    dark: bool = False,
    height: int = 430,
) -> Chart:
    """The alignment as far as it has grown.

    Args:
        weights: (rows, S) share of each look, rows summing to 1 or less; one row more than `target`
            has tokens is the look for the token that comes next.
        source: the S tokens' texts; repeated ones are numbered apart.
        target: the texts of the tokens that are written.
        places: rows there is room for from the start; more are made where more are written.
        dark: use the colour scale made for a dark page.
        height: in pixels.
    """
    weights = np.asarray(weights, dtype=float).reshape(-1, len(source))
    columns = words.unique_labels(source)
    rows = words.unique_labels([*target, NEXT][: len(weights)])
    i, j = np.indices(weights.shape).reshape(2, -1)
    shares = weights.ravel()
    table = pd.DataFrame(
        {
            "written": [rows[k] for k in i],
            "looked at": [columns[k] for k in j],
            "attention (share of 1)": shares,
        }
    )
    data = _data(shares, i, j, rows, columns, places, dark)
    figure = _layers(len(columns) <= NUMBERED, dark, height).of(data)
    return Chart(TITLE, figure, _alt(weights, rows, columns), table)


def _data(
    shares: np.ndarray,
    i: np.ndarray,
    j: np.ndarray,
    rows: list[str],
    columns: list[str],
    places: int,
    dark: bool,
) -> pd.DataFrame:
    """A row a cell, and one for each place that is still empty."""
    empty = max(0, places - len(rows))
    known = np.isfinite(shares)
    shown = np.where(known, shares, 0.0)
    row_names = words.numbered_apart([words.shorten(label, 13) for label in rows])
    column_names = words.numbered_apart([words.shorten(label, 12) for label in columns])
    # Blanks of different lengths: places of their own, with nothing to read.
    blank = [" " * n for n in range(1, empty + 1)]
    return pd.DataFrame(
        {
            "row": [*i, *range(len(rows), len(rows) + empty)],
            "column": [*j, *[0] * empty],
            "written": [row_names[k] for k in i] + blank,
            "looked at": [column_names[k] for k in j] + [column_names[0]] * empty * bool(columns),
            "whole": [rows[k] for k in i] + [""] * empty,
            "source": [columns[k] for k in j] + [""] * empty,
            "share": [*shown, *[0.0] * empty],
            "filled": [*known.astype(int), *[0] * empty],
            "text": [words.probability(p) for p in shares] + [""] * empty,
            "says": [words.percent(p) for p in shares] + [""] * empty,
            "ink": [ink(scale_color(p, dark)) for p in shown] + ["#000000"] * empty,
        }
    )


@lru_cache(maxsize=16)
def _layers(numbered: bool, dark: bool, height: int) -> Base:
    """The chart without its data."""
    axis = {"ticks": False, "domain": False, "labelOverlap": False}
    close = alt.Scale(padding=0.04)
    x = alt.X(
        "looked at:N",
        sort=alt.EncodingSortField("column", op="min"),
        scale=close,
        title="token of the source",
        axis=alt.Axis(labelAngle=-45, labelLimit=80, minExtent=UNDER, maxExtent=UNDER, **axis),
    )
    y = alt.Y(
        "written:N",
        sort=alt.EncodingSortField("row", op="min"),
        scale=close,
        title="token written",
        axis=alt.Axis(minExtent=LABELS, maxExtent=LABELS, labelLimit=LABELS, **axis),
    )
    colors = [color for _, color in color_scale(dark)]
    color = alt.Color("share:Q", scale=alt.Scale(domain=[0, 1], range=colors), legend=None)
    tooltip = [
        alt.Tooltip("whole:N", title="written"),
        alt.Tooltip("source:N", title="looked at"),
        alt.Tooltip("says:N", title="share of the look"),
    ]
    base = alt.Chart().encode(x=x, y=y)
    # An empty place is drawn in no colour, so that it keeps its row.
    layers = [
        base.mark_rect().encode(
            color=color,
            tooltip=tooltip,
            opacity=alt.Opacity(
                "filled:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None
            ),
        )
    ]
    for color in ("#000000", "#FFFFFF") if numbered else ():  # whichever reads better on the cell
        number = base.mark_text(fontSize=11, color=color).encode(text="text:N")
        layers.append(number.transform_filter(f"datum.ink === '{color}'"))
    layered = alt.layer(*layers).configure(**altair_config())
    return Base(layered.properties(title=TITLE, width="container", height=height))


def _alt(weights: np.ndarray, rows: list[str], columns: list[str]) -> str:
    if not weights.size:
        return "Where it looks, still empty: nothing is written yet."
    known = np.where(np.isfinite(weights), weights, 0.0)
    said = []
    for row, looks in zip(rows, known, strict=True):
        best = int(looks.argmax())
        said.append(f"{row} mostly at {columns[best]} ({words.percent(looks[best])})")
    away = 1 - known.sum(axis=1)
    lost = ""
    if away.max() > LIKE_NOTHING:
        lost = (
            f" What is missing to 100 % went to no token, most of it ({words.percent(away.max())}) "
            f"for {rows[int(away.argmax())]}."
        )
    return f"Looks of {words.count(len(rows), 'token')}: {'; '.join(said)}.{lost}"
