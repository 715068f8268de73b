"""What a larger vocabulary costs and what it saves: tokens of a text, parameters of a model."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, VERMILLION, style_figure


def by_vocabulary(
    sizes: Sequence[int],
    values: Sequence[float],
    what: str,
    *,
    title: str,
    chosen: int | None = None,
    height: int = 280,
) -> Chart:
    """A line over the size of the vocabulary (logarithmic), a point each that was measured.

    Args:
        sizes: of the vocabulary, in tokens, rising.
        values: at each of them.
        what: is measured, with its unit: "tokens of the text".
        chosen: the size that is marked; one of `sizes`.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=list(sizes),
        y=list(values),
        mode="lines+markers",
        line={"color": BLUE},
        hovertemplate=f"%{{x:,}} tokens: %{{y:,}} {what}<extra></extra>",
    )
    table = pd.DataFrame({"vocabulary (tokens)": list(sizes), what: list(values)})
    marked = chosen in sizes
    if marked:
        value = values[list(sizes).index(chosen)]
        figure.add_scatter(
            x=[chosen],
            y=[value],
            mode="markers+text",
            text=[words.human(value)],
            textposition="top center",
            marker={"color": VERMILLION, "size": 12, "symbol": "diamond"},
            hoverinfo="skip",
        )
    style_figure(figure, title=title, x="vocabulary (tokens)", y=what, height=height)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(type="log", tickvals=list(sizes), ticktext=[f"{size:,}" for size in sizes])
    figure.update_yaxes(tickformat="~s", rangemode="tozero")
    if not len(sizes):
        return Chart(title, figure, f"{title}, empty: nothing has been measured.", table)
    alt = (
        f"{title}: from {values[0]:,} {what} with {sizes[0]:,} tokens to {values[-1]:,} with "
        f"{sizes[-1]:,}"
    )
    alt += f"; at {chosen:,} it is {value:,}." if marked else "."
    return Chart(title, figure, alt, table)
