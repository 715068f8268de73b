"""A histogram whose bins were counted already: bars that touch, several kinds on top of each
other."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import PALETTE, VERMILLION, legend_below, style_figure

PATTERNS = ("", "/", ".", "x")


def bin_bars(
    edges: Sequence[float],
    counts: Mapping[str, Sequence[int]],
    *,
    title: str,
    x: str,
    y: str = "how many",
    lines: Sequence[tuple[str, float]] = (),
    height: int = 300,
) -> Chart:
    """Bars from edge to edge.

    Args:
        edges: (bins + 1,), rising.
        counts: name -> how many in each bin; those of several names stand on each other.
        lines: values that are marked across the bars, by name.
    """
    edges = np.asarray(edges, dtype=float)
    middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    figure, table = go.Figure(), pd.DataFrame({f"{x}, from": edges[:-1], f"{x}, to": edges[1:]})
    for n, (name, some) in enumerate(counts.items()):
        table[name] = list(some)
        figure.add_bar(
            x=middle,
            y=list(some),
            width=width,
            name=words.escaped(name),
            marker={
                "color": PALETTE[n % len(PALETTE)],
                "pattern": {"shape": PATTERNS[n % len(PATTERNS)], "fillmode": "overlay"},
                "line": {"width": 1, "color": "rgba(128,128,128,0.6)"},
            },
            customdata=[f"{a:.4g} to {b:.4g}" for a, b in pairwise(edges)],
            hovertemplate="%{customdata}: %{y:,}",
        )
    for name, value in lines:
        figure.add_vline(
            value,
            line={"color": VERMILLION, "width": 2, "dash": "dash"},
            annotation={"text": words.escaped(name), "textangle": 0},
        )
    style_figure(figure, title=title, x=x, y=y, height=height)
    figure.update_layout(barmode="stack", bargap=0)
    figure.update_yaxes(rangemode="tozero")
    legend_below(figure)
    if len(counts) < 2:
        figure.update_layout(showlegend=False)
    total = np.sum([list(some) for some in counts.values()], axis=0) if counts else np.zeros(0)
    if not len(total) or not total.sum():
        return Chart(title, figure, f"{title}, empty: there is nothing to count.", table)
    most = int(total.argmax())
    alt = (
        f"{title}: {words.count(len(total), 'bin')} from {edges[0]:.4g} to {edges[-1]:.4g}; the "
        f"fullest, {edges[most]:.4g} to {edges[most + 1]:.4g}, holds {total[most]:,} of "
        f"{total.sum():,}."
    )
    return Chart(title, figure, alt, table)
