"""A loss over the learning rate, for ways of training that are each best at a rate of their own."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, PALETTE, legend_below, style_figure


def by_rate(
    losses: Mapping[str, Mapping[float, Sequence[float]]],
    *,
    title: str,
    unit: str,
    before: float | None = None,
    height: int = 360,
) -> Chart:
    """A line through the means of the seeds, a point for each seed.

    Args:
        losses: name -> rate -> the loss with each seed.
        unit: of the loss.
        before: the loss that all began with, a dotted line.
    """
    figure, rows, said, dashes = go.Figure(), [], [], list(DASHES)
    for n, (name, found) in enumerate(losses.items()):
        rates = sorted(found)
        means = [sum(found[rate]) / len(found[rate]) for rate in rates]
        color = PALETTE[n % len(PALETTE)]
        figure.add_scatter(
            x=rates,
            y=means,
            mode="lines",
            name=words.escaped(name),
            line={"color": color, "dash": dashes[n % len(dashes)], "width": 2.5},
            hoverinfo="skip",
        )
        points = [(rate, value) for rate in rates for value in found[rate]]
        figure.add_scatter(
            x=[rate for rate, _ in points],
            y=[value for _, value in points],
            mode="markers",
            marker={"color": color, "size": 8},
            showlegend=False,
            hovertemplate=f"{words.escaped(name)}, rate %{{x:g}}: %{{y:.3f}} {unit}<extra></extra>",
        )
        rows += [
            (name, rate, mean, min(found[rate]), max(found[rate]), len(found[rate]))
            for rate, mean in zip(rates, means, strict=True)
        ]
        best = min(range(len(rates)), key=means.__getitem__)
        said.append(f"{name} {words.human(means[best])} at a rate of {rates[best]:g}")
    style_figure(figure, title=title, x="learning rate", y=unit, height=height)
    legend_below(figure).update_layout(hovermode="closest")
    every = sorted({rate for found in losses.values() for rate in found})
    figure.update_xaxes(type="log", tickvals=every, ticktext=[f"{rate:g}" for rate in every])
    if before is not None:
        figure.add_hline(y=before, line={"dash": "dot", "width": 1.5})
    table = pd.DataFrame(
        rows, columns=["", "learning rate", f"mean ({unit})", "lowest", "highest", "seeds"]
    )
    began = "" if before is None else f" All began at {words.human(before)}."
    return Chart(title, figure, f"{title}, the lowest: {'; '.join(said)} {unit}.{began}", table)
