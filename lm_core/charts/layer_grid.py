"""A number, and a word, for each token of a text after each layer: tokens down, layers along.

The text runs downwards, so that a long one needs no wide page and a phone has room for the words.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import VERMILLION, color_scale, ink, scale_color, style_figure
from lm_core.visible import visible

ROW, AROUND = 24, 104  # pixels: of a token, of what is around all of them
WORDS = 13  # columns, beyond which there is no room for words
LETTERS = 7  # of a word in a cell; all of it is told when it is pointed at
BOTTOM = "emb."


def layer_grid(
    values: np.ndarray,
    tokens: Sequence[str],
    *,
    title: str,
    unit: str,
    cells: Sequence[Sequence[str]] | None = None,
    most: float | None = None,
    places: int = 2,
    selected: tuple[int, int] | None = None,
    dark: bool = False,
) -> Chart:
    """Args:
        values: (L + 1, T), the first row of the embedding, the last of the last layer.
        tokens: the T tokens that were read; repeated ones are numbered apart.
        unit: what the values are, with their unit.
        cells: (L + 1) x T tokens to write into the cells; else the values are.
        most: where the scale of colours ends; the largest value when None.
        places: of a value behind the point.
        selected: (layer, token) to frame, counted from 0.

    A point's `customdata` is [layer, token], counted from 0.
    """
    values = np.asarray(values, dtype=float)
    rows, T = values.shape
    labels = words.unique_labels(tokens)
    layers = [BOTTOM, *(str(i) for i in range(1, rows))]
    numbers = [[f"{v:.{places}f}" for v in row] for row in values]
    written = numbers if cells is None else [[visible(token) for token in row] for row in cells]
    end = most if most is not None else float(np.nanmax(values, initial=0.0))
    figure = go.Figure()
    if T:
        figure.add_heatmap(
            z=values.T.astype(np.float32),
            x=np.arange(rows),
            y=np.arange(T),
            colorscale=color_scale(dark),
            zmin=0.0,
            zmax=end or 1.0,
            xgap=1,
            ygap=1,
            showscale=True,
            colorbar={"thickness": 10, "outlinewidth": 0, "nticks": 5},
            hoverinfo="skip",
        )
        places_of = [(layer, t) for t in range(T) for layer in range(rows)]
        figure.add_scatter(
            x=[layer for layer, _ in places_of],
            y=[t for _, t in places_of],
            mode="markers+text" if rows <= WORDS else "markers",
            marker={"size": 16, "opacity": 0},
            text=[words.escaped(words.shorten(written[at][t], LETTERS)) for at, t in places_of],
            textfont={"size": 11, "color": [_ink(values[place], end, dark) for place in places_of]},
            unselected={"marker": {"opacity": 0}},
            customdata=[[layer, t] for layer, t in places_of],
            hovertext=[_says(layer, t, labels, written, numbers, unit) for layer, t in places_of],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    if selected is not None:
        layer, t = selected
        line = {"color": VERMILLION, "width": 3}
        figure.add_shape(x0=layer - 0.5, x1=layer + 0.5, y0=t - 0.5, y1=t + 0.5, line=line)
    style_figure(figure, title=title, x="after layer", y="", height=AROUND + ROW * max(1, T))
    named = [words.escaped(words.shorten(label, 9)) for label in labels]
    bare = {"showgrid": False, "fixedrange": True, "tickmode": "array"}
    figure.layout.yaxis.title = None
    ends = {"range": [-0.5, rows - 0.5], "side": "top"}
    figure.update_xaxes(**bare, tickvals=list(range(rows)), ticktext=layers, **ends, tickangle=0)
    figure.update_yaxes(**bare, tickvals=list(range(T)), ticktext=named, range=[T - 0.5, -0.5])
    figure.update_layout(showlegend=False, hovermode="closest", hoverdistance=-1)
    figure.update_layout(margin={"t": 84})
    table = pd.DataFrame(
        {
            "layer": np.repeat(np.arange(rows), T),
            "after reading": labels * rows,
            **({} if cells is None else {"best guess": list(chain(*written))}),
            unit: values.flatten(),
        }
    )
    return Chart(title, figure, _alt(values, labels, written, title, unit, places, cells), table)


def called(layer: int) -> str:
    """A row in words."""
    return f"layer {layer}" if layer else "the embedding"


def _ink(value: float, end: float, dark: bool) -> str:
    return ink(scale_color(value / end if end > 0 else 0.0, dark))


def _says(
    layer: int,
    t: int,
    labels: list[str],
    written: Sequence[Sequence[str]],
    numbers: Sequence[Sequence[str]],
    unit: str,
) -> str:
    word, number = written[layer][t], numbers[layer][t]
    said = f"after {called(layer)}, having read {labels[t]}: "
    said += f"{unit} {number}" if word == number else f"{word} ({unit} {number})"
    return words.escaped(said)


def _alt(
    values: np.ndarray,
    labels: list[str],
    written: Sequence[Sequence[str]],
    title: str,
    unit: str,
    places: int,
    cells: object,
) -> str:
    rows, T = values.shape
    if not T:
        return f"{title}, still empty: there is no text to look at."
    means = values.mean(1)
    said = (
        f"{title} over {words.count(T, 'token')}: {unit}, on average "
        f"{means[0]:.{places}f} at the embedding and {means[-1]:.{places}f} after layer {rows - 1}"
    )
    if cells is not None:
        said += f"; having read {labels[-1]}, the last layer's best guess is {written[-1][-1]}"
    return f"{said}."
