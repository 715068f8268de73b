"""Answers beside metrics: how much each metric thinks of each answer, as a table of colours."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.theme import color_scale, ink, scale_color, style_figure
from lm_core.visible import readable

ROW = 34  # pixels
REACH = 1.6  # where bars of shares end: beyond the longest there are its words


def score_map(
    answers: Sequence[str], scores: Mapping[str, Sequence[float]], *, dark: bool = False
) -> Chart:
    """A row an answer, a column a metric.

    Args:
        answers: the K answers by a short name.
        scores: of each metric, by its name, the K scores as shares of 1.
        dark: use the colour scale made for a dark page.
    """
    title, metrics = "What each metric says", list(scores)
    rows = words.numbered_apart([readable(answer) for answer in answers])
    table = np.zeros((len(rows), len(metrics)))
    for j, name in enumerate(metrics):
        table[:, j] = scores[name]
    figure = go.Figure()
    if table.size:
        figure.add_heatmap(
            z=table,
            x=np.arange(len(metrics)),
            y=np.arange(len(rows)),
            colorscale=color_scale(dark),
            zmin=0.0,
            zmax=1.0,
            xgap=1,
            ygap=1,
            showscale=False,  # the numbers say it better
            text=[
                [
                    words.escaped(f"{row}: {name} {score:.2f}")
                    for name, score in zip(metrics, scored, strict=True)
                ]
                for row, scored in zip(rows, table, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    numbers = [
        {
            "x": j,
            "y": i,
            "text": words.probability(table[i, j]),
            "showarrow": False,
            "font": {"size": 12, "color": ink(scale_color(table[i, j], dark))},
        }
        for i, j in np.ndindex(*table.shape)
    ]
    style_figure(figure, title=title, x="score (share of 1)", height=150 + ROW * max(1, len(rows)))
    bare = {"tickmode": "array", "showgrid": False, "fixedrange": True}
    figure.update_xaxes(
        **bare,
        tickvals=list(range(len(metrics))),
        ticktext=[words.escaped(name) for name in metrics],
        tickangle=-40,
        range=[-0.5, max(1, len(metrics)) - 0.5],
    )
    figure.update_yaxes(
        **bare,
        tickvals=list(range(len(rows))),
        ticktext=[words.escaped(words.shorten(row, 18)) for row in rows],
        range=[max(1, len(rows)) - 0.5, -0.5],
    )
    figure.update_layout(hovermode="closest", annotations=numbers)
    data = pd.DataFrame({"answer": rows})
    for j, name in enumerate(metrics):
        data[f"{name} (share of 1)"] = table[:, j]
    return Chart(title, figure, _alt(rows, metrics, table), data)


def share_bars(
    names: Sequence[str], shares: Sequence[float], texts: Sequence[str], *, title: str, x: str
) -> Chart:
    """Shares of one as bars, in the order given.

    Args:
        names: of the bars, from the top down.
        shares: of 1; each bar's length.
        texts: at their ends, the share among them.
        title, x: of the picture and of its axis.
    """
    figure = horizontal_bars(names, shares, texts, title=title, x=x)
    figure.update_xaxes(
        range=[0, REACH], tickmode="array", tickvals=[0, 0.5, 1], showticklabels=True
    )
    table = pd.DataFrame({"of": list(names), f"{x} (share of 1)": list(shares), "in words": texts})
    said = [f"{name} {text}" for name, text in zip(names, texts, strict=True)]
    return Chart(title, figure, f"{title}: {'; '.join(said) or 'still empty'}.", table)


def _alt(rows: list[str], metrics: list[str], table: np.ndarray) -> str:
    if not table.size:
        return "What each metric says, still empty: there is no answer to judge."
    best = [
        f"{name} ranks {rows[int(column.argmax())]} first ({column.max():.2f}) and "
        f"{rows[int(column.argmin())]} last ({column.min():.2f})"
        for name, column in zip(metrics, table.T, strict=True)
    ]
    return f"{words.count(len(rows), 'answer')}. {'; '.join(best)}."
