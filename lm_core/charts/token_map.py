"""Tokens as points in two or three dimensions, named, each kind with a colour and a sign."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.theme import (
    DARK_PAGE,
    GREY,
    LIGHT_PAGE,
    PALETTE,
    VERMILLION,
    color_scale,
    ink,
    legend_below,
    style_figure,
)

NAMED = 120  # points that all have their names; of more only those that are asked for
SYMBOLS = ("circle", "square", "diamond", "cross", "x", "circle-open", "square-open")
SYMBOLS += ("diamond-open",)  # those that three dimensions have too


def token_map(
    points: np.ndarray,
    labels: Sequence[str],
    kinds: Sequence[str],
    shares: Sequence[float] | None,
    *,
    title: str,
    times: Sequence[int] | None = None,
    chosen: int | None = None,
    near: Sequence[int] = (),
    turned: bool = False,
    dark: bool = False,
    height: int = 540,
) -> Chart:
    """Args:
        points: (N, 2) or (N, 3).
        labels: N, to be seen; no two alike.
        kinds: N, what each token is; those of a kind share a colour and a sign.
        shares: of the variance along each of the k axes, of 1; None of a map whose axes mean
            nothing.
        times: how often each came, which then is the colour.
        chosen, near: points whose names are written whatever N is, the first one framed.
        turned: laid on another map, so that no axis is a main axis alone.

    A point's `customdata` is [its number]; a page hears of clicks in two dimensions only.
    """
    points = np.asarray(points, dtype=float)
    N, k = points.shape
    every = N <= NAMED
    names = [words.escaped(x) if every else "" for x in labels]
    figure = go.Figure()
    if times is None:
        present = list(dict.fromkeys(kinds))
        for n, kind in enumerate(present):
            here = [i for i in range(N) if kinds[i] == kind]
            marker = {"color": PALETTE[n % len(PALETTE)], "symbol": SYMBOLS[n % len(SYMBOLS)]}
            _add(figure, points, here, labels, kinds, names, marker, name=words.escaped(kind))
    elif N:
        marker = {
            "color": [float(np.log10(1 + n)) for n in times],
            "colorscale": color_scale(dark),
            "showscale": True,
            "colorbar": _times_bar(max(times)),
            "line": {"color": GREY, "width": 0.5},
        }
        said = [words.count(n, "time") for n in times]
        _add(figure, points, list(range(N)), labels, said, names, marker, name="tokens")
    if chosen is not None:
        _frame(figure, points[chosen])
    axes = [f"axis {i + 1}" for i in range(k)]
    if shares is not None and not turned:
        parts = [words.percent(share) for share in shares]
        axes = [f"{a} ({part} of the variance)" for a, part in zip(axes, parts, strict=False)]
    if k == 3:
        _in_space(figure, title, axes, height)
    else:
        style_figure(figure, title=title, x=axes[0], y=axes[1], height=height)
        figure.update_yaxes(scaleanchor="x")  # a step is as long on both
        figure.update_layout(hovermode="closest")
    if not every:
        _name(figure, points, labels, [*([] if chosen is None else [chosen]), *near], dark)
    if times is None:
        legend_below(figure)
    else:
        figure.update_layout(showlegend=False)
    columns = {f"axis {i + 1}": points[:, i] for i in range(k)}
    table = pd.DataFrame({"token": list(labels), "kind": list(kinds), **columns})
    if times is not None:
        table["times"] = list(times)
    return Chart(title, figure, _alt(points, labels, kinds, shares, title, chosen, near), table)


def _add(
    figure: go.Figure,
    points: np.ndarray,
    here: list[int],
    labels: Sequence[str],
    says: Sequence[str],
    names: list[str],
    marker: dict[str, Any],
    *,
    name: str,
) -> None:
    k, few = points.shape[1], len(names) <= NAMED
    series = {
        **{axis: points[here, i] for i, axis in enumerate("xyz"[:k])},
        "mode": "markers+text" if any(names[i] for i in here) else "markers",
        "name": name,
        "marker": ({"size": (9, 5)[k - 2]} if few else {"size": (5, 2)[k - 2], "opacity": 0.5})
        | marker,
        "text": [names[i] for i in here],
        "textposition": "top center",
        "customdata": [[i] for i in here],
        "hovertext": [f"{words.escaped(labels[i])}: {words.escaped(says[i])}" for i in here],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    if k == 3:
        figure.add_scatter3d(**series)
    else:
        all_there = {"marker": {"opacity": 1 if few else 0.5}}  # a click dims nothing
        figure.add_scatter(**series, unselected=all_there, cliponaxis=False)


def _frame(figure: go.Figure, point: np.ndarray) -> None:
    ring = {"symbol": "circle-open", "color": VERMILLION, "line": {"width": 3}}
    place = {axis: [value] for axis, value in zip("xyz", point, strict=False)}
    series = {**place, "mode": "markers", "hoverinfo": "skip", "showlegend": False}
    if len(point) == 3:
        figure.add_scatter3d(**series, marker={"size": 11, **ring})
    else:
        figure.add_scatter(**series, marker={"size": 20, **ring})


def _name(
    figure: go.Figure, points: np.ndarray, labels: Sequence[str], which: list[int], dark: bool
) -> None:
    """Names on a ground of their own, in front of all points."""
    ground = DARK_PAGE if dark else LIGHT_PAGE
    look = {"bgcolor": ground, "font": {"color": ink(ground), "size": 12}, "borderpad": 1}
    look |= {"arrowcolor": VERMILLION, "arrowwidth": 1, "arrowhead": 0, "opacity": 0.9}
    names = []
    for n, i in enumerate(which):
        place = dict(zip("xyz", points[i].tolist(), strict=False))
        away = {"ax": (-36, 36)[n % 2], "ay": -14 - 12 * n}  # so that few lie on each other
        names.append({**place, "text": words.escaped(labels[i]), **away, **look})
    if points.shape[1] == 3:
        figure.update_layout(scene_annotations=names)
    else:
        figure.update_layout(annotations=names)


def _in_space(figure: go.Figure, title: str, axes: list[str], height: int) -> None:
    style_figure(figure, title=title, height=height)
    bare = {"showticklabels": False, "showbackground": False, "gridcolor": "rgba(128,128,128,0.3)"}
    bare["zerolinecolor"] = bare["gridcolor"]
    scene = {
        f"{letter}axis": {"title": {"text": text.partition(" (")[0]}, **bare}
        for letter, text in zip("xyz", axes, strict=True)
    }
    figure.update_layout(scene={**scene, "aspectmode": "data"}, margin={"l": 0, "r": 0})


def _times_bar(most: int) -> dict[str, Any]:
    """Ticks at 0, 1, 10, 100 ... of log10(1 + times)."""
    steps = [0, *(10**i for i in range(len(str(max(1, most)))))]
    return {
        "title": {"text": "times", "side": "right"},
        "thickness": 12,
        "outlinewidth": 0,
        "tickvals": [float(np.log10(1 + n)) for n in steps],
        "ticktext": [f"{n:,}" for n in steps],
    }


def _alt(
    points: np.ndarray,
    labels: Sequence[str],
    kinds: Sequence[str],
    shares: Sequence[float] | None,
    title: str,
    chosen: int | None,
    near: Sequence[int],
) -> str:
    N, k = points.shape
    if not N:
        return f"{title}, still empty: there is no token."
    keeps = "which keep neighbours beside each other"
    if shares is not None:
        keeps = f"which keep {words.percent(float(sum(shares[:k])))} of the variance"
    present = list(dict.fromkeys(kinds))
    said = (
        f"{title}: {words.count(N, 'token')} of {words.count(len(present), 'kind')} in {k} "
        f"dimensions, {keeps}"
    )
    if chosen is not None:
        said += f"; {labels[chosen]} is framed"
        if near:
            said += f", nearest to it in all dimensions {', '.join(labels[i] for i in near)}"
    return f"{said}."
