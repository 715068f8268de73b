"""What a recurrent model keeps and lets through over a text, as a stack of matrices: units down,
tokens along. And one unit alone as lines.

Values of a gate lie between 0 and 1 and are drawn in one hue; states and candidates lie on both
sides of 0 and are drawn from orange over the page to blue, equally far on either side.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.stack import Axis, Part, Reading, Stack, stack
from lm_core.charts.theme import PALETTE, legend_below, spaced, style_figure

TICKS = 24
MARKED = 100  # tokens of a line up to which each has a mark: more are slow to draw, and touch
_TWO_LIGHT = ("#B24A00", "#F0A868", "#F4F4F4", "#7FB6DA", "#08306B")
_TWO_DARK = ("#FFC48A", "#B35A12", "#1A2027", "#2E8BC8", "#DDF1FF")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def gate_stack(
    values: Mapping[str, np.ndarray],
    tokens: Sequence[str],
    *,
    called: Mapping[str, str],
    one_sided: Collection[str],
) -> Stack:
    """Every gate and state of every layer, which a page draws itself.

    Args:
        values: name -> (L, T, C).
        tokens: the T tokens' texts; repeated ones are numbered apart.
        called: name -> what the gate or state is called.
        one_sided: names of those that lie between 0 and 1; the others on both sides of 0.
    """
    names = list(values)
    all = np.stack([np.asarray(values[name], dtype=float) for name in names], axis=1)
    all = all.swapaxes(-1, -2)  # (L, G, C, T)
    L, G, C, _ = all.shape
    labels = words.unique_labels(tokens)
    places = [(layer, g) for layer in range(L) for g in range(G)]
    titles = [f"{called[names[g]]}, layer {layer + 1}" for layer, g in places]
    says, spans = [], []
    for (layer, g), title in zip(places, titles, strict=True):
        both = names[g] not in one_sided
        most = float(np.nanmax(np.abs(all[layer, g]), initial=0.0)) or 1.0
        spans.append((-most, most) if both else (0.0, 1.0))
        says.append(_alt(all[layer, g], labels, title, both))

    def one(layer: int, g: int) -> Part:
        place = layer * G + g
        return Part(
            titles[place], says[place], all[layer, g].size, lambda: _table(all[layer, g], labels)
        )

    whole = Part(
        "All gates and states", " ".join(says), all.size, lambda: _tables(all, titles, labels)
    )
    return stack(
        all,
        name="gates",
        down=Axis("layer", [str(i + 1) for i in range(L)]),
        along=Axis("", [called[name] for name in names]),
        rows=Axis("unit", [str(u) for u in range(C)]),
        columns=Axis("token that was read", labels),
        titles=titles,
        says=says,
        spans=spans,
        reading=Reading("unit {row} after {column}: {value}"),
        whole=whole,
        one=one,
    )


def two_sided(dark: bool = False) -> list[tuple[float, str]]:
    """Colour scale of numbers on both sides of 0, which is in the middle and near the page."""
    return spaced(_TWO_DARK if dark else _TWO_LIGHT)


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
            mode="lines+markers" if len(labels) <= MARKED else "lines",
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


def _table(values: np.ndarray, labels: list[str]) -> pd.DataFrame:
    """(C, T), a row a unit."""
    unit, *names = words.numbered_apart(["unit", *labels])
    return pd.DataFrame({unit: np.arange(len(values)), **dict(zip(names, values.T, strict=True))})


def _tables(all: np.ndarray, titles: list[str], labels: list[str]) -> pd.DataFrame:
    """(L, G, C, T), a row a unit of a matrix."""
    parts = [_table(one, labels) for one in all.reshape(-1, *all.shape[2:])]
    for part, title in zip(parts, titles, strict=True):
        part.insert(0, "gate or state", title, allow_duplicates=True)
    return pd.concat(parts, ignore_index=True)


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
