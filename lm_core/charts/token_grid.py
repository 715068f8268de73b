"""Tokens in rows and columns, each cell coloured by what is done with it: read, asked for, left
out. For batches, windows and masks."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import ink, legend_below, style_figure

NOTHING, READ, ASKED, PADDING = "nothing", "read", "asked for", "padding"
# Colours far apart in lightness too; padding is told by its sign as well.
COLORS: Mapping[str, str] = {READ: "#9CCAE6", ASKED: "#F2B36B", PADDING: "#8C8C8C"}
ROW, FRAME = 30, 130  # pixels of a row, and of all around them
LETTERS = 7  # of a token in its cell


def token_grid(
    kinds: Sequence[Sequence[str]],
    texts: Sequence[Sequence[str]],
    *,
    rows: Sequence[str],
    title: str,
    x: str,
    y: str = "",
    called: Mapping[str, str] | None = None,
) -> Chart:
    """A cell for each token.

    Args:
        kinds: (R, C) one of NOTHING, READ, ASKED, PADDING for each cell.
        texts: (R, C) what stands in it; "" for none.
        rows: what the R rows are called.
        title, x, y: of the picture and its axes.
        called: other words for READ, ASKED and PADDING.
    """
    named = {kind: kind for kind in COLORS} | dict(called or {})
    figure, width = go.Figure(), max((len(row) for row in kinds), default=0)
    places = {kind: k for k, kind in enumerate(COLORS)}
    present = [kind for kind in COLORS if any(kind in row for row in kinds)]
    if width:
        steps = len(places)
        scale = [
            (edge, color)
            for k, color in enumerate(COLORS.values())
            for edge in (k / steps, (k + 1) / steps)
        ]
        z = [[places.get(kind) for kind in row] + [None] * (width - len(row)) for row in kinds]
        says = [
            [
                words.escaped(f"{name}, place {at}: {text} ({named.get(kind, kind)})")
                for at, (kind, text) in enumerate(zip(row, line, strict=True))
            ]
            + [""] * (width - len(row))
            for name, row, line in zip(rows, kinds, texts, strict=True)
        ]
        figure.add_heatmap(
            z=z,
            zmin=-0.5,
            zmax=steps - 0.5,
            colorscale=scale,
            showscale=False,
            xgap=2,
            ygap=2,
            text=says,
            hovertemplate="%{text}<extra></extra>",
            hoverongaps=False,
        )
    for kind in present:  # a heatmap has no legend of its own
        marker = {"color": COLORS[kind], "symbol": "square", "size": 12}
        figure.add_scatter(x=[None], y=[None], mode="markers", name=named[kind], marker=marker)
    style_figure(figure, title=title, x=x, y=y, height=FRAME + ROW * max(2, len(kinds)))
    figure.update_layout(
        annotations=[
            {
                "x": at,
                "y": r,
                "text": words.escaped(words.shorten(text, LETTERS)),
                "showarrow": False,
                "font": {"size": 12 if width <= 10 else 10, "color": ink(COLORS[kind])},
            }
            for r, (row, line) in enumerate(zip(kinds, texts, strict=True))
            for at, (kind, text) in enumerate(zip(row, line, strict=True))
            if text and kind in COLORS
        ],
        hovermode="closest",
    )
    legend_below(figure)
    figure.update_xaxes(
        showgrid=False, fixedrange=True, range=[-0.5, max(1, width) - 0.5], dtick=-(-width // 16)
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(rows))),
        ticktext=[words.escaped(words.shorten(name, 14)) for name in rows],
        range=[max(1, len(rows)) - 0.5, -0.5],
        showgrid=False,
        fixedrange=True,
    )
    table = pd.DataFrame(
        [
            [name, *(text or named.get(kind, "") for kind, text in zip(row, line, strict=True))]
            + [""] * (width - len(row))
            for name, row, line in zip(rows, kinds, texts, strict=True)
        ],
        columns=["row", *map(str, range(width))],
    )
    if not width:
        return Chart(title, figure, f"{title}, empty: there is no token.", table)
    counts = ", ".join(
        f"{sum(row.count(kind) for row in map(list, kinds)):,} {named[kind]}" for kind in present
    )
    alt = f"{title}: {len(kinds)} rows of up to {words.count(width, 'cell')}; {counts}."
    return Chart(title, figure, alt, table)
