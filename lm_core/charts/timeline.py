"""How long each document of a dated text is, year by year, coloured by the split it is in."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import SERIES, family_style, legend_below, style_figure

_SYMBOLS = {"train": "circle", "validation": "diamond", "test": "square"}


def by_year(
    years: Sequence[int],
    lengths: Sequence[float],
    splits: Sequence[str],
    labels: Sequence[str],
    *,
    unit: str = "words",
    what: str = "documents",
    height: int = 320,
) -> Chart:
    """A point for each document; colour and shape of the point say its split.

    Args:
        years, lengths, splits, labels: one entry a document; lengths count `unit`.
        what: what the documents are, in the plural.
    """
    table = pd.DataFrame(
        {"year": years, "document": labels, "split": splits, f"length ({unit})": lengths}
    )
    title, figure = f"Length of {what} by year", go.Figure()
    for split in dict.fromkeys(splits):
        part = table[table["split"] == split]
        style = SERIES.get("training" if split == "train" else split) or family_style(split)
        figure.add_scatter(
            x=part["year"],
            y=part[f"length ({unit})"],
            mode="markers",
            name=words.escaped(split),
            marker={"color": style.color, "size": 7, "symbol": _SYMBOLS.get(split, "cross")},
            customdata=[words.escaped(label) for label in part["document"]],
            hovertemplate=f"%{{customdata}}: %{{y:,}} {unit}<extra></extra>",
        )
    style_figure(figure, title=title, x="year", y=f"length in {unit}", height=height)
    legend_below(figure)
    figure.update_yaxes(rangemode="tozero", tickformat="~s")
    if table.empty:
        return Chart(title, figure, f"{title}, empty: there is nothing to measure.", table)
    at = np.asarray(lengths, dtype=float)
    alt = (
        f"{len(table):,} {what} from {min(years)} to {max(years)}, median "
        f"{words.human(float(np.median(at)))} {unit}; the longest is {labels[int(at.argmax())]} "
        f"with {at.max():,.0f} {unit}."
    )
    return Chart(title, figure, alt, table)
