"""Ages of pictures: how often each comes, how they differ by group, and how far answers are off in
each group."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import BLUE, ORANGE, PALETTE, VERMILLION, style_figure

BIN = 5  # years of a bar
FEW = 2  # values of a group that has a shape


def histograms(
    parts: Mapping[str, Sequence[float]],
    *,
    title: str,
    unit: str = "years",
    what: str = "pictures",
    height: int = 280,
) -> Chart:
    """Bars of five years, the parts beside each other on one scale across.

    Args:
        parts: what each is called -> its values.
    """
    every = np.concatenate([np.asarray(one, dtype=float) for one in parts.values()] or [[]])
    top = float(every.max(initial=BIN))
    edges = np.arange(0, top + BIN + 1e-9, BIN)
    names = [words.escaped(name) if len(parts) > 1 else "" for name in parts]
    figure = make_subplots(1, max(1, len(parts)), subplot_titles=names)
    rows = []
    for at, (name, values) in enumerate(parts.items(), start=1):
        counts, _ = np.histogram(values, edges)
        said = [
            f"{a:.0f} to {a + BIN - 1:.0f} {unit}: {n:,}"
            for a, n in zip(edges, counts, strict=False)
        ]
        figure.add_bar(
            x=edges[:-1] + BIN / 2, y=counts, width=BIN * 0.92, marker_color=PALETTE[at - 1],
            customdata=said, hovertemplate="%{customdata}<extra></extra>", row=1, col=at,
        )  # fmt: skip
        rows += [
            {"part": name, f"from ({unit})": int(a), what: int(n)}
            for a, n in zip(edges, counts, strict=False)
        ]
    style_figure(figure, title=words.escaped(title), y=what, height=height)
    figure.update_xaxes(title_text=unit, fixedrange=True)
    figure.update_yaxes(rangemode="tozero", fixedrange=True)
    figure.update_layout(showlegend=False, margin_t=70)
    each = "; ".join(
        f"{name}: {len(values):,} {what}, half of them up to {np.median(values):.0f} {unit}"
        for name, values in parts.items()
        if len(values)
    )
    return Chart(title, figure, f"{title}. {each or 'There is nothing yet'}.", pd.DataFrame(rows))


def violins(
    groups: Mapping[str, Sequence[float]],
    *,
    title: str,
    by: str,
    unit: str = "years",
    height: int = 320,
) -> Chart:
    """The shape of the values of each group, with a box from quarter to quarter in it."""
    figure, rows = go.Figure(), []
    for at, (name, given) in enumerate(groups.items()):
        values = np.asarray(given, dtype=float)
        if not len(values):
            continue
        color = PALETTE[at % len(PALETTE)]
        called = words.escaped(words.shorten(name, 24))
        if len(values) >= FEW:
            figure.add_violin(
                y=values, name=called, box_visible=True, meanline_visible=True, points=False,
                line_color=color, spanmode="hard",
            )  # fmt: skip
        else:
            figure.add_scatter(y=values, x=[called], mode="markers", marker_color=color)
        quarter, half, three = np.percentile(values, [25, 50, 75])
        rows.append(
            {
                by: name,
                "pictures": len(values),
                f"mean ({unit})": values.mean(),
                f"first quarter ({unit})": quarter,
                f"median ({unit})": half,
                f"third quarter ({unit})": three,
            }
        )
    style_figure(figure, title=words.escaped(title), x=words.escaped(by), y=unit, height=height)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    each = "; ".join(f"{row[by]}: median {row[f'median ({unit})']:.0f} {unit}" for row in rows)
    return Chart(title, figure, f"{title}. {each or 'There is nothing yet'}.", pd.DataFrame(rows))


def group_errors(
    errors: Mapping[str, Sequence[float]], *, title: str, unit: str = "years", height: int = 320
) -> Chart:
    """How far answers are off in each group: the mean of it, and which way.

    Args:
        errors: group -> answer minus what is right, of each picture.
    """
    kept = {name: np.asarray(one, dtype=float) for name, one in errors.items() if len(one)}
    far = [float(np.abs(one).mean()) for one in kept.values()]
    way = [float(one.mean()) for one in kept.values()]
    names = [words.escaped(f"{name} ({len(one):,})") for name, one in kept.items()]
    figure = go.Figure()
    figure.add_bar(x=names, y=far, name="how far off", marker_color=BLUE)
    figure.add_bar(
        x=names, y=way, name="which way: above 0 is too old",
        marker={"color": ORANGE, "pattern": {"shape": "/", "fgcolor": VERMILLION}},
    )  # fmt: skip
    style_figure(figure, title=words.escaped(title), y=unit, height=height)
    figure.update_layout(
        barmode="group", legend={"orientation": "h", "y": -0.25, "yanchor": "top"}, margin_t=60
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    table = pd.DataFrame(
        {
            "group": list(kept),
            "pictures": [len(one) for one in kept.values()],
            f"mean error ({unit})": far,
            f"too old by ({unit})": way,
        }
    )
    if not kept:
        return Chart(title, figure, f"{title}: there is nothing yet.", table)
    worst, best = int(np.argmax(far)), int(np.argmin(far))
    alt = (
        f"{title}: most in {list(kept)[worst]}, {far[worst]:.1f} {unit}, and least in "
        f"{list(kept)[best]}, {far[best]:.1f} {unit}."
    )
    return Chart(title, figure, alt, table)
