"""One head's attention for a page that drags through the steps of a training: the picture of
`heatmaps.one_head`, in altair, so that a page updates it in place.

Row: who looks. Column: at whom. The specification depends on the number of tokens alone.
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

NUMBERED = 12  # tokens up to which there is room for numbers


def live_head(
    weights: np.ndarray,
    tokens: Sequence[str],
    layer: int,
    head: int,
    *,
    columns: Sequence[str] | None = None,
    causal: bool = True,
    dark: bool = False,
    height: int = 320,
) -> Chart:
    """Attention (T, T) of one head, rows summing to 1; cells right of the diagonal stay blank.

    Args:
        tokens: the T tokens' texts; repeated ones are numbered apart.
        columns: the S tokens of another text that they look at; weights are then (T, S).
        causal: nobody looks ahead; False draws every cell that is a number.
        layer, head: which one it is, counted from 0 (the words count from 1).
        dark: use the colour scale made for a dark page.
        height: in pixels.
    """
    labels, across = words.unique_labels(tokens), columns is not None
    others = words.unique_labels(columns) if across else labels
    weights = np.asarray(weights, dtype=float)
    free = across or not causal
    rows, places = (
        np.indices(weights.shape).reshape(2, -1) if free else np.tril_indices(len(labels))
    )
    shares = weights[rows, places]
    data = pd.DataFrame(
        {
            "row": rows,
            "column": places,
            "looking": [labels[i] for i in rows],
            "looked at": [others[j] for j in places],
            "share": shares,
            "text": [words.probability(p) for p in shares],
            "says": [words.percent(p) for p in shares],
            "ink": [ink(scale_color(p, dark)) if np.isfinite(p) else "#000000" for p in shares],
        }
    )
    title = f"Layer {layer + 1}, head {head + 1}"
    table = data[["looking", "looked at", "share"]]
    table = table.rename(columns={"share": "attention (share of 1)"})
    base = _layers(max(len(labels), len(others)) <= NUMBERED, dark, height)
    figure = base.of(data[np.isfinite(data["share"])])
    return Chart(title, figure, _alt(data, title, across), table)


@lru_cache(maxsize=8)
def _layers(numbered: bool, dark: bool, height: int) -> Base:
    """The chart without its data. Its title is the page's to say: it changes with the head."""
    axis = {"ticks": False, "domain": False, "labelOverlap": False, "labelLimit": 60}
    by_row = alt.EncodingSortField("row", op="min")
    by_column = alt.EncodingSortField("column", op="min")
    close = alt.Scale(padding=0.04)
    x = alt.X("looked at:N", sort=by_column, scale=close, axis=alt.Axis(labelAngle=0, **axis))
    y = alt.Y("looking:N", sort=by_row, scale=close, axis=alt.Axis(**axis))
    if not numbered:
        x = alt.X("looked at:N", sort=by_column, scale=close, axis=alt.Axis(labelAngle=-90, **axis))
    colors = [color for _, color in color_scale(dark)]
    color = alt.Color("share:Q", scale=alt.Scale(domain=[0, 1], range=colors), legend=None)
    tooltip = [
        alt.Tooltip("looking:N"),
        alt.Tooltip("looked at:N"),
        alt.Tooltip("says:N", title="takes"),
    ]
    base = alt.Chart().encode(x=x, y=y)
    layers = [base.mark_rect().encode(color=color, tooltip=tooltip)]
    for color in ("#000000", "#FFFFFF") if numbered else ():  # whichever reads better on the cell
        number = base.mark_text(fontSize=11, color=color).encode(text="text:N")
        layers.append(number.transform_filter(f"datum.ink === '{color}'"))
    layered = alt.layer(*layers).properties(height=height, width="container")
    return Base(layered.configure(**altair_config()))


def _alt(data: pd.DataFrame, title: str, across: bool = False) -> str:
    others = data[((data["row"] != data["column"]) | across) & np.isfinite(data["share"])]
    if others.empty:
        return f"{title}: there is no other token to look at."
    best = others.loc[others["share"].idxmax()]
    other = "a token of the other text" if across else "another token"
    return (
        f"{title}: the strongest look at {other} is {best['looking']} at "
        f"{best['looked at']} ({words.percent(best['share'])})."
    )
