"""Pixels with their numbers in them, and how many pixels have each level."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREY, VERMILLION, ink, legend_below, style_figure

CELL, AROUND = 44, 80  # pixels: of a row, of what is around all of them
COLOURS = ("red", "green", "blue")


def crop(
    levels: np.ndarray,
    *,
    row: int,
    column: int,
    top: int,
    left: int,
    title: str,
) -> Chart:
    """A small part of a picture, each pixel in its colour with its number or its three numbers.

    Args:
        levels: (R, S) or (R, S, 3), from 0 to 255.
        row, column: of the picture, the pixel that has a frame.
        top, left: where the part begins in the picture.
    """
    levels = np.asarray(levels, dtype=float)
    R, S = levels.shape[:2]
    colours = levels if levels.ndim == 3 else np.repeat(levels[..., None], 3, axis=-1)
    figure = go.Figure()
    figure.add_heatmap(  # only for what is said while it is pointed at; the cells are drawn below
        z=np.zeros((R, S)),
        x=np.arange(left, left + S),
        y=np.arange(top, top + R),
        opacity=0,
        showscale=False,
        customdata=[[_said(levels[i, j]) for j in range(S)] for i in range(R)],
        hovertemplate="row %{y}, column %{x}: %{customdata}<extra></extra>",
    )
    shapes, notes = [], []
    for i in range(R):
        for j in range(S):
            x, y = left + j, top + i
            fill = "#" + "".join(f"{round(one):02X}" for one in colours[i, j].clip(0, 255))
            box = {"type": "rect", "x0": x - 0.5, "x1": x + 0.5, "y0": y - 0.5, "y1": y + 0.5}
            shapes.append({**box, "fillcolor": fill, "line": {"width": 0}, "layer": "below"})
            font = {"size": 12 if levels.ndim == 2 else 10, "color": ink(fill)}
            text = "<br>".join(_short(one) for one in np.atleast_1d(levels[i, j]))
            notes.append({"x": x, "y": y, "text": text, "showarrow": False, "font": font})
    frame = {"type": "rect", "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5}
    frame |= {"y1": row + 0.5, "line": {"color": VERMILLION, "width": 4}}
    style_figure(
        figure,
        title=title,
        x="column of the picture",
        y="row of the picture",
        height=AROUND + CELL * max(1, R),
    )
    figure.update_layout(shapes=[*shapes, frame], annotations=notes, hovermode="closest")
    bare = {"showgrid": False, "fixedrange": True, "dtick": 1, "tickformat": "d"}
    figure.update_xaxes(**bare, range=[left - 0.5, left + S - 0.5])
    figure.update_yaxes(**bare, range=[top + R - 0.5, top - 0.5])
    rows = [
        (top + i, left + j, *np.atleast_1d(levels[i, j]).round(1).tolist())
        for i in range(R)
        for j in range(S)
    ]
    named = ["level"] if levels.ndim == 2 else [f"{one} level" for one in COLOURS]
    table = pd.DataFrame(rows, columns=["row", "column", *named])
    alt = (
        f"{title}, {R} × {S} pixels: row {row}, column {column} has "
        f"{_said(levels[row - top, column - left])}; the darkest number is "
        f"{_short(levels.min())}, the lightest {_short(levels.max())}."
    )
    return Chart(title, figure, alt, table)


def _short(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return text if len(text) < 5 else f"{value:.0f}"


def _said(values: np.ndarray) -> str:
    numbers = [f"{one:.1f}".removesuffix(".0") for one in np.atleast_1d(values)]
    return ", ".join(numbers)


def level_histogram(
    before: Sequence[int], after: Sequence[int], *, marked: float | None = None
) -> Chart:
    """How many pixels have each level from 0 to 255, before a step and after it.

    Args:
        before, after: (256,) counts.
        marked: a threshold, drawn as a line.
    """
    title, figure = "How many pixels have each level", go.Figure()
    levels = np.arange(256)
    for name, counts, color, dash in (
        ("before the step", before, GREY, "dot"),
        ("after the step", after, BLUE, "solid"),
    ):
        figure.add_scatter(
            x=levels,
            y=list(counts),
            mode="lines",
            name=name,
            line={"color": color, "width": 1.5, "dash": dash, "shape": "hvh"},
            hovertemplate="level %{x}: %{y:,} pixels<extra></extra>",
        )
    if marked is not None:
        figure.add_vline(x=marked, line={"color": VERMILLION, "width": 2, "dash": "dash"})
    style_figure(
        figure, title=title, x="level, from 0 (black) to 255", y="number of pixels", height=280
    )
    legend_below(figure).update_layout(hovermode="closest")
    top = sorted([*before, *after])[-3:][0] if len(before) else 1  # black and white may stand out
    figure.update_xaxes(range=[-2, 257], fixedrange=True)
    figure.update_yaxes(range=[0, max(1, top) * 1.08], fixedrange=True)
    table = pd.DataFrame({"level": levels, "pixels before": before, "pixels after": after})
    alt = (
        f"{title}: before, {_middle(before)}; after, {_middle(after)}"
        + (f"; the threshold is {marked:.0f}" if marked is not None else "")
        + "."
    )
    return Chart(title, figure, alt, table)


def _middle(counts: Sequence[int]) -> str:
    counts = np.asarray(counts)
    total = counts.sum()
    if not total:
        return "no pixel"
    there = np.flatnonzero(counts)
    mean = float((counts * np.arange(256)).sum() / total)
    used = words.count(len(there), "level")
    return f"{used} from {there[0]} to {there[-1]}, {mean:.0f} on average"


def cells(
    values: Sequence[Sequence[int]],
    *,
    title: str,
    chosen: tuple[int, int],
    guessed: Sequence[Sequence[int]] | None = None,
) -> Chart:
    """Cells of 0 and 1, counted from 1; where a guess was another, the cell has a cross.

    Args:
        chosen: row and column, from 0, of the cell that has a frame.
    """
    grid = np.asarray(values, dtype=int)
    R, S = grid.shape
    wrong = np.zeros_like(grid) if guessed is None else grid != np.asarray(guessed, dtype=int)
    figure, shapes, notes = go.Figure(), [], []
    figure.add_heatmap(
        z=grid,
        x=np.arange(1, S + 1),
        y=np.arange(1, R + 1),
        colorscale=[(0, "#F4F6F8"), (1, BLUE)],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=1,
        ygap=1,
        hovertemplate="row %{y}, column %{x}: %{z}<extra></extra>",
    )
    for i in range(R):
        for j in range(S):
            color = ink(BLUE if grid[i, j] else "#F4F6F8")
            text = f"{grid[i, j]} ✗" if wrong[i, j] else f"{grid[i, j]}"
            font = {"size": 13, "color": color}
            notes.append({"x": j + 1, "y": i + 1, "text": text, "showarrow": False, "font": font})
    row, column = chosen[0] + 1, chosen[1] + 1
    frame = {"type": "rect", "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5}
    shapes.append(frame | {"y1": row + 0.5, "line": {"color": VERMILLION, "width": 4}})
    style_figure(
        figure,
        title=title,
        x="column of the grid",
        y="row of the grid",
        height=AROUND + 34 * R,
    )
    figure.update_layout(shapes=shapes, annotations=notes, hovermode="closest")
    bare = {"showgrid": False, "fixedrange": True, "dtick": 1}
    figure.update_xaxes(**bare, range=[0.5, S + 0.5])
    figure.update_yaxes(**bare, range=[R + 0.5, 0.5])
    table = pd.DataFrame(grid, columns=[str(j + 1) for j in range(S)])
    table.insert(0, "row", range(1, R + 1))
    alt = f"{title}: {int(grid.sum())} of {grid.size} cells are 1."
    if guessed is not None:
        alt += f" The guess is another in {int(wrong.sum())} of them."
    return Chart(title, figure, alt, table)
