"""Pictures beside each other, pixel by pixel: in grey, as masks of classes, or one over the other.

Every class has its colour, and in the legend its sign; things are numbered where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, style_figure

EMPTY = "#2B3138"  # of class 0
COLORS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY)
SIGNS = ("circle", "square", "triangle-up", "diamond", "cross", "x")
SQUARE, HEIGHTS = 4, (300, 540)  # panels that stand two by two; pixels of one row, and of two
OVER = 0.55  # how much of a colour is seen over a picture


@dataclass(frozen=True, eq=False)
class Panel:
    """One of the pictures: `pixels` (H, W) from 0 to 1, or colours (H, W, 3) uint8; `said` what a
    pixel is, shown where one points at it; `marks` texts at places (x, y)."""

    title: str
    pixels: np.ndarray
    said: np.ndarray | None = None
    marks: Sequence[tuple[float, float, str]] = ()
    boxes: Sequence[tuple[float, float, float, float]] = ()

    @property
    def colors(self) -> np.ndarray:
        """(H, W, 3) uint8."""
        if self.pixels.ndim == 3:
            return self.pixels
        grey = (np.clip(self.pixels, 0, 1) * 255).round().astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=-1)


def color_of(number: int) -> str:
    """Of a class, or of a thing; they come again after six."""
    return COLORS[(number - 1) % len(COLORS)] if number else EMPTY


def coloured(mask: np.ndarray) -> np.ndarray:
    """(H, W) whole numbers -> (H, W, 3) uint8."""
    table = np.array([_channels(color_of(k)) for k in range(int(mask.max(initial=0)) + 1)])
    return table.astype(np.uint8)[mask]


def laid_over(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """A picture (H, W) from 0 to 1 with a mask over it, class 0 clear: (H, W, 3) uint8."""
    grey = np.repeat(np.clip(pixels, 0, 1)[..., None], 3, axis=-1) * 255
    mixed = np.where(mask[..., None] > 0, (1 - OVER) * grey + OVER * coloured(mask), grey)
    return mixed.round().astype(np.uint8)


def panels(
    parts: Sequence[Panel],
    *,
    title: str,
    alt: str,
    table: pd.DataFrame,
    legend: Sequence[str] = (),
    height: int | None = None,
) -> Chart:
    """Draw them from left to right, four of them two by two.

    Args:
        alt: what is to be seen, a sentence.
        table: the numbers behind it.
        legend: names of the classes from 0.
    """
    across = 2 if len(parts) == SQUARE else max(1, len(parts))  # on a telephone there is no more
    down = -(-len(parts) // across) or 1
    titles = [words.escaped(one.title) for one in parts]
    figure = make_subplots(
        down,
        across,
        subplot_titles=titles,
        horizontal_spacing=0.03,
        vertical_spacing=0.1,
    )
    for number, part in enumerate(parts):
        row, at = number // across + 1, number % across + 1
        hover = {"hovertemplate": "%{text}<extra></extra>", "text": part.said}
        given = hover if part.said is not None else {"hoverinfo": "skip"}
        figure.add_trace(go.Image(z=part.colors, **given), row=row, col=at)
        for x, y, text in part.marks:
            figure.add_annotation(
                x=x,
                y=y,
                text=words.escaped(text),
                showarrow=False,
                font={"color": "#FFFFFF", "size": 12},
                bgcolor="rgba(0,0,0,0.65)",
                row=row,
                col=at,
            )
        for x1, y1, x2, y2 in part.boxes:
            line = {"color": "#FFFFFF", "width": 2}
            figure.add_shape(
                type="rect", x0=x1 - 0.5, y0=y1 - 0.5, x1=x2 - 0.5, y1=y2 - 0.5, line=line,
                row=row, col=at,
            )  # fmt: skip
    for k, name in enumerate(legend):
        sign = SIGNS[(k - 1) % len(SIGNS)] if k else "square-open"
        marker = {"color": color_of(k) if k else "#7A7A7A", "symbol": sign, "size": 10}
        figure.add_trace(
            go.Scatter(x=[None], y=[None], mode="markers", name=name, marker=marker),
            row=1,
            col=1,
        )
    style_figure(figure, title=words.escaped(title), height=height or HEIGHTS[down - 1])
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    below = {"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0}
    figure.update_layout(
        showlegend=bool(legend), legend=below, margin={"l": 4, "r": 4, "t": 64, "b": 4}
    )
    figure.update_annotations(selector={"yref": "paper"}, font_size=13)
    return Chart(title, figure, alt, table)


def _channels(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]
