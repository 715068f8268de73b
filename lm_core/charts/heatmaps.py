"""Attention as pictures: all heads small, one head large. Row: who looks. Column: at whom.

Both pictures carry a transparent marker on every head or cell whose `customdata` says which one it
is, because a click on a heatmap alone selects nothing on a page.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import GREY, VERMILLION, color_scale, ink, scale_color, style_figure

THUMBNAIL = 48  # cells along a small picture; longer texts are shown in blocks, their largest value
NUMBERED = 12  # the longest text whose large picture has room for numbers
TICKS = 20  # token names along an axis
ROOM = 44  # letters of names that stand level under the large picture
CLICKABLE = 64
PREVIOUS = 0.5  # a head that gives the token before this much on average is framed
_GAP = 0.08  # between small pictures, as a share of one


def all_heads(
    weights: np.ndarray,
    tokens: Sequence[str],
    *,
    columns: Sequence[str] | None = None,
    selected: tuple[int, int] | None = None,
    causal: bool = True,
    dark: bool = False,
    height: int | None = None,
) -> Chart:
    """Every head of every layer side by side. Dotted frame: looks mostly at the token before.

    Args:
        weights: (L, H, T, T) attention of each layer and head, rows summing to 1; NaN stays blank.
        tokens: the T tokens' texts.
        columns: the S tokens of another text that they look at; weights are then (L, H, T, S).
        selected: (layer, head), counted from 0, to frame.
        causal: leave the cells right of the diagonal blank, of a text that looks at itself.
        dark: use the colour scale made for a dark page.
        height: in pixels; from the number of layers when None.

    A point's `customdata` is [layer, head], counted from 0; the words count from 1.
    """
    across = columns is not None
    weights = _clean(weights, causal and not across)
    L, H, T, S = weights.shape
    pooled, high = _pool(weights, axis=-2)
    pooled, wide = _pool(pooled, axis=-1)
    title = "All heads"
    figure = go.Figure()
    if L and H and T and S:
        figure.add_heatmap(
            z=_mosaic(pooled).astype(np.float32),
            x=_edges(H, pooled.shape[-1]),
            y=_edges(L, pooled.shape[-2]),
            **_scale(dark),
            showscale=False,
            hoverinfo="skip",
        )
    named = [(layer, head) for layer in range(L) for head in range(H)] if T else []
    figure.add_scatter(
        x=[head * (1 + _GAP) + 0.5 for _, head in named],
        y=[layer * (1 + _GAP) + 0.5 for layer, _ in named],
        **_targets([list(pair) for pair in named], [_named(*pair) for pair in named]),
    )
    previous = None if across else _to_previous(weights)
    looks_back = [] if across else [pair for pair in named if previous[pair] >= PREVIOUS]
    for pair in looks_back:
        _frame(figure, pair, {"color": GREY, "width": 2, "dash": "dot"})
    if selected in named:
        _frame(figure, selected, {"color": VERMILLION, "width": 3})
    note = ""
    if looks_back:  # in two lines: a narrow card would cut one off
        note = "<br>dotted frame: looks mostly<br>at the token before"
    style_figure(
        figure,
        title=title,
        x=f"head, 1 to {H}{note}" if H else "head",
        y="layer, first at the top",
        height=height or 90 + 96 * max(1, L) + 40 * bool(note),
    )
    bare = {"showticklabels": False, "showgrid": False, "ticks": "", "fixedrange": True}
    figure.update_xaxes(**bare, range=[-0.04, max(1, H) * (1 + _GAP) - _GAP + 0.04])
    figure.update_yaxes(**bare, range=[max(1, L) * (1 + _GAP) - _GAP + 0.04, -0.04])
    figure.update_layout(showlegend=False, hovermode="closest", hoverdistance=-1)
    labels = _block_labels(tokens, T, high)
    looked_at = _block_labels(columns, S, wide) if across else labels
    alt = _alt_across(weights, named) if across else _alt_all(previous, named, T)
    return Chart(title, figure, alt, _table(pooled, labels, looked_at))


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
    weights = _clean(weights, causal and not across)
    T, S = weights.shape
    longer = max(T, S)
    labels = _block_labels(tokens, T, 1)
    looked_at = _block_labels(columns, S, 1) if across else labels
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
    table = _table(weights[None, None], labels, looked_at).drop(columns=["layer", "head"])
    alt = _alt_one(weights, labels, title, looked_at if across else None)
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


def _clean(weights: np.ndarray, causal: bool) -> np.ndarray:
    """Float copy; what is not finite, and what a causal head cannot see, is NaN (drawn blank)."""
    weights = np.array(weights, dtype=float)
    weights[~np.isfinite(weights)] = np.nan
    if causal:
        weights[..., np.triu(np.ones(weights.shape[-2:], dtype=bool), 1)] = np.nan
    return weights


def _pool(weights: np.ndarray, axis: int) -> tuple[np.ndarray, int]:
    """Blocks of tokens by their largest weight until a side is at most THUMBNAIL; block size."""
    n = weights.shape[axis]
    block = -(-n // THUMBNAIL) or 1
    if block == 1:
        return weights, 1
    # fmax passes over NaN.
    return np.fmax.reduceat(weights, np.arange(0, n, block), axis=axis), block


def _mosaic(pooled: np.ndarray) -> np.ndarray:
    """(L, H, T, S) -> one picture, a NaN row and column between neighbours."""
    L, H, T, S = pooled.shape
    wide = np.full((L, T + 1, H, S + 1), np.nan)
    wide[:, :T, :, :S] = pooled.transpose(0, 2, 1, 3)
    return wide.reshape(L * (T + 1), H * (S + 1))[:-1, :-1]


def _edges(n: int, side: int) -> np.ndarray:
    """Where the cells of `n` pictures in a row begin and end, each picture 1 wide."""
    return np.concatenate([i * (1 + _GAP) + np.linspace(0, 1, side + 1) for i in range(n)])


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


def _frame(figure: go.Figure, pair: tuple[int, int], line: dict) -> None:
    y, x = (i * (1 + _GAP) for i in pair)
    around = _GAP / 4
    figure.add_shape(x0=x - around, x1=x + 1 + around, y0=y - around, y1=y + 1 + around, line=line)


def _named(layer: int, head: int) -> str:
    return f"layer {layer + 1}, head {head + 1}"


def _to_previous(weights: np.ndarray) -> np.ndarray:
    """(L, H): the weight given to the token before, averaged over tokens that have one."""
    below = np.diagonal(weights, offset=-1, axis1=-2, axis2=-1)
    known = np.isfinite(below).sum(axis=-1)
    return np.where(known, np.nansum(below, axis=-1) / np.maximum(known, 1), 0.0)


def _block_labels(tokens: Sequence[str], T: int, block: int) -> list[str]:
    if len(tokens) != T:
        raise ValueError(f"{len(tokens)} tokens for attention over {T}")
    if block == 1:
        return words.unique_labels(tokens)
    return [f"tokens {i + 1}-{min(i + block, T)}" for i in range(0, T, block)]


def _table(weights: np.ndarray, labels: list[str], looked_at: list[str]) -> pd.DataFrame:
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


def _alt_all(previous: np.ndarray, named: list[tuple[int, int]], T: int) -> str:
    if not named:
        return "Attention of all heads, still empty: there is no text to look at."
    L, H = previous.shape
    best = max(named, key=lambda pair: previous[pair])
    many = int(sum(previous[pair] >= PREVIOUS for pair in named))
    heads = f"{words.count(many, 'head')} of {len(named)}" if many else "no head"
    return (
        f"Attention in {words.count(L, 'layer')} of {words.count(H, 'head')} over "
        f"{words.count(T, 'token')}: {heads} {'look' if many > 1 else 'looks'} mostly at the token "
        f"before; {_named(*best)} does most ({words.percent(previous[best])} on average)."
    )


def _alt_across(weights: np.ndarray, named: list[tuple[int, int]]) -> str:
    L, H, T, S = weights.shape
    if not (named and S):
        return "Attention of all heads, still empty: there is no text to look at."
    most = np.nan_to_num(weights).max(axis=-1).mean(axis=-1)  # (L, H)
    best = max(named, key=lambda pair: most[pair])
    return (
        f"Attention in {words.count(L, 'layer')} of {words.count(H, 'head')}, from "
        f"{words.count(T, 'token')} to {words.count(S, 'token')} of another text: "
        f"{_named(*best)} is the most decided, and gives "
        f"{words.percent(most[best])} to a single one on average."
    )


def _alt_one(
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
