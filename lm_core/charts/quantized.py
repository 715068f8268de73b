"""Quantization in pictures: levels on a histogram of weights, what bits cost in nats, ranges of
channels, and what a model pays for its size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREEN, GREY, ORANGE, VERMILLION, legend_below, style_figure

BINS, HEIGHT = 60, 340
FEW = 20  # levels that are drawn as lines through the picture; more are ticks at its foot
FEWEST, TELLING = 4, 0.5  # models, and a rank correlation, from which on an order is told
NATS = "nats per token, more than float32"


@dataclass(frozen=True)
class Costed:
    """A point: what a scheme needs and what it costs. `bits`: code bits, 4 or 8, which it is
    coloured by."""

    label: str
    bits_per_weight: float
    nats: float
    bits: int


@dataclass(frozen=True)
class Sized:
    """What a scheme costs a model of so many parameters that learned a text."""

    model: str
    text: str
    parameters: int
    scheme: str
    nats: float


def weights_and_levels(
    weights: np.ndarray, levels: Sequence[float], *, before: float, after: float, title: str
) -> Chart:
    """A histogram of weights as shares of the largest of their group, and the numbers that they
    can become.

    Args:
        weights: any shape, from -1 to 1.
        levels: in order, on the same scale.
        before, after: one weight, and what it becomes.
    """
    counts, edges = np.histogram(np.asarray(weights).ravel(), bins=BINS, range=(-1.02, 1.02))
    middles = (edges[1:] + edges[:-1]) / 2
    figure = go.Figure()
    figure.add_bar(
        x=middles,
        y=counts,
        width=edges[1] - edges[0],
        name="weights",
        marker={"color": GREY, "opacity": 0.6},
        hovertemplate="about %{x:.2f}: %{y} weights<extra></extra>",
    )
    top = float(counts.max(initial=1))
    reach = top if len(levels) <= FEW else top / 14
    figure.add_scatter(
        x=[x for level in levels for x in (level, level, None)],
        y=[y for _ in levels for y in (0.0, reach, None)],
        mode="lines",
        name=words.count(len(levels), "level"),
        line={"color": BLUE, "width": 2 if len(levels) <= FEW else 1},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[before, after],
        y=[top * 1.05] * 2,
        mode="lines+markers",
        name="the weight, before and after",
        line={"color": VERMILLION, "dash": "dot", "width": 2},
        marker={"color": VERMILLION, "symbol": ["circle-open", "diamond"], "size": 11},
        hovertemplate="%{x:.4f}<extra></extra>",
    )
    style_figure(
        figure, title=title, x="share of the largest of its group", y="weights", height=HEIGHT
    )
    legend_below(figure).update_layout(hovermode="closest", bargap=0)
    figure.update_xaxes(range=[-1.05, 1.05], fixedrange=True)
    figure.update_yaxes(range=[0, top * 1.12], fixedrange=True)
    table = pd.DataFrame({"middle of the bin (share)": middles, "weights": counts})
    half = np.abs(np.asarray(weights)) <= 0.5
    share = words.percent(float(half.mean())) if half.size else words.MISSING
    inner = sum(abs(level) <= 0.5 for level in levels)
    alt = (
        f"{title}: {share} of the weights are at most half as large as the largest of their group, "
        f"and {inner} of {len(levels)} levels are there. The weight at {before:.3f} becomes "
        f"{after:.3f}."
    )
    return Chart(title, figure, alt, table)


def nats_by_bits(points: Sequence[Costed], *, title: str = "What fewer bits cost") -> Chart:
    """A point for each scheme: bits per weight along, nats that are lost upwards."""
    figure = go.Figure()
    for bits, color, symbol in ((8, BLUE, "circle"), (4, VERMILLION, "diamond")):
        some = [one for one in points if one.bits == bits]
        if not some:
            continue
        figure.add_scatter(
            x=[one.bits_per_weight for one in some],
            y=[one.nats for one in some],
            mode="markers",
            name=f"codes of {bits} bits",
            marker={"color": color, "symbol": symbol, "size": 11},
            cliponaxis=False,
            customdata=[f"{words.escaped(one.label)}: {signed(one.nats)} nats" for one in some],
            hovertemplate="%{customdata}, %{x:.2f} bits<extra></extra>",
        )
    figure.add_hline(y=0, line={"color": GREY, "width": 1, "dash": "dot"})
    style_figure(figure, title=title, x="bits per weight, scales included", y=NATS, height=HEIGHT)
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(range=[3.5, 9.5], fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    table = pd.DataFrame(
        [(one.label, one.bits_per_weight, one.nats) for one in points],
        columns=["scheme", "bits per weight", NATS],
    )
    if not points:
        return Chart(title, figure, f"{title}, still empty: nothing was measured.", table)
    best = min(points, key=lambda one: one.nats)
    worst = max(points, key=lambda one: one.nats)
    alt = (
        f"{title}: least {best.label} ({best.bits_per_weight:.2f} bits, {signed(best.nats)} nats), "
        f"most {worst.label} ({worst.bits_per_weight:.2f} bits, {signed(worst.nats)} nats)."
    )
    return Chart(title, figure, alt, table)


def nats_lost(names: Sequence[str], nats: Sequence[float]) -> Chart:
    """A bar for each way of rounding, in their order; a gain has no bar."""
    title = "What int8 loses, of weights and then activations too"
    texts = [signed(value) for value in nats]
    figure = horizontal_bars(
        list(names), [max(0.0, value) for value in nats], texts, title=title, x=NATS, label_width=26
    )
    table = pd.DataFrame({"what": list(names), NATS: list(nats)})
    said = "; ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    return Chart(title, figure, f"{title}, {NATS}: {said or 'still empty'}.", table)


def channel_ranges(largest: Sequence[float], *, step: float, title: str) -> Chart:
    """How far each channel goes, on an axis by factors, and the step that int8 has for all.

    Args:
        largest: of each channel the largest |x|.
        step: between two levels, when one range is for all.
    """
    figure, order = go.Figure(), sorted(largest, reverse=True)
    figure.add_scatter(
        x=list(range(1, len(order) + 1)),
        y=[max(value, 1e-9) for value in order],
        mode="markers",
        name="a channel",
        marker={"color": BLUE, "size": 5},
        hovertemplate="%{y:.3g}<extra></extra>",
    )
    figure.add_scatter(
        x=[1, len(order)],
        y=[step, step],
        mode="lines",
        name="one step of int8",
        line={"color": VERMILLION, "dash": "dash", "width": 2},
        hovertemplate="a step: %{y:.3g}<extra></extra>",
    )
    style_figure(figure, title=title, x="channels, the farthest first", y="largest |x|", height=300)
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(type="log", dtick=1, fixedrange=True)
    table = pd.DataFrame({"channel": range(1, len(order) + 1), "largest |x|": order})
    under = sum(value < step for value in order)
    ratio = order[0] / order[len(order) // 2] if order and order[len(order) // 2] else float("inf")
    alt = (
        f"{title}: the farthest goes {words.human(ratio)} times as far as the middle one; "
        f"{under} of {len(order)} never get as far as one step."
    )
    return Chart(title, figure, alt, table)


def nats_by_size(
    points: Sequence[Sized], *, title: str = "What small and large models pay"
) -> Chart:
    """Nats that are lost over the number of parameters, a kind of point for each scheme."""
    figure = go.Figure()
    looks = ((VERMILLION, "diamond"), (BLUE, "circle"), (GREEN, "square"), (ORANGE, "x"))
    schemes = list(dict.fromkeys(one.scheme for one in points))
    for (color, symbol), scheme in zip(looks, schemes, strict=False):
        some = [one for one in points if one.scheme == scheme]
        figure.add_scatter(
            x=[one.parameters for one in some],
            y=[one.nats for one in some],
            mode="markers",
            name=words.escaped(scheme),
            marker={"color": color, "symbol": symbol, "size": 10},
            cliponaxis=False,
            customdata=[f"{words.escaped(one.model)}: {signed(one.nats)} nats" for one in some],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.add_hline(y=0, line={"color": GREY, "width": 1, "dash": "dot"})
    style_figure(figure, title=title, x="parameters", y=NATS, height=HEIGHT)
    legend_below(figure).update_layout(hovermode="closest")
    sizes = [10**k for k in range(2, 10)]
    texts = [words.human(size) for size in sizes]
    figure.update_xaxes(
        type="log", tickmode="array", tickvals=sizes, ticktext=texts, fixedrange=True
    )
    figure.update_yaxes(fixedrange=True)
    table = pd.DataFrame(
        [(one.model, one.text, one.parameters, one.scheme, one.nats) for one in points],
        columns=["model", "text", "parameters", "scheme", NATS],
    )
    return Chart(title, figure, f"{title}: {read_sizes(points)}", table)


def read_sizes(points: Sequence[Sized]) -> str:
    """Whether the smaller pay more, scheme by scheme, among the models of one text, by Spearman's
    rank correlation; among those of all texts nats of other tokens would be compared."""
    said = []
    for text, scheme in dict.fromkeys((one.text, one.scheme) for one in points):
        some = [one for one in points if (one.text, one.scheme) == (text, scheme)]
        if len(some) < FEWEST:
            continue
        ranks = pd.DataFrame([(one.parameters, one.nats) for one in some]).rank()
        rho = float(ranks[0].corr(ranks[1]))
        if np.isnan(rho):
            continue
        tells = "size does not tell"
        if abs(rho) > TELLING:
            tells = "the smaller pay more" if rho < 0 else "the larger pay more"
        said.append(
            f"{scheme}, {words.count(len(some), 'model')} of {text}: {tells} (rank correlation of "
            f"size and nats {rho:.2f})"
        )
    return f"{'; '.join(said)}." if said else "too few models of one text to say anything yet."


def signed(value: float) -> str:
    """Nats with their sign, to four places: +0.0123."""
    text = f"{value:+.4f}"
    return "0.0000" if text[1:] == "0.0000" else text.replace("-", "−")
