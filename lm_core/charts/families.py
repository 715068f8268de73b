"""Several model families over the tokens they have read, on one pair of axes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.decimation import decimate
from lm_core.charts.theme import family_style, legend_below, style_figure


@dataclass(frozen=True)
class FamilyRun:
    """A run to compare. `points` has columns `tokens` and `nats`; a model that counts has one row,
    its loss after reading all its tokens."""

    family: str
    points: pd.DataFrame = field(repr=False)
    label: str = ""  # the family's name when empty


def family_curves(
    runs: Sequence[FamilyRun],
    *,
    unit: str = "nats per character",
    split: str = "validation",
    height: int = 380,
) -> Chart:
    """Loss on `split` over tokens read, a line a run in its family's own colour and dash.

    A run of one point (a model that counts) is a marker with a faint level line through it, so
    that one sees where the others pass it. Values that are not finite are left out.
    """
    labels = words.unique_labels([run.label or run.family for run in runs])
    figure, tables, ends = go.Figure(), [], []
    for run, label in zip(runs, labels, strict=True):
        data = run.points[["tokens", "nats"]].astype(float)
        data = data[np.isfinite(data).all(axis=1)]
        data = decimate(data, "tokens", "nats", 400)
        tables.append(data.assign(model=label))
        if data.empty:
            continue
        style = family_style(run.family)
        end = data.iloc[-1]
        ends.append((end["nats"], label))
        alone = len(data) == 1
        figure.add_scatter(
            x=data["tokens"],
            y=data["nats"],
            name=words.escaped(label),
            mode="markers" if alone else "lines",
            line={"color": style.color, "dash": style.dash, "width": 2.5},
            marker={"color": style.color, "size": 10, "symbol": "diamond"},
            hovertemplate=f"%{{y:.3f}} {unit}<br>after %{{x:,}} tokens",
        )
        if alone:
            figure.add_hline(
                y=end["nats"],
                line={"color": style.color, "dash": style.dash, "width": 1},
                opacity=0.6,
            )
    title = f"Loss on {split} text, by model"
    style_figure(figure, title=title, x="tokens read", y=unit, height=height)
    legend_below(figure).update_layout(hovermode="closest")
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(rangemode="nonnegative")
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    table = table.reindex(columns=["model", "tokens", "nats"])
    table = table.rename(columns={"tokens": "tokens read", "nats": unit})
    return Chart(title, figure, _alt(ends, split, unit), table)


def _alt(ends: list[tuple[float, str]], split: str, unit: str) -> str:
    if not ends:
        return f"Loss on {split} text by model, still empty: no run has been measured."
    ranked = ", ".join(f"{label} {words.nats(nats)}" for nats, label in sorted(ends))
    return f"Loss on {split} text at the end, lowest first, in {unit}: {ranked}."
