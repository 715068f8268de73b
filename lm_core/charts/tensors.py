"""Tensors of a network as pictures: all of them along the way, and one as cells. What is no finite
number stands out in red and by its sign."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.matrices import NUMBERED, matrix
from lm_core.charts.theme import BLUE, GREEN, style_figure

RED = "#C8102E"  # what is no number; the cross and the sign are the second cue
LARGEST = 1e30  # drawn along the way; beyond it an axis of powers has no room for the others
TICKS = 8


@dataclass(frozen=True)
class Along:
    """One tensor on the way. `value` is drawn; None where it has no finite number or is all 0."""

    name: str
    value: float | None
    bad: int = 0  # numbers of it that are not finite, where nobody meant that


def along_network(
    tensors: Sequence[Along],
    *,
    title: str,
    unit: str,
    selected: int | None = None,
    height: int = 320,
) -> Chart:
    """A figure of each tensor in the order of computation, on an axis of powers of ten.

    Args:
        tensors: the first that is made comes first.
        unit: what the figure is.
        selected: a place among them, framed.

    A point's `customdata` is [place], counted from 0.
    """
    figure = go.Figure()
    values = [_drawn(one.value) for one in tensors]
    known = [v for v in values if v is not None]
    floor = min(known, default=1.0)
    good = [i for i, one in enumerate(tensors) if not one.bad]
    bad = [i for i, one in enumerate(tensors) if one.bad]
    figure.add_scatter(
        x=good,
        y=[values[i] for i in good],
        mode="lines+markers",
        line={"color": BLUE, "width": 1},
        marker={"size": 9},
        customdata=[[i] for i in good],
        hovertext=[_says(tensors[i]) for i in good],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=bad,
        y=[floor if values[i] is None else values[i] for i in bad],
        mode="markers",
        marker={"size": 13, "color": RED, "symbol": "x"},
        customdata=[[i] for i in bad],
        hovertext=[_says(tensors[i]) for i in bad],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    if selected is not None and 0 <= selected < len(tensors):
        figure.add_vline(x=selected, line={"color": GREEN, "width": 2, "dash": "dot"})
    style_figure(figure, title=title, x="tensor, in the order it is made", y=unit, height=height)
    figure.update_yaxes(type="log", exponentformat="power", fixedrange=True)
    figure.update_xaxes(fixedrange=True, range=[-0.7, max(1, len(tensors)) - 0.3], nticks=TICKS)
    figure.update_layout(showlegend=False, hovermode="closest", hoverdistance=-1)
    table = pd.DataFrame(
        {
            "place": range(len(tensors)),
            "tensor": [one.name for one in tensors],
            unit: [one.value for one in tensors],
            "not finite": [one.bad for one in tensors],
        }
    )
    return Chart(title, figure, _alt(tensors, title, unit, bad), table)


def cells(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    title: str,
    x: str,
    y: str,
    dark: bool = False,
) -> Chart:
    """A matrix (R, S) as coloured cells, those that are no finite numbers in red with their sign.

    Args:
        rows, columns: what each is called.
        x, y: what they are.
    """
    values = np.asarray(values, dtype=float)
    chart = matrix(values, rows, columns, title=title, x=x, y=y, dark=dark, height=_height(values))
    wrong = ~np.isfinite(values)
    if not wrong.any():
        return chart
    small = max(values.shape) <= NUMBERED
    signs = np.vectorize(_sign, otypes=[object])(values)
    chart.figure.add_heatmap(
        z=np.where(wrong, 1.0, np.nan),
        x=np.arange(values.shape[1]),
        y=np.arange(values.shape[0]),
        colorscale=[[0, RED], [1, RED]],
        showscale=False,
        xgap=int(small),
        ygap=1,
        customdata=signs,
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )
    if small:
        numbers = [one for one in chart.figure.layout.annotations if one.text not in ("∞", "−∞")]
        signed = [
            {"x": int(j), "y": int(i), "text": signs[i, j], "showarrow": False}
            | {"font": {"color": "#FFFFFF", "size": 11}}
            for i, j in np.argwhere(wrong)
        ]
        chart.figure.layout.annotations = [*numbers, *signed]  # `update_layout` would mix them
    said = f"{chart.alt} Not finite, in red: {words.count(int(wrong.sum()), 'number')}."
    return Chart(title, chart.figure, said, chart.table)


def _height(values: np.ndarray) -> int:
    return 130 + min(30, max(7, 420 // max(1, len(values)))) * max(2, len(values))


def _sign(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "" if math.isfinite(value) else ("∞" if value > 0 else "−∞")


def _drawn(value: float | None) -> float | None:
    if value is None or not math.isfinite(value) or value <= 0:
        return None
    return min(value, LARGEST)


def _says(one: Along) -> str:
    value = "no spread" if not one.value else f"{one.value:.3g}"
    said = f"{words.escaped(words.shorten(one.name, 60))}: {value}"
    return f"{said}, {one.bad:,} not finite" if one.bad else said


def _alt(tensors: Sequence[Along], title: str, unit: str, bad: Sequence[int]) -> str:
    known = [one for one in tensors if one.value and math.isfinite(one.value)]
    said = f"{title}: {words.count(len(tensors), 'tensor')}"
    if known:
        low = min(known, key=lambda one: one.value)
        high = max(known, key=lambda one: one.value)
        said += f", {unit} from {low.value:.3g} ({low.name}) to {high.value:.3g} ({high.name})"
    if bad:
        said += f". Not finite from {tensors[bad[0]].name} on: {words.count(len(bad), 'tensor')}"
    return f"{said}."
