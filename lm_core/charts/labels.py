"""Labels of texts: how often each class comes in each split, and how values are spread."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.text import round_step, split_style
from lm_core.charts.theme import legend_below, style_figure

CLASSES, BARS = 20, 30  # drawn at most: classes, and steps of values
FAR = 1e300  # beyond it a distance may be no float
WIDTH = 18  # characters of the name of a class beside its bars


def class_counts(table: pd.DataFrame, *, height: int | None = None) -> Chart:
    """What share of each split every class has: bars of one class together, the commonest on top.

    Args:
        table: column `label` and a column of counts for each split, a row a class. The 20
            commonest are drawn; the table has all.
    """
    splits = [name for name in table.columns if name != "label"]
    counts = table[splits].astype(float)
    totals, each = counts.sum(), counts.sum(axis=1)
    order = np.argsort(-each.to_numpy(), kind="stable")
    drawn = order[:CLASSES]
    names = words.unique_labels(list(map(str, table["label"])))
    title, figure = "How often each class comes", go.Figure()
    for split in splits:
        shares = [counts[split].iloc[i] / (totals[split] or 1.0) for i in drawn]
        style, pattern = split_style(split)
        figure.add_bar(
            x=shares,
            y=np.arange(len(drawn)),
            orientation="h",
            name=words.escaped(split),
            marker={"color": style.color, "pattern": {"shape": pattern, "fillmode": "overlay"}},
            customdata=[
                f"{words.escaped(names[i])}: {counts[split].iloc[i]:,.0f} of {totals[split]:,.0f} "
                f"in {split} ({words.percent(share)})"
                for i, share in zip(drawn, shares, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    height = height or 120 + 16 * (len(splits) + 1) * max(2, len(drawn))
    style_figure(figure, title=title, x="share of the split", y="class", height=height)
    far = max((max(bar.x, default=0.0) for bar in figure.data), default=0.0)
    share_ticks(figure, end=max(0.26, 1.05 * far))
    figure.update_yaxes(
        tickmode="array",
        tickvals=np.arange(len(drawn)),
        ticktext=[words.escaped(words.shorten(names[i], WIDTH)) for i in drawn],
        range=[max(1, len(drawn)) - 0.5, -0.5],
        showgrid=False,
    )
    figure.update_layout(barmode="group", bargap=0.25)
    legend_below(figure)
    shown = table.iloc[order].reset_index(drop=True)
    if not len(drawn) or not each.sum():
        return Chart(title, figure, f"{title}, empty: there are no labels.", shown)
    most, least = (f"{names[i]} ({words.percent(each[i] / each.sum())})" for i in order[[0, -1]])
    alt = f"{words.count(len(names), 'class', 'classes')}; the commonest is {most}"
    alt += f", the rarest {least}" if len(names) > 1 else ""
    alt += f". The {CLASSES} commonest are drawn" if len(names) > CLASSES else ""
    return Chart(title, figure, f"{alt}.", shown)


def value_counts(
    values: Mapping[str, Sequence[float]], unit: str = "", *, height: int = 300
) -> Chart:
    """How many texts have which value, the splits stacked.

    Args:
        values: by split, the numbers of its texts. Those that are not finite are left out.
        unit: of the numbers.
    """
    found = {split: np.asarray(some, dtype=float) for split, some in values.items()}
    found = {k: some[np.isfinite(some)].clip(-FAR, FAR) for k, some in found.items()}
    every = np.concatenate([*found.values(), np.zeros(0)])
    named, title, figure = unit or "value", "How the values are spread", go.Figure()
    low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 0.0)
    step = _step(high - low)
    start = np.floor(low / step) * step
    bins = min(2 * BARS, int((high - start) // step) + 1)  # more only where no float is between
    edges = start + step * np.arange(bins)
    table = pd.DataFrame({f"from ({named})": edges, f"below ({named})": edges + step})
    for split, some in found.items():
        at = np.clip(((some - start) // step).astype(np.int64), 0, bins - 1)
        counts = np.bincount(at, minlength=bins)
        table[split] = counts
        style, pattern = split_style(split)
        figure.add_bar(
            x=edges + step / 2,
            y=counts,
            width=0.92 * step,
            name=words.escaped(split),
            marker={"color": style.color, "pattern": {"shape": pattern, "fillmode": "overlay"}},
            customdata=[f"{edge:g} to {edge + step:g}" for edge in edges],
            hovertemplate=f"%{{customdata}}: %{{y:,}} in {words.escaped(split)}<extra></extra>",
        )
    style_figure(figure, title=title, x=words.escaped(named), y="number of texts", height=height)
    figure.update_layout(barmode="stack")
    figure.update_yaxes(tickformat="~s", rangemode="tozero")
    if low >= 1000 and high < 3000:  # years have no commas
        figure.update_xaxes(tickformat="d")
    legend_below(figure)
    if not len(every):
        return Chart(title, figure, f"{title}, empty: there are no values.", table)
    unit = f" {unit}" if unit else ""
    alt = (
        f"{len(every):,} texts with values from {low:g} to {high:g}{unit}, median "
        f"{np.median(every):g}, mean {every.mean():.4g}."
    )
    return Chart(title, figure, alt, table)


def _step(span: float) -> float:
    """The width of a bar: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(span / BARS)) if span > 0 else 0.0
    return round_step(span / BARS / power) * power if power > 0 else 1.0
