"""How a cost grows while one size of a model does, all others as they are."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, PALETTE, legend_below, style_figure

FACTORS = (1, 2, 4, 8, 16)


def growth_curves(
    grown: Mapping[str, Sequence[int]],
    *,
    title: str,
    unit: str,
    height: int = 320,
) -> Chart:
    """A line for each size, on axes on which equal lengths are equal factors: what grows with a
    size is straight and rises as steeply as the size does, what grows with its square twice so.

    Args:
        grown: what the size is called -> the cost with it 1, 2, 4, 8 and 16 times as large.
        unit: of the cost.
    """
    figure, rows, said, dashes = go.Figure(), [], [], list(DASHES)
    for n, (name, costs) in enumerate(grown.items()):
        figure.add_scatter(
            x=list(FACTORS),
            y=list(costs),
            name=words.escaped(name),
            mode="lines+markers",
            line={
                "color": PALETTE[n % len(PALETTE)],
                "dash": dashes[n % len(dashes)],
                "width": 2.5,
            },
            hovertemplate=f"%{{x}} times: %{{y:,}} {unit}",
        )
        rows += [(name, factor, cost) for factor, cost in zip(FACTORS, costs, strict=True)]
        before, after = costs[0], costs[-1]
        times = after / before if before else 1.0
        said.append(f"{name} {times:,.3g}" if before != after else f"{name} not at all")
    style_figure(figure, title=title, x="times as large", y=unit, height=height)
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(type="log", tickvals=list(FACTORS), ticktext=[f"{f} ×" for f in FACTORS])
    figure.update_yaxes(type="log", exponentformat="SI", nticks=6)
    table = pd.DataFrame(rows, columns=["size", "times as large", unit])
    alt = (
        f"{title}: with 16 times as much of one size it grows by a factor of: {'; '.join(said)}."
        if said
        else f"{title}, empty: this model has no such cost."
    )
    return Chart(title, figure, alt, table)
