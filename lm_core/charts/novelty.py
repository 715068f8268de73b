"""How much of a text stands in the one that was learned: runs of one token, of two, of three."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREY, legend_below, style_figure
from lm_core.figures import percent

TITLE = "Runs that stand in the training text"
X = "length of the run (tokens)"
KEPT = "text that was kept from it"


def known_lines(written: Mapping[int, float], kept: Mapping[int, float], *, who: str) -> Chart:
    """The share of runs of n tokens that were learned, for each n.

    Args:
        written: n -> share (of 1) of what the model wrote.
        kept: the same of text of people that it never read; empty where there is none.
        who: wrote it, for the legend.
    """
    figure = go.Figure()
    looks = {who: (written, BLUE, "solid", "circle"), KEPT: (kept, GREY, "dash", "diamond")}
    for name, (shares, color, dash, symbol) in looks.items():
        if not shares:
            continue
        figure.add_scatter(
            x=list(shares),
            y=list(shares.values()),
            mode="lines+markers",
            name=words.escaped(name),
            line={"color": color, "dash": dash, "width": 2},
            marker={"size": 8, "symbol": symbol},
            hovertemplate=f"{words.escaped(name)}, runs of %{{x}}: %{{y:.1%}}<extra></extra>",
        )
    style_figure(figure, title=TITLE, x=X, y="share that was learned", height=340)
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    figure.update_yaxes(
        range=[-0.03, 1.06], tickmode="array", tickvals=ticks, ticktext=list(map(percent, ticks))
    )
    figure.update_xaxes(dtick=1)
    figure.update_layout(showlegend=True)
    legend_below(figure)
    lengths = sorted({*written, *kept})
    table = pd.DataFrame(
        {
            X: lengths,
            f"{who} (share of 1)": [written.get(n, float("nan")) for n in lengths],
            f"{KEPT} (share of 1)": [kept.get(n, float("nan")) for n in lengths],
        }
    )
    return Chart(TITLE, figure, _alt(written, kept, who), table)


def _alt(written: Mapping[int, float], kept: Mapping[int, float], who: str) -> str:
    if not written:
        return f"{TITLE}, still empty: nothing was written."
    said = [
        f"{name} {', '.join(f'{n}: {words.percent(share)}' for n, share in shares.items())}"
        for name, shares in ((who, written), (KEPT, kept))
        if shares
    ]
    return f"{TITLE}, by their length in tokens. {'; '.join(said)}."
