"""An array as cells with their numbers, those that were picked in colour."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts.chart import Chart
from lm_core.charts.matrices import height_of
from lm_core.charts.theme import BLUE, GREY, style_figure


def picked_cells(
    values: np.ndarray, picked: np.ndarray, *, title: str, height: int | None = None
) -> Chart:
    """Draw `values` (R, S); the picked ones white on blue and in bold.

    Args:
        picked: (R, S), truth values.
    """
    R, S = values.shape
    figure = go.Figure()
    figure.add_heatmap(
        z=picked.astype(float),
        colorscale=[(0, "rgba(122,122,122,0.15)"), (1, BLUE)],
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=values,
        hovertemplate="[%{y}, %{x}]: %{customdata}<extra></extra>",
    )
    notes = []
    for (i, j), value in np.ndenumerate(values):
        chosen = bool(picked[i, j])
        text = f"<b>{value:g}</b>" if chosen else f"{value:g}"
        font = {"size": 14, "color": "#FFFFFF" if chosen else GREY}
        notes.append({"x": j, "y": i, "text": text, "showarrow": False, "font": font})
    style_figure(
        figure,
        title=title,
        x="column number",
        y="row number",
        height=height or height_of(R, titled=True) + 20,
    )
    figure.update_layout(annotations=notes)
    bare = {"showgrid": False, "fixedrange": True}
    figure.update_xaxes(**bare, tickvals=list(range(S)))
    figure.update_yaxes(**bare, tickvals=list(range(R)), range=[R - 0.5, -0.5])
    rows = [(i, j, float(v), bool(picked[i, j])) for (i, j), v in np.ndenumerate(values)]
    table = pd.DataFrame(rows, columns=["row", "column", "value", "picked"])
    chosen = ", ".join(f"{value:g}" for value in values[picked])
    alt = f"{title}: {int(picked.sum())} of {values.size} picked"
    return Chart(title, figure, f"{alt}{': ' if chosen else ''}{chosen}.", table)
