"""The course's picture of the world's population, and what makes it a good one, switch by switch.

The figures, in thousands of millions of people: 1950 2.519, 1970 3.692, 1990 5.263, 2010 6.972.
"""

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, style_figure

YEARS = (1950, 1970, 1990, 2010)
PEOPLE = (2.519, 3.692, 5.263, 6.972)


def world_population(
    *,
    kind: str = "line",
    labels: bool = False,
    titled: bool = False,
    from_zero: bool = False,
    ticks_named: bool = False,
    log: bool = False,
    height: int = 340,
) -> Chart:
    """As a "line" or as a "scatter".

    Args:
        labels: of both axes.
        titled: a title on it.
        from_zero: ticks from 0 to 10, two apart.
        ticks_named: the ticks say what they count.
        log: equal heights are equal factors.
    """
    title = "World population"
    figure = go.Figure()
    mode = "lines" if kind == "line" else "markers"
    figure.add_scatter(x=YEARS, y=PEOPLE, mode=mode, line={"color": BLUE}, marker={"size": 10})
    y = "people (thousand millions)" if labels else ""
    style_figure(
        figure, title=title if titled else " ", x="year" if labels else "", y=y, height=height
    )
    if not labels:
        figure.layout.xaxis.title = figure.layout.yaxis.title = None
    if log:
        figure.update_yaxes(type="log", tickvals=[1, 2, 3, 5, 7, 10])
    elif from_zero:
        figure.update_yaxes(range=[0, 10], tickvals=[0, 2, 4, 6, 8, 10])
    if ticks_named:
        values = (
            [1, 2, 3, 5, 7, 10] if log else [0, 2, 4, 6, 8, 10] if from_zero else [3, 4, 5, 6, 7]
        )
        figure.update_yaxes(tickvals=values, ticktext=[f"{v} bn" if v else "0" for v in values])
    table = pd.DataFrame({"year": YEARS, "people (thousand millions)": PEOPLE})
    times = PEOPLE[-1] / PEOPLE[0]
    alt = f"{title}: {PEOPLE[0]} thousand millions in {YEARS[0]}, {PEOPLE[-1]} in {YEARS[-1]}, "
    return Chart(title, figure, f"{alt}{times:.2f} times as many.", table)
