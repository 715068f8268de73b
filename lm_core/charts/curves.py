"""The loss curve: how surprised the model still is, step by step, drawn while it falls.

An altair chart, because a page updates it in place. Its specification depends on nothing but the
unit and the height: everything that changes while a model trains is in the data, so that a redraw
moves the lines and nothing else.
"""

import altair as alt
import numpy as np
import pandas as pd

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.decimation import decimate
from lm_core.charts.families import FamilyRun, family_curves
from lm_core.charts.reading import read_aloud
from lm_core.charts.theme import GREY, SERIES, altair_config

__all__ = ["FamilyRun", "decimate", "family_curves", "loss_curve", "read_aloud", "smooth"]

RAW, TRAINING, VALIDATION = "training, each step", "training", "validation"
UNIFORM, FRAME = "guessing blindly", "frame"
_ROWS = {RAW: 800, TRAINING: 400, VALIDATION: 300}  # 1,500 in all is what a browser redraws at once


def loss_curve(
    points: pd.DataFrame,
    evaluations: pd.DataFrame,
    *,
    unit: str = "nats per character",
    height: int = 320,
    uniform_nats: float | None = None,
) -> Chart:
    """Training loss (each step faint, its exponential mean on top) and validation loss.

    Args:
        points: columns `step` and `train_nats`, a row for each step recorded.
        evaluations: columns `step` and `nats`, a row for each evaluation.
        unit: of both losses, for the axis.
        height: in pixels; the same whatever the data.
        uniform_nats: ln V, the loss of guessing every token alike; drawn as a line when given.

    Values that are not finite are left out of the picture and named in `alt`. A spike is drawn no
    higher than 1.5 times where the curves begin, or the rest of them would be a flat line.
    """
    train, validation = _series(points, "train_nats"), _series(evaluations, "nats")
    mean = train.assign(nats=smooth(train["nats"]))
    shown = {RAW: train, TRAINING: mean, VALIDATION: validation}
    parts = []
    for name, part in shown.items():
        part = part[np.isfinite(part["nats"])]
        parts.append(decimate(part, "step", "nats", _ROWS[name]).assign(series=name))
    data = pd.concat(parts, ignore_index=True)
    table = data[["series", "step", "nats"]].rename(columns={"nats": unit})
    title = "Loss"
    frame = _frame(data, uniform_nats)
    top = frame["nats"].max()
    drawn = pd.concat([data.assign(nats=data["nats"].clip(upper=top)), frame], ignore_index=True)
    return Chart(title, _figure(drawn, title, unit, height), _alt(train, validation, unit), table)


def smooth(values: pd.Series) -> pd.Series:
    """Exponential mean over about a fortieth of the curve; values that are not finite are passed.

    The weights of the few first values are made up to one, so the curve starts where the data do.
    """
    finite = values.astype(float).replace([np.inf, -np.inf], np.nan)
    return finite.ewm(span=max(5, len(values) / 40), ignore_na=True).mean()


def _series(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Columns `step` and `nats` as numbers, in order of step."""
    steps = pd.to_numeric(frame["step"], errors="coerce")
    nats = pd.to_numeric(frame[column], errors="coerce")
    plain = pd.DataFrame({"step": steps.astype(float), "nats": nats.astype(float)})
    return plain[np.isfinite(plain["step"])].sort_values("step", kind="stable", ignore_index=True)


def _frame(data: pd.DataFrame, uniform: float | None) -> pd.DataFrame:
    """Rows that are not curves: where the axes reach to, and the line of guessing blindly."""
    rows = []
    last = data["step"].max() if len(data) else 0.0
    if uniform is not None and np.isfinite(uniform):
        rows.append((last if last > 0 else 100.0, uniform, UNIFORM))
    if len(data):
        first = data[data["series"] != RAW].groupby("series", sort=False)["nats"].first().max()
        known = [first, *(row[1] for row in rows)]
        rows.append((last, min(data["nats"].max(), 1.5 * max(known)), FRAME))
    else:  # axes of an empty chart: any round numbers will do
        rows += [(0.0, 0.0, FRAME), (100.0, rows[0][1] if rows else 4.0, FRAME)]
    return pd.DataFrame(rows, columns=["step", "nats", "series"])


def _figure(data: pd.DataFrame, title: str, unit: str, height: int) -> alt.LayerChart:
    legend = [TRAINING, VALIDATION]
    color = alt.Color(
        "series:N",
        scale=alt.Scale(domain=legend, range=[SERIES[s].color for s in legend]),
        legend=alt.Legend(orient="top-right"),
    )
    dash = alt.StrokeDash(
        "series:N", scale=alt.Scale(domain=legend, range=[SERIES[s].pattern for s in legend])
    )
    tooltip = [
        alt.Tooltip("series:N", title="loss"),
        alt.Tooltip("step:Q", format=",.0f"),
        alt.Tooltip("nats:Q", title=unit, format=".3f"),
    ]
    x = alt.X("step:Q", title="step", scale=alt.Scale(nice=False, zero=False))
    y = alt.Y("nats:Q", title=unit, scale=alt.Scale(zero=False, nice=True))
    level = alt.Chart(data).encode(y=y)  # no x: as wide as the chart
    curve = level.encode(x=x)

    def only(*names: str, base: alt.Chart = curve) -> alt.Chart:
        return base.transform_filter(alt.FieldOneOfPredicate(field="series", oneOf=list(names)))

    layers = [
        only(FRAME).mark_point(opacity=0, tooltip=False, size=1),
        only(RAW).mark_line(color=SERIES[TRAINING].color, opacity=0.3, strokeWidth=1),
        only(UNIFORM, base=level).mark_rule(color=GREY, strokeDash=[2, 3]),
        only(UNIFORM)
        .mark_text(color=GREY, align="right", baseline="bottom", dy=-3, fontSize=12)
        .encode(text="series:N"),
        only(*legend).mark_line(strokeWidth=2).encode(color=color, strokeDash=dash),
        only(VALIDATION)
        .mark_point(filled=True, size=28, opacity=1)
        .encode(color=color, tooltip=tooltip),
        only(TRAINING).mark_point(opacity=0, size=60).encode(tooltip=tooltip),
    ]
    layered = alt.layer(*layers).properties(title=title, height=height, width="container")
    return layered.configure(**altair_config())


def _alt(train: pd.DataFrame, validation: pd.DataFrame, unit: str) -> str:
    if train.empty and validation.empty:
        return "Loss curve, still empty: no step has been recorded."
    parts = []
    for name, part in ((TRAINING, train), (VALIDATION, validation)):
        finite = part[np.isfinite(part["nats"])]
        if finite.empty:
            parts.append(f"no {name} loss {'is a number' if len(part) else 'yet'}")
            continue
        first, last, low = finite.iloc[0], finite.iloc[-1], finite.loc[finite["nats"].idxmin()]
        says = f"{name} {words.nats(first['nats'])} at step {first['step']:,.0f}"
        if len(finite) > 1:
            says += f", {words.nats(last['nats'])} at step {last['step']:,.0f}"
            if low["step"] < last["step"]:
                says += f", lowest {words.nats(low['nats'])} at step {low['step']:,.0f}"
        if len(finite) < len(part):
            lost = part["step"][~np.isfinite(part["nats"])].iloc[0]
            says += f", not a number at {len(part) - len(finite):,} (first at step {lost:,.0f})"
        parts.append(says)
    return f"Loss in {unit}: {'; '.join(parts)}."
