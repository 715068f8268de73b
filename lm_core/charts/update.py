"""The directions of a change of a matrix: its singular values, largest first."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREY, VERMILLION, legend_below, style_figure


def singular_values(
    values: Sequence[float], *, name: str, rank: int, left_out: float, height: int = 320
) -> Chart:
    """A point for each singular value of W after - W before, and a line after the first `rank`.

    Args:
        values: falling.
        name: of the matrix.
        rank: of the change that is drawn.
        left_out: share of the change's norm that one of that rank leaves out.
    """
    title = f"Singular values of the change of {words.shorten(name, 40)}"
    n, places = len(values), list(range(1, len(values) + 1))
    kept = [BLUE if place <= rank else GREY for place in places]
    figure = go.Figure()
    figure.add_scatter(
        x=places,
        y=list(values),
        mode="markers",
        marker={"color": kept, "size": 7},
        name="singular value",
        hovertemplate="number %{x}: %{y:.3g}",
        showlegend=False,
    )
    if rank < n:
        figure.add_vline(x=rank + 0.5, line={"color": VERMILLION, "dash": "dash", "width": 2})
    style_figure(
        figure, title=title, x="number, the largest first", y="singular value", height=height
    )
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_yaxes(rangemode="tozero")
    table = pd.DataFrame(
        {
            "number": places,
            "singular value": list(values),
            "within the rank": [p <= rank for p in places],
        }
    )
    alt = (
        f"{title}: {n} values from {values[0]:.3g} to {values[-1]:.3g}. A change of rank {rank} "
        f"leaves out {words.percent(left_out)} of its size."
        if n
        else f"{title}, empty: the matrix has none."
    )
    return Chart(title, figure, alt, table)
