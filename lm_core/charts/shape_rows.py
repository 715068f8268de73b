"""Two shapes under each other from the right, and the shape of what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREEN, GREY, VERMILLION, style_figure

# What becomes of a size -> its colour and the sign that stands with it.
KINDS = {
    "same": (GREY, ""),
    "a": (GREY, ""),
    "b": (GREY, ""),
    "repeated": (BLUE, "↔"),
    "summed": (GREEN, "Σ"),
    "clash": (VERMILLION, "≠"),
}


@dataclass(frozen=True)
class Cell:
    """A size, or None for one that is not there, and what becomes of it (one of KINDS)."""

    size: int | None
    kind: str


def shape_rows(
    rows: Sequence[tuple[str, Sequence[Cell]]], *, title: str, height: int | None = None
) -> Chart:
    """A row of boxes for each shape.

    Args:
        rows: what each shape is called, and its sizes, as many in every row; a size that is not
            there is an empty box.
    """
    figure = go.Figure()
    columns = max((len(cells) for _, cells in rows), default=0)
    shapes, notes, data = [], [], []
    for i, (name, cells) in enumerate(rows):
        for j, cell in enumerate(cells):
            color, sign = KINDS[cell.kind]
            missing = cell.size is None
            line = {"color": color, "width": 2, "dash": "dot" if missing else "solid"}
            box = {"x0": j - 0.42, "x1": j + 0.42, "y0": i - 0.36, "y1": i + 0.36}
            fill = "rgba(0,0,0,0)" if missing or color == GREY else color
            shapes.append({"type": "rect", **box, "line": line, "fillcolor": fill, "opacity": 0.9})
            text = "" if missing else f"{cell.size:,}"
            if sign:
                text = f"{text} {sign}".strip()
            font = {"size": 15} | ({"color": "#FFFFFF"} if fill == color else {})
            if text:
                notes.append({"x": j, "y": i, "text": text, "showarrow": False, "font": font})
            data.append((name, j + 1, cell.size, cell.kind))
    style_figure(figure, title=words.escaped(title), height=height or 70 + 46 * len(rows))
    figure.add_scatter(x=[None], y=[None], showlegend=False)
    figure.update_layout(shapes=shapes, annotations=notes)
    bare = {"showgrid": False, "fixedrange": True}
    figure.update_xaxes(**bare, visible=False, range=[-0.6, max(columns, 4) - 0.4])
    names = [words.escaped(name) for name, _ in rows]
    figure.update_yaxes(
        **bare,
        tickvals=list(range(len(rows))),
        ticktext=names,
        range=[len(rows) - 0.5, -0.5],
    )
    table = pd.DataFrame(data, columns=["shape", "place", "size", "what becomes of it"])
    table["size"] = table["size"].astype("Int64")
    said = [f"{name} {_written(cells)}" for name, cells in rows]
    return Chart(title, figure, f"{title}: {'; '.join(said)}.", table)


def _written(cells: Sequence[Cell]) -> str:
    marks = {"clash": " (clash)", "repeated": " (repeated)", "summed": " (summed)"}
    return ", ".join(
        f"{cell.size}{marks.get(cell.kind, '')}" for cell in cells if cell.size is not None
    )
