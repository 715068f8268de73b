"""What a small net says over the plane of its two inputs, and the four rows of a truth table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts.chart import Chart
from lm_core.charts.matrices import signed_scale
from lm_core.charts.theme import style_figure

LOW, HIGH, CELLS = -0.5, 1.5, 41  # of each input; places that are asked along it
HALF = 0.005  # so near to one half is on no side
CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))


def places() -> np.ndarray:
    """(CELLS², 2) the inputs that are asked, x1 along the rows of the picture, x2 up."""
    along = np.linspace(LOW, HIGH, CELLS)
    x1, x2 = np.meshgrid(along, along)
    return np.stack([x1.ravel(), x2.ravel()], axis=1)


def regions(
    outputs: np.ndarray,
    targets: Sequence[int],
    answers: Sequence[float],
    *,
    title: str,
    dark: bool = False,
    height: int = 360,
) -> Chart:
    """Colour is the output, the line is where it is one half.

    Args:
        outputs: (CELLS²,) at `places()`.
        targets: what the gate gives at the corners 00, 01, 10, 11: a full or an empty dot.
        answers: what the net says there.
        dark: the page is dark.
    """
    along = np.linspace(LOW, HIGH, CELLS)
    z = np.asarray(outputs, dtype=float).reshape(CELLS, CELLS)
    figure = go.Figure()
    figure.add_heatmap(
        z=z,
        x=along,
        y=along,
        zmin=0,
        zmax=1,
        colorscale=signed_scale(dark),
        colorbar={"title": "its output", "thickness": 12, "tickvals": [0, 0.5, 1]},
        hovertemplate="x1 = %{x:.2f}, x2 = %{y:.2f}: %{z:.3f}<extra></extra>",
    )
    line, paper = ("#FAFAFA", "#0E1117") if dark else ("#1B2733", "#FFFFFF")
    figure.add_contour(
        z=z,
        x=along,
        y=along,
        contours={"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"},
        line={"color": line, "width": 2, "dash": "dash"},
        showscale=False,
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=[x for x, _ in CORNERS],
        y=[y for _, y in CORNERS],
        mode="markers",
        marker={
            "size": 15,
            "color": [line if target else paper for target in targets],
            "line": {"color": line, "width": 2},
        },
        hoverinfo="skip",
        showlegend=False,
    )
    for (x, y), answer in zip(CORNERS, answers, strict=True):
        figure.add_annotation(
            x=x,
            y=y,
            yshift=20 if y else -20,
            text=f"{answer:.2f}",
            showarrow=False,
            bgcolor=paper,
            font={"color": line, "size": 13},
        )
    style_figure(figure, title=title, x="x1", y="x2", height=height)
    ticks = {"tickvals": [0, 1], "fixedrange": True, "range": [LOW, HIGH], "showgrid": False}
    figure.update_xaxes(**ticks)
    figure.update_yaxes(**ticks)
    table = pd.DataFrame(
        {
            "x1": [x for x, _ in CORNERS],
            "x2": [y for _, y in CORNERS],
            "target": list(targets),
            "output": list(answers),
        }
    )
    right = sum((a - 0.5) * (2 * t - 1) > HALF for a, t in zip(answers, targets, strict=True))
    said = ", ".join(f"{x}{y}: {a:.2f}" for (x, y), a in zip(CORNERS, answers, strict=True))
    alt = f"{title}: {right} of 4 corners lie on their side of one half ({said})."
    return Chart(title, figure, alt, table)
