"""What a text is made of: lengths, how often each token comes, how it is split."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import (
    BLUE,
    SERIES,
    VERMILLION,
    Style,
    family_style,
    legend_below,
    style_figure,
)

BARS = 40  # as many different lengths still get a bar each
RANKS = 400  # points of the rank-frequency picture


def length_histogram(
    lengths: Sequence[float], unit: str, *, what: str = "items", height: int = 280
) -> Chart:
    """How many of `what` are how long. `lengths` counts `unit` ("characters"), whole numbers.

    Up to 40 different lengths have a bar each; more are grouped in steps of 1, 2 or 5 times a
    power of ten. Values that are not finite are left out.
    """
    values = np.asarray(lengths, dtype=float)
    values = np.round(values[np.isfinite(values)]).astype(np.int64)
    title, figure = f"Length of {what}", go.Figure()
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    width = round_step((high - low + 1) / BARS)
    start = low // width * width
    counts = np.bincount((values - start) // width) if len(values) else np.zeros(0, dtype=int)
    begins = start + width * np.arange(len(counts))
    figure.add_bar(
        x=begins + (width - 1) / 2,
        y=counts,
        width=0.9 * width,
        marker_color=BLUE,
        customdata=_spans(begins, width),
        hovertemplate=f"%{{customdata}} {unit}: %{{y:,}} {what}<extra></extra>",
    )
    style_figure(figure, title=title, x=f"length in {unit}", y=f"number of {what}", height=height)
    figure.update_yaxes(tickformat="~s", rangemode="tozero")
    table = pd.DataFrame(
        {f"from ({unit})": begins, f"to ({unit})": begins + width - 1, f"number of {what}": counts}
    )
    if not len(values):
        return Chart(title, figure, f"{title}, empty: there is nothing to measure.", table)
    top = int(counts.argmax())
    alt = (
        f"{len(values):,} {what}, {low:,} to {high:,} {unit} long, median "
        f"{words.human(float(np.median(values)))}; most often {_spans(begins, width)[top]} "
        f"({counts[top]:,})."
    )
    return Chart(title, figure, alt, table)


def rank_frequency(
    counts: Sequence[int], *, what: str = "token", times: str = "times", height: int = 340
) -> Chart:
    """How often the commonest, the second commonest ... token comes, both axes logarithmic.

    The straight line is Zipf's law, frequency = C / rank^s, fitted by least squares to the
    logarithms at the ranks drawn, which are evenly spread over the logarithm of the rank: each
    power of ten weighs alike. Counts below 1 are left out.
    """
    values = np.asarray(counts, dtype=float)
    values = np.sort(values[np.isfinite(values) & (values >= 1)])[::-1]
    n = len(values)
    ranks = np.unique(np.geomspace(1, n, RANKS).round().astype(int)) if n else np.zeros(0, int)
    shown = values[ranks - 1]
    table = pd.DataFrame({"rank": ranks, f"frequency ({times})": shown})
    title, figure = "Rank and frequency", go.Figure()
    figure.add_scatter(
        x=ranks,
        y=shown,
        mode="markers",
        name=f"{what}s",
        marker={"color": BLUE, "size": 5},
        hovertemplate=f"rank %{{x:,}}: %{{y:,}} {times}<extra></extra>",
    )
    fitted = ""
    if len(ranks) > 2:
        slope, intercept = np.polyfit(np.log(ranks), np.log(shown), 1)
        line = np.exp(intercept + slope * np.log(ranks))
        table[f"Zipf's law ({times})"] = line
        fitted = f"; the fitted line falls as rank to the power {slope:.2f}"
        figure.add_scatter(
            x=ranks[[0, -1]],
            y=line[[0, -1]],
            mode="lines",
            name=f"Zipf's law: C / rank<sup>{-slope:.2f}</sup>",
            line={"color": VERMILLION, "dash": "dash", "width": 2},
            hoverinfo="skip",
        )
    style_figure(
        figure, title=title, x="rank, commonest first", y=f"frequency ({times})", height=height
    )
    figure.update_xaxes(type="log", dtick=1, exponentformat="SI")
    figure.update_yaxes(type="log", dtick=1, exponentformat="SI")
    legend_below(figure)
    if not n:
        return Chart(title, figure, f"{title}, empty: nothing has been counted.", table)
    alt = (
        f"{words.count(n, 'different ' + what, f'different {what}s')}: the commonest comes "
        f"{words.count(int(values[0]), 'time')}, the rarest {words.count(int(values[-1]), 'time')}"
        f"{fitted}."
    )
    return Chart(title, figure, alt, table)


def most_frequent(
    tokens: Sequence[str],
    counts: Sequence[int],
    *,
    n: int = 20,
    what: str = "token",
    height: int | None = None,
) -> Chart:
    """The `n` commonest of `tokens` with their counts; `alt` says what share of all they make."""
    values = np.asarray(counts, dtype=float)
    values = np.where(np.isfinite(values), values, 0.0)
    labels = words.unique_labels(tokens)
    order = np.argsort(-values, kind="stable")[:n]
    names, shown = [labels[i] for i in order], values[order].astype(np.int64)
    title = f"Most frequent {what}s"
    figure = horizontal_bars(
        names, shown, [f"{v:,}" for v in shown], title=title, x="times", height=height
    )
    figure.update_xaxes(tickformat="~s")
    table = pd.DataFrame({what: names, "times": shown})
    if not names or not values.sum():
        return Chart(title, figure, f"{title}, empty: nothing has been counted.", table)
    share = words.percent(shown.sum() / values.sum())
    alt = f"The commonest {what} is {names[0]}, {words.count(int(shown[0]), 'time')}"
    if len(names) > 1:
        alt += f"; the {len(names)} shown, down to {names[-1]} ({shown[-1]:,}), make {share} of all"
    return Chart(title, figure, f"{alt}.", table)


def split_sizes(table: pd.DataFrame, *, height: int | None = None) -> Chart:
    """What share of each measure each split holds, a bar a measure.

    Args:
        table: column `split` ("train", "validation", "test") and a column of numbers a measure
            ("documents", "characters", "tokens"), a row a split.
    """
    measures = [name for name in table.columns if name != "split"]
    numbers = table[measures].apply(pd.to_numeric, errors="coerce").astype(float)
    numbers = numbers.where(np.isfinite(numbers), 0.0)
    totals = numbers.sum()
    title, figure = "Splits", go.Figure()
    for i, split in enumerate(map(str, table["split"])):
        shares = [numbers.iloc[i][m] / totals[m] if totals[m] else 0.0 for m in measures]
        style, pattern = split_style(split)
        figure.add_bar(
            x=shares,
            y=measures,
            orientation="h",
            name=words.escaped(split),
            marker={"color": style.color, "pattern": {"shape": pattern, "fillmode": "overlay"}},
            text=[words.percent(s) if s >= 0.1 else "" for s in shares],
            textposition="inside",
            insidetextanchor="middle",
            customdata=[
                f"{v:,.0f} {m} ({words.percent(s)})"
                for v, m, s in zip(numbers.iloc[i], measures, shares, strict=True)
            ],
            hovertemplate="%{customdata}",
        )
    style_figure(
        figure, title=title, x="share of all", height=height or 130 + 44 * max(1, len(measures))
    )
    figure.update_layout(barmode="stack", bargap=0.3, legend_traceorder="normal")
    figure.update_layout(uniformtext={"minsize": 10, "mode": "hide"})
    legend_below(figure)
    share_ticks(figure, end=1.0)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    shown = table[["split", *measures]].reset_index(drop=True)
    if table.empty or not totals.sum():
        return Chart(title, figure, "Splits, empty: there is no text.", shown)
    parts = [
        ", ".join(
            f"{split} {value:,.0f} {m} ({words.percent(value / totals[m])})"
            for split, value in zip(table["split"], numbers[m], strict=True)
        )
        for m in measures
        if totals[m]
    ]
    return Chart(title, figure, f"{'; '.join(parts)[0].upper()}{'; '.join(parts)[1:]}.", shown)


def split_style(split: str) -> tuple[Style, str]:
    """A split's colour, and a hatching as the second cue."""
    name = "training" if split == "train" else split
    return SERIES.get(name) or family_style(name), {"validation": "/", "test": "."}.get(split, "")


def round_step(width: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 ... that is at least `width`."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step >= width:
                return step
        power *= 10


def _spans(begins: np.ndarray, width: int) -> list[str]:
    return [f"{b:,}" if width == 1 else f"{b:,} to {b + width - 1:,}" for b in begins]
