"""How far back the gradient of a guess reaches: a line a model, on a log axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import family_style, legend_below, style_figure

TITLE = "How far back the gradient reaches"
X = "tokens further back than the last one read"
Y = "length of the gradient"
HEIGHT = 380


@dataclass(frozen=True)
class Reach:
    """One model: the length of the gradient at distance 0, 1, 2 ..., and over how many tokens it
    halves (infinite where it does not fall)."""

    label: str
    family: str
    values: tuple[float, ...]
    half_life: float


def gradient_lines(models: Sequence[Reach], *, places: int) -> Chart:
    """`places`: how many guesses each is the mean of."""
    figure = go.Figure()
    for one in models:
        style = family_style(one.family)
        figure.add_scatter(
            x=list(range(len(one.values))),
            y=[v if v > 0 and math.isfinite(v) else None for v in one.values],
            mode="lines+markers",
            name=words.escaped(one.label),
            line={"color": style.color, "dash": style.dash, "width": 2},
            marker={"size": 5},
            hovertemplate=f"{words.escaped(one.label)}, %{{x}} back: %{{y:.2e}}<extra></extra>",
        )
    style_figure(figure, title=TITLE, x=X, y=f"{Y}, mean of {places:,}", height=HEIGHT)
    figure.update_yaxes(type="log", exponentformat="power")
    legend_below(figure)
    rows = [
        {"model": one.label, X: k, f"{Y} (nats per unit of embedding)": value}
        for one in models
        for k, value in enumerate(one.values)
    ]
    table = pd.DataFrame(rows, columns=["model", X, f"{Y} (nats per unit of embedding)"])
    return Chart(TITLE, figure, f"{TITLE}: {read_reaches(models)}", table)


def read_reaches(models: Sequence[Reach]) -> str:
    """What is left of each at the far end, in a sentence."""
    said = []
    for one in models:
        first, last = one.values[0], one.values[-1]
        left = words.percent(last / first) if first > 0 else words.MISSING
        half = "does not fall on the whole"
        if math.isfinite(one.half_life):
            half = f"halves about every {words.human(one.half_life)} tokens"
        far = words.count(len(one.values) - 1, "token")
        said.append(f"{one.label} {half}, and {far} back has {left} of its length at the last one")
    return "; ".join(said) + "." if said else "nothing was measured yet."
