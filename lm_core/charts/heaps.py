"""How the vocabulary grows along a text, with Heaps' law through it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, VERMILLION, legend_below, style_figure


def vocabulary_curve(
    tokens: Sequence[int],
    types: Sequence[int],
    K: float,
    beta: float,
    *,
    what: str = "word",
    height: int = 320,
) -> Chart:
    """Different tokens among the first n, both axes logarithmic: Heaps' law is a straight line.

    Args:
        tokens, types: n, and how many different ones are among them.
        K, beta: of V(n) = K n^beta, fitted to them; NaN where there is none.
        what: a token is.
    """
    title, figure = "Growth of the vocabulary", go.Figure()
    figure.add_scatter(
        x=list(tokens),
        y=list(types),
        mode="markers",
        name="counted",
        marker={"color": BLUE, "size": 6},
        hovertemplate=f"first %{{x:,}} {what}s: %{{y:,}} different<extra></extra>",
    )
    table = pd.DataFrame({f"{what}s read": list(tokens), "different so far": list(types)})
    fits = np.isfinite(K) and np.isfinite(beta)
    if fits:
        line = K * np.asarray(tokens, dtype=float) ** beta
        table["Heaps' law"] = line
        figure.add_scatter(
            x=[tokens[0], tokens[-1]],
            y=[line[0], line[-1]],
            mode="lines",
            name=f"Heaps' law: {K:.3g} n<sup>{beta:.2f}</sup>",
            line={"color": VERMILLION, "dash": "dash", "width": 2},
            hoverinfo="skip",
        )
    style_figure(figure, title=title, x=f"{what}s read, n", y=f"different {what}s", height=height)
    figure.update_xaxes(type="log", dtick=1, exponentformat="SI")
    figure.update_yaxes(type="log", exponentformat="SI", nticks=6)
    legend_below(figure)
    if not len(tokens):
        return Chart(title, figure, f"{title}, empty: nothing has been read.", table)
    alt = f"After {words.count(int(tokens[-1]), what)} there are {types[-1]:,} different ones"
    alt += f"; the fitted law is {K:.3g} times n to the power {beta:.2f}." if fits else "."
    return Chart(title, figure, alt, table)
