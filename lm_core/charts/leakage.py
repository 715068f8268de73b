"""How much of the held-out text stands in training, by the length of what is looked for."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.shares import TICKS
from lm_core.charts.theme import DASHES, PALETTE, legend_below, style_figure


def shared_run_curves(
    shares: Mapping[str, Mapping[int, float]], *, unit: str, height: int = 320
) -> Chart:
    """A line each: of its runs of n tokens, how many stand in training.

    Args:
        shares: what a line is called -> n -> share of 1.
        unit: of the tokens, in the plural.
    """
    title, figure, dashes = "Met in training already", go.Figure(), list(DASHES)
    orders = sorted({n for line in shares.values() for n in line})
    table = pd.DataFrame({f"{unit} in a row": orders})
    for k, (name, line) in enumerate(shares.items()):
        figure.add_scatter(
            x=list(line),
            y=list(line.values()),
            mode="lines+markers",
            name=words.escaped(name),
            line={"color": PALETTE[k % len(PALETTE)], "dash": dashes[k % len(dashes)], "width": 2},
            hovertemplate=f"%{{x}} {unit} in a row: %{{y:.1%}}<extra></extra>",
        )
        table[f"{name} (share of 1)"] = [line.get(n, float("nan")) for n in orders]
    style_figure(
        figure, title=title, x=f"{unit} in a row", y="share that stands in train", height=height
    )
    marks = {"tickvals": TICKS, "ticktext": [words.percent(tick) for tick in TICKS]}
    figure.update_yaxes(range=[0, 1.05], tickmode="array", fixedrange=True, **marks)
    figure.update_xaxes(tickmode="array", tickvals=orders, fixedrange=True)
    legend_below(figure)
    if not orders:
        return Chart(title, figure, f"{title}, empty: nothing is held out.", table)
    said = "; ".join(
        f"{name}: {', '.join(f'{words.percent(share)} of {n}' for n, share in line.items())}"
        for name, line in shares.items()
    )
    return Chart(title, figure, f"{title}, by {unit} in a row: {said}.", table)
