"""Functions as lines over numbers, with places on them marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import DASHES, GREY, PALETTE, VERMILLION, legend_below, style_figure

FAR = 1e300  # what is further from zero is not drawn


@dataclass(frozen=True)
class Curve:
    """A line; what is not finite is a gap.

    Attributes:
        faint: one of many alike, thin and grey, and in no legend.
        dots: its points are shown too: each was measured.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    faint: bool = False
    dots: bool = False


@dataclass(frozen=True)
class Spot:
    """A place that is marked, and what stands beside it."""

    x: float
    y: float
    said: str = ""


def function_lines(
    curves: Sequence[Curve],
    *,
    title: str,
    x: str,
    y: str,
    spots: Sequence[Spot] = (),
    levels: Sequence[tuple[str, float]] = (),
    log: bool = False,
    first: int = 0,
    reach: tuple[float, float] | None = None,
    height: int = 340,
) -> Chart:
    """Draw `curves`, each with a colour and a dash of its own.

    Args:
        x, y: titles of the axes with their units.
        levels: dotted lines across, by name.
        log: equal heights are equal factors; what is not above zero is a gap.
        first: the place in the palette of the first curve's colour.
        reach: from where to where y goes, for a picture that fills.
    """
    figure, dashes = go.Figure(), list(DASHES)
    rows, said = [], []
    for n, curve in enumerate([c for c in curves if c.faint] + [c for c in curves if not c.faint]):
        n -= sum(c.faint for c in curves)
        values = np.asarray(curve.y, dtype=float)
        known = np.isfinite(values) & (np.abs(values) < FAR) & ((values > 0) | (not log))
        style = {
            "color": PALETTE[(n + first) % len(PALETTE)],
            "dash": dashes[n % len(dashes)],
            "width": 2.5,
        }
        if curve.faint:
            style = {"color": GREY, "width": 0.8}
        figure.add_scatter(
            x=list(curve.x),
            y=[v if ok else None for v, ok in zip(values.tolist(), known.tolist(), strict=True)],
            name=words.escaped(curve.name),
            mode="lines+markers" if curve.dots else "lines",
            line=style,
            opacity=0.35 if curve.faint else 1.0,
            showlegend=not curve.faint,
            hoverinfo="skip" if curve.faint else None,
            hovertemplate=None if curve.faint else "%{x:.4g}: %{y:.4g}",
        )
        rows += [(curve.name, a, b) for a, b in zip(curve.x, values.tolist(), strict=True)]
        if not curve.faint:
            said.append(_said(curve, values[known]))
    for name, level in levels:
        figure.add_scatter(
            x=_ends(curves),
            y=[level, level],
            name=words.escaped(name),
            mode="lines",
            line={"color": GREY, "dash": "dot", "width": 2},
            hovertemplate="%{y:.4g}",
        )
        said.append(f"{name}: {level:.4g}")
    if spots:
        figure.add_scatter(
            x=[spot.x for spot in spots],
            y=[spot.y for spot in spots],
            mode="markers+text",
            text=[words.escaped(spot.said) for spot in spots],
            textposition="top center",
            marker={"color": VERMILLION, "size": 11, "symbol": "diamond"},
            showlegend=False,
            cliponaxis=False,
            hovertemplate="%{x:.4g}: %{y:.4g}<extra></extra>",
        )
    style_figure(figure, title=title, x=x, y=y, height=height)
    legend_below(figure).update_layout(hovermode="closest")
    if log:
        span = [value for curve in curves for value in curve.y if 0 < value < FAR]
        dtick = _decades(reach or (min(span, default=1.0), max(span, default=1.0)))
        figure.update_yaxes(type="log", dtick=dtick, exponentformat="power")
    if reach is not None:
        pad = 0.04 * (math.log10(reach[1] / reach[0]) if log else reach[1] - reach[0])
        ends = [math.log10(one) for one in reach] if log else list(reach)
        figure.update_yaxes(range=[ends[0] - pad, ends[1] + pad])
    table = pd.DataFrame(rows, columns=["of", x, y])
    many = sum(curve.faint for curve in curves)
    more = f" {many} more are drawn thin." if many else ""
    if not rows:
        return Chart(title, figure, f"{title}, empty: there is nothing to draw.", table)
    return Chart(title, figure, f"{title}. {'; '.join(said)}.{more}", table)


def _decades(reach: tuple[float, float]) -> int | str:
    """Powers of ten from one tick to the next, so that there are about six; within one of them
    plotly's own ticks at its digits."""
    span = math.log10(reach[1] / reach[0])
    return max(1, round(span / 6)) if span > 1.5 else "D2"


def _ends(curves: Sequence[Curve]) -> list[float]:
    every = [at for curve in curves for at in curve.x] or [0.0, 1.0]
    return [min(every), max(every)]


def _said(curve: Curve, known: np.ndarray) -> str:
    if not len(known):
        return f"{curve.name}: nothing that can be drawn"
    low, high, last = (float(v) for v in (known.min(), known.max(), known[-1]))
    if math.isclose(low, high):
        return f"{curve.name}: {low:.4g} throughout"
    return f"{curve.name}: from {low:.4g} to {high:.4g}, at the end {last:.4g}"
