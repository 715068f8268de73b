"""Attention as a picture: one map, large. Row: who looks. Column: at whom. (All heads, and going
from one to another, are in head_stack.py.)

It carries a transparent marker on every cell whose `customdata` says which one it is, because a
click on a heatmap alone selects nothing on a page.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import color_scale, ink, scale_color, style_figure

NUMBERED = 12  # the longest text whose large picture has room for numbers
TICKS = 20  # token names along an axis
ROOM = 44  # letters of names that stand level under the large picture
CLICKABLE = 64


def one_head(
    weights: np.ndarray,
    tokens: Sequence[str],
    layer: int,
    head: int,
    *,
    columns: Sequence[str] | None = None,
    looking: str = "looking",
    causal: bool = True,
    title: str | None = None,
    dark: bool = False,
    height: int = 440,
) -> Chart:
    """One head, large: with numbers up to 12 tokens, with thinned token names over 20.

    Args:
        weights: (T, T) attention, rows summing to 1; NaN stays blank.
        tokens: the T tokens' texts; repeated ones are numbered apart.
        layer, head: which one it is, counted from 0 (the words count from 1).
        columns: the S tokens of another text that they look at; weights are then (T, S).
        looking: what the tokens of the rows do meanwhile.
        causal: leave the cells right of the diagonal blank, of a text that looks at itself.
        title: of what is no head, as a mean of several; None names the head.
        dark: use the colour scale made for a dark page.
        height: in pixels.

    A point's `customdata` is [looking, looked at], places counted from 0 (up to 64 tokens).
    """
    across = columns is not None
    weights = clean(weights, causal and not across)
    T, S = weights.shape
    longer = max(T, S)
    labels = labels_of(tokens, T)
    looked_at = labels_of(columns, S) if across else labels
    title = title or f"Layer {layer + 1}, head {head + 1}"
    figure = go.Figure()
    clickable = longer <= CLICKABLE
    cells = np.argwhere(~np.isnan(weights)).tolist() if clickable else []
    if T and S:
        figure.add_heatmap(
            z=weights.astype(np.float32),
            x=np.arange(S),
            y=np.arange(T),
            **_scale(dark),
            showscale=longer
            > NUMBERED,  # the numbers say it better, and a phone has no room for both
            colorbar={
                "title": {"text": "attention", "side": "right"},
                "thickness": 12,
                "outlinewidth": 0,
            },
            hoverinfo="skip" if clickable else "all",
            customdata=[[words.percent(w) for w in row] for row in weights],
            hovertemplate="place %{y} looks at place %{x}: %{customdata}<extra></extra>",
        )
    size = 12 if longer <= 8 else 10
    numbers = [  # annotations: each in an ink of its own
        {
            "x": j,
            "y": i,
            "text": words.probability(weights[i, j]),
            "showarrow": False,
            "font": {"size": size, "color": ink(scale_color(weights[i, j], dark))},
        }
        for i, j in (cells if longer <= NUMBERED else [])
    ]
    if clickable:
        rows, others = ([words.escaped(x) for x in texts] for texts in (labels, looked_at))
        says = [f"{rows[i]} looks at {others[j]}: {words.percent(weights[i, j])}" for i, j in cells]
        figure.add_scatter(
            x=[j for _, j in cells], y=[i for i, _ in cells], **_targets(cells, says)
        )
    style_figure(figure, title=title, x="looked at", y=looking, height=height)
    bare = {"showgrid": False, "fixedrange": clickable}
    figure.update_xaxes(**_ticks(looked_at, turned=True), **bare, range=[-0.5, max(1, S) - 0.5])
    figure.update_yaxes(**_ticks(labels), **bare, range=[max(1, T) - 0.5, -0.5])
    figure.update_layout(showlegend=False, hovermode="closest", hoverdistance=-1)
    figure.update_layout(annotations=numbers)  # all at once: one by one each would copy the rest
    table = table_of(weights[None, None], labels, looked_at).drop(columns=["layer", "head"])
    alt = alt_one(weights, labels, title, looked_at if across else None)
    return Chart(title, figure, alt, table)


def _ticks(labels: list[str], *, turned: bool = False) -> dict:
    """Names along an axis, thinned where there are many, and aslant where they are long and it is
    level."""
    places = list(range(0, len(labels), -(-len(labels) // TICKS) or 1))
    named = [words.shorten(labels[i], 12) for i in places]
    ticks = {"tickmode": "array", "tickvals": places, "ticktext": list(map(words.escaped, named))}
    if turned and sum(map(len, named)) > ROOM:  # the other way the last would leave the picture
        ticks["tickangle"] = -40
    return ticks


def clean(weights: np.ndarray, causal: bool) -> np.ndarray:
    """Float copy; what is not finite, and what a causal head cannot see, is NaN (drawn blank)."""
    weights = np.array(weights, dtype=np.result_type(weights, np.float32))
    weights[~np.isfinite(weights)] = np.nan
    if causal:
        weights[..., np.triu(np.ones(weights.shape[-2:], dtype=bool), 1)] = np.nan
    return weights


def _scale(dark: bool) -> dict:
    return {"colorscale": color_scale(dark), "zmin": 0.0, "zmax": 1.0}


def _targets(customdata: list, texts: list[str]) -> dict:
    """A scatter that is not seen, only pointed at."""
    return {
        "mode": "markers",
        "marker": {"size": 12, "opacity": 0},
        "customdata": customdata,
        "hovertext": texts,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def labels_of(tokens: Sequence[str], T: int) -> list[str]:
    """Names of T tokens, no two alike."""
    if len(tokens) != T:
        raise ValueError(f"{len(tokens)} tokens for attention over {T}")
    return words.unique_labels(tokens)


def table_of(weights: np.ndarray, labels: list[str], looked_at: list[str]) -> pd.DataFrame:
    """One row a cell that is drawn, layers and heads counted from 1."""
    layer, head, i, j = np.nonzero(~np.isnan(weights))
    names, others = np.array(labels, dtype=object), np.array(looked_at, dtype=object)
    return pd.DataFrame(
        {
            "layer": layer + 1,
            "head": head + 1,
            "looking": names[i] if len(i) else [],
            "looked at": others[j] if len(j) else [],
            "attention (share of 1)": weights[layer, head, i, j],
        }
    )


def alt_one(
    weights: np.ndarray, labels: list[str], title: str, columns: list[str] | None = None
) -> str:
    """`columns`: of another text; None is the same one."""
    seen = np.isfinite(weights)
    if not seen.any():
        return f"{title}, still empty: there is no text to look at."
    looked_at = labels if columns is None else columns
    says = f"{title} over {words.count(len(labels), 'token')}"
    itself = np.eye(*weights.shape, dtype=bool) if columns is None else np.zeros_like(seen)
    others = np.where(seen & ~itself, weights, -1.0)
    if others.max() >= 0:
        i, j = np.unravel_index(others.argmax(), others.shape)
        says += (
            f": the strongest look at another token is {labels[i]} at {looked_at[j]} "
            f"({words.percent(weights[i, j])})"
        )
        last = np.where(seen[-1], weights[-1], -1.0)
        if last.max() >= 0:
            says += f"; the last token, {labels[-1]}, looks most at {looked_at[int(last.argmax())]}"
            says += f" ({words.percent(last.max())})"
    return says + "."
