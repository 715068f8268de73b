"""Several models over the same bins, a line each: mean surprise by place, by frequency, by length.
And, of how sure each is, the share that was right beside the probability that it gave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, GREY, family_style, legend_below, style_figure

HEIGHT = 380


@dataclass(frozen=True)
class Bins:
    """One model: for each of its bins a label, a value, and how many tokens it holds."""

    label: str
    family: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    tokens: tuple[int, ...]


def family_bins(models: Sequence[Bins], *, title: str, of: str, unit: str) -> Chart:
    """A line a model over the bins of all, in the order in which they first come.

    Args:
        of: what the bins are of, with its unit: "letters before it".
        unit: of the values.
    """
    figure = go.Figure()
    for one in models:
        style = family_style(one.family)
        figure.add_scatter(
            x=list(one.names),
            y=list(one.values),
            mode="lines+markers",
            name=words.escaped(one.label),
            line={"color": style.color, "dash": style.dash, "width": 2},
            customdata=list(one.tokens),
            hovertemplate=f"%{{x}}: %{{y:.3f}} {unit}, %{{customdata:,}} tokens<extra></extra>",
        )
    style_figure(figure, title=title, x=of, y=unit, height=HEIGHT)
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=_order(models))
    legend_below(figure)
    rows = [
        {"model": one.label, of: name, unit: value, "tokens": tokens}
        for one in models
        for name, value, tokens in zip(one.names, one.values, one.tokens, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["model", of, unit, "tokens"])
    return Chart(title, figure, f"{title}, {unit}: {_read(models)}", table)


def _order(models: Sequence[Bins]) -> list[str]:
    longest = max(models, key=lambda one: len(one.names), default=None)
    order = list(longest.names) if longest else []
    return order + [n for one in models for n in one.names if n not in order]


def _read(models: Sequence[Bins]) -> str:
    """Where each is most and least surprised."""
    said = []
    for one in models:
        if not one.values:
            continue
        low, high = (
            how(zip(one.values, one.names, strict=True), key=lambda x: x[0]) for how in (min, max)
        )
        said.append(
            f"{one.label} from {words.nats(low[0])} ({low[1]}) to {words.nats(high[0])} ({high[1]})"
        )
    return "; ".join(said) + "." if said else "nothing was measured yet."


def calibration_lines(
    models: Mapping[str, tuple[str, Sequence[tuple[float, float, int]], float]],
) -> Chart:
    """How often the first guess was right, by how probable the model said it was; on the diagonal a
    model is exactly as sure as it should be.

    Args:
        models: label -> family, then for each bin (mean probability, share right, tokens), then
            the expected calibration error.
    """
    title, x, y = "How sure, and how often right", "probability of the first guess", "share right"
    figure, rows = go.Figure(), []
    line = {"color": GREY, "dash": "dot", "width": 1}
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="exactly as sure", line=line, hoverinfo="skip"
    )
    for label, (family, bins, _) in models.items():
        style = family_style(family)
        figure.add_scatter(
            x=[sure for sure, _, _ in bins],
            y=[right for _, right, _ in bins],
            mode="lines+markers",
            name=words.escaped(label),
            line={"color": style.color, "dash": style.dash, "width": 2},
            customdata=[n for _, _, n in bins],
            hovertemplate="said %{x:.2f}, right %{y:.2f}, %{customdata:,} tokens<extra></extra>",
        )
        rows += [{"model": label, x: sure, y: right, "tokens": n} for sure, right, n in bins]
    style_figure(figure, title=title, x=x, y=y, height=HEIGHT)
    figure.update_xaxes(range=[0, 1])
    figure.update_yaxes(range=[0, 1])
    legend_below(figure)
    errors = ", ".join(f"{label} {words.percent(e)}" for label, (_, _, e) in models.items())
    said = f"How far confidence is from the share that was right, over all tokens: {errors}."
    return Chart(
        title, figure, f"{title}. {said}", pd.DataFrame(rows, columns=["model", x, y, "tokens"])
    )


def token_difference(tokens: Sequence[str], models: Mapping[str, Sequence[float]]) -> Chart:
    """For each token by how many nats the second of two models is more surprised than the first:
    bars upwards where the first knows better.

    Args:
        tokens: as text, in order.
        models: two labels, each with the surprise of every token in nats.
    """
    (first, a), (second, b) = models.items()
    gap = [y - x for x, y in zip(a, b, strict=True)]
    title = f"{second} minus {first}"
    labels = words.unique_labels(tokens)
    figure = go.Figure()
    figure.add_bar(
        x=[words.escaped(label) for label in labels],
        y=gap,
        marker_color=[BLUE if g >= 0 else GREY for g in gap],
        customdata=list(zip(a, b, strict=True)),
        hovertemplate="%{x}: %{customdata[0]:.2f} and %{customdata[1]:.2f} nats<extra></extra>",
    )
    style_figure(figure, title=words.escaped(title), x="token", y="nats", height=HEIGHT)
    figure.update_xaxes(type="category")
    table = pd.DataFrame(
        {"token": labels, f"{first} (nats)": a, f"{second} (nats)": b, "difference (nats)": gap}
    )
    whole = f"In all {first} {sum(a):.2f} nats, {second} {sum(b):.2f}."
    if gap:
        most = max(range(len(gap)), key=lambda k: abs(gap[k]))
        whole += f" They differ most at “{labels[most]}”, by {abs(gap[most]):.2f} nats."
    return Chart(title, figure, f"{title}. {whole}", table)
