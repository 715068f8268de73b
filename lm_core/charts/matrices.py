"""A small matrix with every number in its cell: signed numbers, or shares of one."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import color_scale, ink, mixed, scale_color, spaced, style_figure
from lm_core.figures import significant

NUMBERED = 16  # cells along a side, beyond which there is no room for numbers
LONG = 1e6  # from where a number is written with its power of ten
TICKS, NARROW = 8, 40  # names along a long axis; columns between which there is a gap
CELL, AROUND, TITLE = 30, 74, 24  # pixels: of a row, of what is around all of them, of x
# From below zero to above it; the middle is near the page. The minus sign is the second cue.
_LIGHT = ("#D55E00", "#F2B68C", "#F4F6F8", "#8FC1E3", "#0072B2")
_DARK = ("#E8833A", "#7A4A26", "#1A2230", "#16547F", "#4FA8E0")


def matrix(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    title: str,
    x: str = "",
    y: str = "",
    shares: bool = False,
    whole: bool = False,
    dark: bool = False,
    height: int | None = None,
) -> Chart:
    """Draw `values` (R, S) as cells with their numbers.

    Args:
        values: minus infinity is drawn blank, with its sign; NaN is blank.
        rows, columns: what each is called; those that are alike are numbered apart.
        x, y: titles of the axes.
        shares: shares of one on the scale of attention; else signed numbers, zero in the middle.
        whole: whole numbers, written so: counts, or places.
        height: in pixels; from the number of rows when None.
    """
    values = np.array(values, dtype=float)
    R, S = values.shape
    if (len(rows), len(columns)) != (R, S):
        raise ValueError(f"{len(rows)} x {len(columns)} names for {R} x {S} numbers")
    names, others = words.numbered_apart(list(rows)), words.numbered_apart(list(columns))
    drawn = np.where(np.isfinite(values), values, np.nan)
    reach = float(np.nanmax(np.abs(drawn), initial=0.0)) or 1.0
    low, high = (0.0, 1.0) if shares else (-reach, reach)
    figure = go.Figure()
    if R and S:
        figure.add_heatmap(
            z=drawn,
            x=np.arange(S),
            y=np.arange(R),
            colorscale=color_scale(dark) if shares else signed_scale(dark),
            zmin=low,
            zmax=high,
            showscale=max(R, S) > NUMBERED,
            colorbar={"thickness": 12, "outlinewidth": 0},
            xgap=int(S <= NARROW),
            ygap=1,
            customdata=[[words.escaped(f"{name}, {other}") for other in others] for name in names],
            hovertemplate="%{customdata}: %{z:.4f}<extra></extra>",
            hoverongaps=False,
        )
    style_figure(
        figure, title=words.escaped(title), x=x, y=y, height=height or height_of(R, titled=bool(x))
    )
    figure.update_layout(
        annotations=_numbers(values, low, high, shares, whole, dark), hovermode="closest"
    )
    bare = {"showgrid": False, "fixedrange": True, "tickmode": "array"}
    if not x:  # an empty title would have room kept for it
        figure.layout.xaxis.title = None
    figure.update_xaxes(**bare, **_ticks(others), range=[-0.5, max(1, S) - 0.5])
    figure.update_yaxes(**bare, **_ticks(names), range=[max(1, R) - 0.5, -0.5])
    cells = values.astype(int) if whole and np.isfinite(values).all() else values
    table = pd.DataFrame(cells, columns=words.numbered_apart([y or "row", *others])[1:])
    table.insert(0, words.numbered_apart([y or "row", *others])[0], names)
    return Chart(title, figure, _alt(values, names, others, title, whole), table)


def height_of(rows: int, *, titled: bool = False) -> int:
    """Pixels of a picture of so many rows; `titled`: its columns have a title."""
    return AROUND + CELL * max(1, rows) + TITLE * titled


def written(value: float) -> str:
    """A number short enough for a cell: 0.25, -1.3, 42, 3.1e+08, −∞."""
    if math.isnan(value):
        return words.MISSING
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    if abs(value) >= LONG:
        return f"{value:.1e}"
    if abs(value) >= 100:
        return significant(value, 3)
    text = f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
    return "0.00" if text == "-0.00" else text


def _number(value: float, whole: bool) -> str:
    return f"{value:.0f}" if whole else written(value)


def signed_scale(dark: bool = False) -> list[tuple[float, str]]:
    """Diverging plotly colour scale, vermillion below zero and blue above it."""
    return spaced(_DARK if dark else _LIGHT)


def signed_color(share: float, dark: bool = False) -> str:
    """The colour that `signed_scale` gives to a share of one, 0.5 being zero."""
    return mixed(_DARK if dark else _LIGHT, share)


def _numbers(
    values: np.ndarray, low: float, high: float, shares: bool, whole: bool, dark: bool
) -> list[dict[str, object]]:
    """An annotation for each cell: each in an ink of its own."""
    if max(values.shape, default=0) > NUMBERED:
        return []
    size = 12 if values.shape[1] <= 8 else 10
    found = []
    for (i, j), value in np.ndenumerate(values):
        if math.isnan(value):
            continue
        font: dict[str, object] = {"size": size}
        if math.isfinite(value):
            share = (value - low) / (high - low)
            font["color"] = ink((scale_color if shares else signed_color)(share, dark))
        text = words.probability(value) if shares else _number(value, whole)
        found.append({"x": j, "y": i, "text": text, "showarrow": False, "font": font})
    return found


def _ticks(labels: Sequence[str]) -> dict[str, list]:
    """Names along an axis, thinned where there are many."""
    step = 1 if len(labels) <= NUMBERED else -(-len(labels) // TICKS)
    places = list(range(0, len(labels), step))
    named = [words.escaped(words.shorten(labels[i], 10)) for i in places]
    return {"tickvals": places, "ticktext": named, "tickangle": 0}


def _alt(values: np.ndarray, names: list[str], others: list[str], title: str, whole: bool) -> str:
    """What is largest and smallest, and where."""
    known = np.isfinite(values)
    if not known.any():
        return f"{title}, still empty: there is no number."
    size = f"{words.count(len(names), 'row')} of {words.count(len(others), 'number')}"
    i, j = np.unravel_index(np.where(known, values, -np.inf).argmax(), values.shape)
    a, b = np.unravel_index(np.where(known, values, np.inf).argmin(), values.shape)
    most, least = (_number(values[at], whole) for at in ((i, j), (a, b)))
    return (
        f"{title}, {size}: the largest is {most} ({names[i]}, {others[j]}), the smallest {least} "
        f"({names[a]}, {others[b]})."
    )
