"""Points in the plane by what they are, over how sure a judge is that a point there is real."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import GREY, VERMILLION, color_scale, legend_below, style_figure

REACH = 2.4  # of both axes, either way
KINDS = {"real": (GREY, "circle"), "made": (VERMILLION, "x")}


def points(
    rows: Sequence[tuple[str, float, float]],
    *,
    title: str,
    field: np.ndarray | None = None,
    dark: bool = False,
    height: int = 420,
) -> Chart:
    """Real points as dots, made ones as crosses.

    Args:
        rows: what a point is, "real" or "made", and its two coordinates.
        field: (K, K), D of a grid over the picture from below to above; None for none.
        dark: use the colour scale made for a dark page.
        height: in pixels.
    """
    figure = go.Figure()
    if field is not None:
        at = np.linspace(-REACH, REACH, len(field))
        figure.add_heatmap(
            z=field,
            x=at,
            y=at,
            zmin=0.0,
            zmax=1.0,
            colorscale=color_scale(dark),
            opacity=0.75,
            colorbar={
                "title": {"text": "D, share of 1", "side": "right"},
                "thickness": 12,
                "outlinewidth": 0,
            },
            hovertemplate="D(%{x:.2f}, %{y:.2f}) = %{z:.2f}<extra></extra>",
        )
    for kind, (color, symbol) in KINDS.items():
        places = [(x, y) for which, x, y in rows if which == kind]
        figure.add_scatter(
            x=[x for x, _ in places],
            y=[y for _, y in places],
            mode="markers",
            name=f"{kind} points",
            marker={"color": color, "symbol": symbol, "size": 5},
            hovertemplate=f"{kind}: %{{x:.2f}}, %{{y:.2f}}<extra></extra>",
        )
    style_figure(figure, title=title, x="x", y="y", height=height)
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(range=[-REACH, REACH], fixedrange=True, constrain="domain")
    figure.update_yaxes(range=[-REACH, REACH], fixedrange=True, scaleanchor="x", constrain="domain")
    table = pd.DataFrame(list(rows), columns=["which", "x", "y"])
    return Chart(title, figure, _alt(title, table, field), table)


def _alt(title: str, table: pd.DataFrame, field: np.ndarray | None) -> str:
    said = []
    for kind in KINDS:
        of = table[table["which"] == kind]
        if len(of):
            outside = int(((of["x"].abs() > REACH) | (of["y"].abs() > REACH)).sum())
            beyond = f" ({outside} of them outside of the picture)" if outside else ""
            said.append(
                f"{words.count(len(of), f'{kind} point')} around ({of['x'].mean():.2f}, "
                f"{of['y'].mean():.2f}), spread {of['x'].std():.2f} and {of['y'].std():.2f}{beyond}"
            )
    if field is not None and np.size(field):
        said.append(f"D goes from {np.min(field):.2f} to {np.max(field):.2f}")
    return f"{title}: {'; '.join(said) or 'none yet'}."
