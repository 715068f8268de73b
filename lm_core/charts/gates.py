"""What a recurrent model keeps and lets through over a text, as a heatmap: units down, tokens
along. And one unit alone as lines.

Values of a gate lie between 0 and 1 and are drawn in one hue; states and candidates lie on both
sides of 0 and are drawn from orange over the page to blue, equally far on either side.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import GREEN, PALETTE, color_scale, legend_below, style_figure

CLICKABLE = 2_500  # cells
TICKS = 24
HEIGHT = 440
_TWO_LIGHT = (
    (0.0, "#B24A00"),
    (0.25, "#F0A868"),
    (0.5, "#F4F4F4"),
    (0.75, "#7FB6DA"),
    (1.0, "#08306B"),
)
_TWO_DARK = (
    (0.0, "#FFC48A"),
    (0.25, "#B35A12"),
    (0.5, "#1A2027"),
    (0.75, "#2E8BC8"),
    (1.0, "#DDF1FF"),
)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def gate_map(
    values: np.ndarray,
    tokens: Sequence[str],
    *,
    name: str,
    layer: int,
    selected: tuple[int, int] | None = None,
    both_sides: bool = False,
    dark: bool = False,
    height: int = HEIGHT,
) -> Chart:
    """A state or a gate of one layer.

    Args:
        values: (C, T), a row a unit.
        tokens: the T tokens' texts; repeated ones are numbered apart.
        name: of the gate or state.
        layer: counted from 0 (the words count from 1).
        selected: (unit, token) to frame, counted from 0.
        both_sides: values lie on both sides of 0.

    A point's `customdata` is [unit, token], counted from 0; there are none over CLICKABLE cells.
    """
    values = np.asarray(values, dtype=float)
    C, T = values.shape
    labels = words.unique_labels(tokens)
    title = f"{name}, layer {layer + 1}"
    figure = go.Figure()
    most = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    low, high = (-most, most) if both_sides else (0.0, 1.0)
    scale = list(_TWO_DARK if dark else _TWO_LIGHT) if both_sides else color_scale(dark)
    clickable = C * T <= CLICKABLE
    escaped = [words.escaped(label) for label in labels]
    figure.add_heatmap(
        z=values.astype(np.float32),
        x=np.arange(T),
        y=np.arange(C),
        colorscale=scale,
        zmin=low,
        zmax=high,
        colorbar={"thickness": 12, "outlinewidth": 0, "nticks": 5},
        customdata=np.tile(np.array(escaped, dtype=object), (C, 1)),
        hovertemplate="unit %{y} after %{customdata}: %{z:.3f}<extra></extra>",
        hoverinfo="skip" if clickable else "all",
    )
    if clickable:
        cells = [(u, t) for u in range(C) for t in range(T)]
        figure.add_scatter(
            x=[t for _, t in cells],
            y=[u for u, _ in cells],
            mode="markers",
            marker={"size": 8, "opacity": 0},
            customdata=[[u, t] for u, t in cells],
            hovertext=[f"unit {u} after {escaped[t]}: {values[u, t]:.3f}" for u, t in cells],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    if selected is not None:
        unit, t = selected
        row = {"color": GREEN, "width": 1.5}
        figure.add_shape(x0=-0.5, x1=T - 0.5, y0=unit - 0.5, y1=unit + 0.5, line=row)
        cell = {"color": GREEN, "width": 4}
        figure.add_shape(x0=t - 0.5, x1=t + 0.5, y0=unit - 0.5, y1=unit + 0.5, line=cell)
    style_figure(figure, title=title, x="token that was read", y="unit", height=height)
    figure.update_xaxes(**_ticks(labels), showgrid=False, range=[-0.5, T - 0.5])
    figure.update_yaxes(showgrid=False, range=[C - 0.5, -0.5])
    figure.update_layout(showlegend=False, hovermode="closest", hoverdistance=-1)
    columns = dict(zip(words.numbered_apart(labels), values.T, strict=True))
    table = pd.DataFrame({"unit": np.arange(C), **columns})
    return Chart(title, figure, _alt(values, labels, title, both_sides), table)


def unit_lines(series: Mapping[str, Sequence[float]], tokens: Sequence[str], *, unit: int) -> Chart:
    """Every gate and state of one unit along the text.

    Args:
        series: name -> T values.
        tokens: the T tokens' texts.
    """
    labels = words.unique_labels(tokens)
    title = f"Unit {unit} along the text"
    figure = go.Figure()
    for i, (name, values) in enumerate(series.items()):
        figure.add_scatter(
            x=list(range(len(labels))),
            y=list(values),
            mode="lines+markers",
            name=name,
            line={"color": PALETTE[i % len(PALETTE)], "dash": DASHES[i % len(DASHES)], "width": 2},
            customdata=[words.escaped(label) for label in labels],
            hovertemplate=f"{name} after %{{customdata}}: %{{y:.3f}}<extra></extra>",
        )
    style_figure(figure, title=title, x="token that was read", y="value", height=320)
    figure.update_xaxes(**_ticks(labels))
    legend_below(figure)
    table = pd.DataFrame({"token": labels, **{n: list(v) for n, v in series.items()}})
    said = "; ".join(f"{n} from {min(v):.2f} to {max(v):.2f}" for n, v in series.items())
    return Chart(title, figure, f"{title}: {said}.", table)


def _ticks(labels: Sequence[str]) -> dict:
    places = list(range(0, len(labels), -(-len(labels) // TICKS) or 1))
    named = [words.escaped(words.shorten(labels[i], 10)) for i in places]
    turned = {"tickangle": -40} if sum(map(len, named)) > 44 else {}
    return {"tickmode": "array", "tickvals": places, "ticktext": named, **turned}


def _alt(values: np.ndarray, labels: Sequence[str], title: str, both_sides: bool) -> str:
    C, T = values.shape
    if not values.size:
        return f"{title}, still empty: there is no text to look at."
    unit, t = np.unravel_index(int(np.abs(values).argmax()), values.shape)
    said = (
        f"{title} of {words.count(C, 'unit')} over {words.count(T, 'token')}: on average "
        f"{values.mean():.2f}; the furthest from 0 is unit {unit} after {labels[t]} "
        f"({values[unit, t]:.2f})"
    )
    if both_sides:
        return f"{said}."
    open_, shut = (values > 0.9).mean(), (values < 0.1).mean()
    said += f"; {words.percent(open_)} of all are above 0.9, open, and {words.percent(shut)} below"
    return f"{said} 0.1, shut."
