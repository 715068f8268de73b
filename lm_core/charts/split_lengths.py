"""The lengths of train, validation and test laid over each other: bars, boxes or violins."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.text import round_step, split_style
from lm_core.charts.theme import legend_below, style_figure

KINDS = ("Histogram", "Box", "Violin")
BINS = 30
DRAWN = 400  # quantiles that a violin is drawn from: its shape is that of all of them
FIVE = (0.05, 0.25, 0.5, 0.75, 0.95)


def lengths_by_split(
    lengths: Mapping[str, Sequence[int]],
    unit: str,
    *,
    what: str = "items",
    kind: str = KINDS[0],
    height: int = 320,
) -> Chart:
    """How long `what` are in each split; of a split each counts alike, however large the split is.

    Args:
        lengths: by split.
        unit: of the lengths, in the plural.
        kind: one of KINDS. A histogram ends where 99 % of the longest split do, its last bar
            holding the rest; a box goes from a quarter to three quarters, its whiskers from 5 to
            95 %.
    """
    found = {split: np.asarray(some) for split, some in lengths.items() if len(some)}
    title, figure = f"Length of {what} in each split", go.Figure()
    draw = {"Histogram": _bars, "Box": _boxes, "Violin": _violins}[kind]
    drawn = draw(figure, found)
    y = "% of the split" if kind == "Histogram" else ""
    style_figure(figure, title=title, x=f"length in {unit}", y=y, height=height)
    legend_below(figure)
    if kind == "Histogram":
        figure.update_yaxes(rangemode="tozero", fixedrange=True)
    else:
        figure.update_yaxes(showticklabels=False, fixedrange=True)
        figure.update_xaxes(rangemode="tozero")
    if not found:
        return Chart(title, figure, f"{title}, empty: there is nothing to measure.", drawn)
    said = "; ".join(
        f"{split} {len(some):,} {what}, median {words.human(float(np.median(some)))}, 95 % up to "
        f"{words.human(float(np.quantile(some, 0.95)))}"
        for split, some in found.items()
    )
    return Chart(title, figure, f"{title}, in {unit}: {said}.", drawn)


def _bars(figure: go.Figure, found: Mapping[str, np.ndarray]) -> pd.DataFrame:
    far = int(np.ceil(max((np.quantile(some, 0.99) for some in found.values()), default=1)))
    low = int(min((some.min() for some in found.values()), default=0))
    width = round_step((far - low + 1) / BINS)
    begins = np.arange(low // width * width, far + 1, width)
    table = pd.DataFrame({"from": begins, "below": begins + width})
    for split, some in found.items():
        at = np.clip((some - begins[0]) // width, 0, len(begins) - 1)
        shares = np.bincount(at, minlength=len(begins)) / len(some)
        style, _ = split_style(split)
        figure.add_scatter(
            x=begins + (width - 1) / 2,
            y=100 * shares,
            mode="lines",
            line={"color": style.color, "dash": style.dash, "shape": "hvh", "width": 2.5},
            name=words.escaped(split),
            customdata=[f"{b:,} to {b + width - 1:,}" for b in begins],
            hovertemplate="%{customdata}: %{y:.1f} % of "
            + words.escaped(split)
            + "<extra></extra>",
        )
        table[f"{split} (share of 1)"] = shares
    return table


def _boxes(figure: go.Figure, found: Mapping[str, np.ndarray]) -> pd.DataFrame:
    for split, some in found.items():
        low, first, middle, third, high = np.quantile(some, FIVE)
        figure.add_box(
            q1=[first],
            median=[middle],
            q3=[third],
            lowerfence=[low],
            upperfence=[high],
            y=[split],
            orientation="h",
            name=words.escaped(split),
            marker_color=split_style(split)[0].color,
        )
    return _five(found)


def _violins(figure: go.Figure, found: Mapping[str, np.ndarray]) -> pd.DataFrame:
    for split, some in found.items():
        figure.add_violin(
            x=np.quantile(some, np.linspace(0.005, 0.995, DRAWN)),
            y=[split] * DRAWN,
            orientation="h",
            name=words.escaped(split),
            line_color=split_style(split)[0].color,
            points=False,
            meanline_visible=True,
            hoverinfo="skip",
        )
    return _five(found)


def _five(found: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """A row a split: how long its shorter and longer ones are."""
    rows = [(split, len(some), *np.quantile(some, FIVE)) for split, some in found.items()]
    marks = [f"{share * 100:.0f} % are at most" for share in FIVE]
    return pd.DataFrame(rows, columns=["split", "number", *marks])
