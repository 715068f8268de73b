"""Many small pictures beside each other, each with its name: samples, filters, maps."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.matrices import signed_scale
from lm_core.charts.theme import style_figure

GREYS = ((0.0, "#000000"), (1.0, "#FFFFFF"))
GAP = 0.25  # between pictures, of a side
NAME, WIDE = 0.34, 700  # room for a name, of a side; pixels of the widest picture of all


def picture_grid(
    pictures: np.ndarray,
    names: Sequence[str],
    *,
    title: str,
    columns: int,
    unit: str = "brightness",
    signed: bool = False,
    each: bool = False,
    dark: bool = False,
    height: int | None = None,
) -> Chart:
    """Pictures in rows of `columns`.

    Args:
        pictures: (N, height, width); brightness from 0 to 1 unless it says otherwise.
        names: of the N, what stands above each.
        unit: of the numbers.
        signed: they may be below 0: two colours, of which the middle is 0.
        each: every picture has a scale of its own, from its own 0 to its largest.
        dark: use the colours made for a dark page.
        height: in pixels; as the number of rows asks for.
    """
    pictures = np.asarray(pictures, dtype=float)
    N, H, W = pictures.shape if pictures.ndim == 3 else (0, 1, 1)
    columns = max(1, min(columns, N))
    rows = -(-N // columns)
    high, wide = H + max(1, round(NAME * H)), W + max(1, round(GAP * W))
    sheet = np.full((max(1, rows * high), max(1, columns * wide)), np.nan)
    largest = np.abs(pictures).reshape(N, H * W).max(axis=1, initial=0.0)
    shown = pictures / np.where(largest > 0, largest, 1)[:, None, None] if each else pictures
    places = [(n // columns * high, n % columns * wide) for n in range(N)]
    for picture, (top, left) in zip(shown, places, strict=True):
        sheet[top + high - H : top + high, left : left + W] = picture
    most = 1.0 if each or not N else max(1e-9, float(np.nanmax(np.abs(shown))))
    scale = {"zmin": -most, "zmax": most, "colorscale": signed_scale(dark)}
    if not signed:
        scale = {"zmin": 0.0, "zmax": max(1.0, most), "colorscale": GREYS}
    figure = go.Figure()
    figure.add_heatmap(
        z=sheet,
        **scale,
        showscale=False,
        hoverongaps=False,
        hovertemplate="%{z:.2f}<extra></extra>",
    )
    figure.update_layout(
        annotations=[
            {
                "x": left - 0.5,
                "y": top + high - H - 0.5,
                "text": words.escaped(words.shorten(name, 16)),
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "bottom",
                "font": {"size": 11},
            }
            for name, (top, left) in zip(names, places, strict=True)
        ]
    )
    size = WIDE / columns * high / wide  # of one row, in a wide window
    style_figure(figure, title=title, height=height or round(60 + max(1, rows) * min(size, 110)))
    bare = {"visible": False, "fixedrange": True, "constrain": "domain"}
    figure.update_xaxes(**bare, range=[-0.5, sheet.shape[1] - 0.5])
    figure.update_yaxes(
        **bare, range=[sheet.shape[0] - 0.5, -0.5], scaleanchor="x", constraintoward="top"
    )
    figure.update_layout(hovermode="closest", margin={"l": 4, "r": 4, "t": 44, "b": 4})
    n, i, j = (axis.reshape(-1) for axis in np.indices((N, H, W)))
    labels = np.array(words.numbered_apart(list(names)), dtype=object)
    table = pd.DataFrame(
        {
            "picture": labels[n] if N else [],
            "row": i,
            "column": j,
            unit: pictures.reshape(-1).round(4),
        }
    )
    return Chart(title, figure, _alt(title, labels, pictures, unit), table)


def _alt(title: str, names: np.ndarray, pictures: np.ndarray, unit: str) -> str:
    if not len(names):
        return f"{title}: none."
    means = pictures.reshape(len(names), -1).mean(axis=1)
    low, high = names[int(means.argmin())], names[int(means.argmax())]
    H, W = pictures.shape[1:]
    return (
        f"{title}: {words.count(len(names), 'picture')} of {W} × {H}. The mean of their {unit} is "
        f"least in {low} ({means.min():.2f}) and largest in {high} ({means.max():.2f})."
    )
