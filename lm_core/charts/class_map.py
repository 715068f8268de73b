"""Many examples as points in the plane, each written as the name of its class."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import PALETTE, style_figure


def class_map(
    places: np.ndarray,
    labels: Sequence[int],
    names: Sequence[str],
    *,
    title: str,
    reach: tuple[float, float, float, float] | None = None,
    height: int = 320,
) -> Chart:
    """Names as points: two classes of one colour are still told apart.

    Args:
        places: (N, 2).
        labels: of each, the number of its class; `names` of the classes.
        reach: of the axes, low and high of x, then of y, so that several maps are alike.
    """
    places = np.asarray(places, dtype=float).reshape(-1, 2)
    figure = go.Figure()
    figure.add_scatter(
        x=places[:, 0],
        y=places[:, 1],
        mode="text",
        text=[words.escaped(words.shorten(names[k], 3)) for k in labels],
        textfont={"color": [PALETTE[k % len(PALETTE)] for k in labels], "size": 12},
        hovertext=[words.escaped(names[k]) for k in labels],
        hovertemplate="%{hovertext}: %{x:.2f}, %{y:.2f}<extra></extra>",
    )
    style_figure(figure, title=title, x="first main axis", y="second main axis", height=height)
    figure.update_layout(hovermode="closest", showlegend=False)
    low_x, high_x, low_y, high_y = reach or (None, None, None, None)
    figure.update_xaxes(fixedrange=True, range=None if reach is None else [low_x, high_x])
    figure.update_yaxes(fixedrange=True, range=None if reach is None else [low_y, high_y])
    table = pd.DataFrame(
        {
            "class": [names[k] for k in labels],
            "first main axis": places[:, 0].round(3),
            "second main axis": places[:, 1].round(3),
        }
    )
    return Chart(title, figure, _alt(title, places, np.asarray(labels, dtype=int)), table)


def _alt(title: str, places: np.ndarray, labels: np.ndarray) -> str:
    if not len(places):
        return f"{title}: nothing to see."
    middle = places.mean(axis=0)
    whole = float(((places - middle) ** 2).sum())
    within = sum(
        float(((places[labels == k] - places[labels == k].mean(axis=0)) ** 2).sum())
        for k in np.unique(labels)
    )
    apart = 1 - within / whole if whole else 0.0
    return (
        f"{title}: {words.count(len(places), 'picture')}; the classes tell "
        f"{words.percent(apart)} of how far the points lie apart."
    )
