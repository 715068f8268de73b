"""The loss curve: how surprised the model still is, step by step, drawn while it falls.

An altair chart, because a page updates it in place. Its specification depends on nothing but the
unit and the height: everything that changes while a model trains is in the data, so that a redraw
moves the lines and nothing else, and who looks closer at a part of it keeps that view (see
zooming.py). (Streamlit makes its `alt` part of the specification: while a model trains, give it one
fixed sentence and write the chart's own `alt` beside it.)
"""

from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from lm_core.charts import view, words
from lm_core.charts.chart import Chart
from lm_core.charts.decimation import decimate
from lm_core.charts.families import FamilyRun, family_curves
from lm_core.charts.live import Base
from lm_core.charts.measures import Measure
from lm_core.charts.theme import GREY, SERIES, altair_config
from lm_core.charts.zooming import thinned, zoomable

__all__ = ["FamilyRun", "decimate", "family_curves", "loss_curve", "smooth"]

RAW, TRAINING, VALIDATION = "training, each step", "training", "validation"
UNIFORM, FRAME = "guessing blindly", "frame"
_ROWS = {RAW: 800, TRAINING: 400, VALIDATION: 300}  # 1,500 in all is what a browser redraws at once
FLAT = 0.5  # nats that the axis shows at least: noise on a flat curve stays small
SMOOTHING = 1 / 40  # share of the curve that the mean looks back on


def loss_curve(
    points: pd.DataFrame,
    evaluations: pd.DataFrame,
    *,
    unit: str = "nats per character",
    height: int = 320,
    uniform_nats: float | None = None,
    measure: Measure | None = None,
    smoothing: float = SMOOTHING,
    within: tuple[float, float] | None = None,
) -> Chart:
    """Training loss (each step faint, its exponential mean on top) and validation loss.

    Args:
        points: columns `step` and `train_nats`, a row for each step recorded.
        evaluations: columns `step` and `nats`, a row for each evaluation.
        unit: of both losses, for the axis.
        height: in pixels; the same whatever the data.
        uniform_nats: ln V, the loss of guessing every token alike; drawn as a line when given.
        measure: another unit to draw the losses in; the means are taken in nats.
        smoothing: of the mean, as a share of the curve; 0 for none.
        within: the steps in view, where one looks closer: drawn with all their points.

    Values that are not finite are left out of the picture and named in `alt`. The picture ends 1.5
    times above where the curves begin, or a spike would press the rest of them flat; higher where
    all of validation is in view then, up to three times. What lies above is marked (see view.py).
    """
    measure = measure or Measure(unit)
    unit = measure.unit
    # In arrays: a page draws this twice a second, and a frame at each of these steps would take
    # ten times as long.
    train, validation = _series(points, "train_nats"), _series(evaluations, "nats")
    mean = smooth(pd.Series(train[1]), smoothing).to_numpy()
    lines = {RAW: train, TRAINING: (train[0], mean), VALIDATION: validation}
    shown = {name: (steps, measure.of(nats)) for name, (steps, nats) in lines.items()}
    parts = {name: _thinned(*line, _ROWS[name], within) for name, line in shown.items()}
    series = np.repeat(np.array(list(parts), dtype=object), [len(x) for x, _ in parts.values()])
    steps, nats = (np.concatenate(one) for one in zip(*parts.values(), strict=True))
    table = pd.DataFrame({"series": series, "step": steps, unit: nats})
    title = "Loss"
    blind = None if uniform_nats is None else float(measure.of(uniform_nats))
    lowest = 1.0 if measure.exponential else 0.0
    seen = _inside(steps, within)
    closer = not seen.all()
    if closer and blind is not None and blind > nats[seen].max():
        blind = None
    least, even = 0.0 if closer else FLAT, not measure.exponential
    in_view = series[seen], steps[seen], nats[seen]
    frame = _frame(*in_view, blind, lowest=lowest, least=least, even=even)
    high = max(height for _, height, _ in frame)
    measured = [(name, *shown[of]) for name, of in ((TRAINING, RAW), (VALIDATION, VALIDATION))]
    beyond = view.beyond(
        measured, high, lambda step: f"step {step:,.0f}", within if closer else None
    )
    # The mean follows the steps: where it is above, they are.
    above = (series != TRAINING) & (nats > high)
    framed = [np.array(column, dtype=object) for column in zip(*frame, strict=True)]
    drawn = pd.DataFrame(
        {
            "step": np.concatenate([steps, framed[0].astype(float)]),
            "nats": np.concatenate([nats, framed[1].astype(float)]),
            "series": np.concatenate([series, framed[2]]),
            "above": np.concatenate([above, np.zeros(len(frame), dtype=bool)]),
        }
    )
    figure = _layers(title, unit, height, measure.exponential).of(drawn)
    said = f"{_alt(shown[RAW], shown[VALIDATION], unit)} {beyond}".strip()
    return Chart(title, figure, said, table, beyond)


def smooth(values: pd.Series, share: float = SMOOTHING) -> pd.Series:
    """Exponential mean over about a `share` of the curve; what is not finite stays out of it.

    The weights of the few first values are made up to one, so the curve starts where the data do.
    """
    finite = values.astype(float).replace([np.inf, -np.inf], np.nan)
    span = max(5, len(values) * share) if share else 1
    return finite.ewm(span=span, ignore_na=True).mean().where(finite.notna())


Line = tuple[np.ndarray, np.ndarray]  # steps and nats, of floats


def _series(frame: pd.DataFrame, column: str) -> Line:
    """Steps and the column as numbers, in order of step."""
    steps, nats = (_numbers(frame[name]) for name in ("step", column))
    there = np.isfinite(steps)
    steps, nats = steps[there], nats[there]
    order = np.argsort(steps, kind="stable")
    return steps[order], nats[order]


def _numbers(column: pd.Series) -> np.ndarray:
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _thinned(
    steps: np.ndarray, nats: np.ndarray, n: int, within: tuple[float, float] | None
) -> Line:
    """About `n` of what is finite, as `thinned`."""
    there = np.isfinite(nats)
    steps, nats = steps[there], nats[there]
    if len(steps) > n:
        frame = pd.DataFrame({"step": steps, "nats": nats})
        frame = thinned(frame, "step", "nats", n, within)
        steps, nats = frame["step"].to_numpy(), frame["nats"].to_numpy()
    return steps, nats


def _inside(steps: np.ndarray, within: tuple[float, float] | None) -> np.ndarray:
    """Which are in view; all of them where nobody looks closer, or nothing is in view."""
    everywhere = np.ones(len(steps), dtype=bool)
    if within is None:
        return everywhere
    there = (steps >= within[0]) & (steps <= within[1])
    return there if there.any() else everywhere


def _frame(
    series: np.ndarray,
    steps: np.ndarray,
    nats: np.ndarray,
    uniform: float | None,
    *,
    lowest: float,
    least: float,
    even: bool,
) -> list[tuple[float, float, str]]:
    """Step, nats and series of rows that are not curves: where the axes reach to (`least` of the
    upper one at least; to round numbers where its lengths are `even`), and the line of guessing
    blindly. `lowest` is the loss of a model that is never surprised."""
    blind = uniform if uniform is not None and np.isfinite(uniform) else None
    if not len(steps):  # any round numbers will do for the axes
        first, last, low, high = 0.0, 100.0, lowest, blind or 4.0
    else:
        first, last = steps.min(), steps.max()
        last = max(last, first + 10)
        lines = {name: nats[series == name] for name in (TRAINING, VALIDATION)}
        begins = max((line[0] for line in lines.values() if len(line)), default=np.nan)
        high = nats.max()
        if np.isfinite(begins):
            begins = max(begins, blind or 0.0)
            course = lines[VALIDATION].max(initial=-np.inf)
            whole = course if course <= view.COURSE * begins else 0.0
            high = min(high, max(view.SPIKES * begins, whole))
        low = max(lowest, min(nats.min(), high - least))
    if blind is not None:
        high = max(high, blind + 0.1 * (blind - low))  # room for its words
    if even:
        low, high = view.rounded(low, high)
    rows = [(first, low, FRAME), (last, high, FRAME)]
    if blind is not None:
        rows.append((last, blind, UNIFORM))
    return rows


@lru_cache(maxsize=16)
def _layers(title: str, unit: str, height: int, doubling: bool) -> Base:
    """The chart without its data; made once, since making it takes longer than a redraw may.
    `doubling`: equal lengths of the axis are equal factors, as suits a perplexity."""
    legend = [TRAINING, VALIDATION]
    color = alt.Color(
        "series:N",
        scale=alt.Scale(domain=legend, range=[SERIES[s].color for s in legend]),
        legend=alt.Legend(orient="top", title=None, offset=2),
    )
    dash = alt.StrokeDash(
        "series:N", scale=alt.Scale(domain=legend, range=[SERIES[s].pattern for s in legend])
    )
    tooltip = [
        alt.Tooltip("series:N", title="loss"),
        alt.Tooltip("step:Q", format=",.0f"),
        alt.Tooltip("nats:Q", title=unit, format=".3f"),
    ]
    ticks = alt.Axis(tickCount=6, tickMinStep=1, format=",d")
    x = alt.X("step:Q", title="step", axis=ticks, scale=alt.Scale(nice=False, zero=False))
    kind = {"type": "log"} if doubling else {"zero": False}
    labels = alt.Axis(format="~s", tickCount=6) if doubling else alt.Axis()
    y = alt.Y("nats:Q", title=unit, axis=labels, scale=alt.Scale(**kind, nice=False))
    level = alt.Chart().encode(y=y)  # no x: as wide as the chart
    curve = alt.Chart().encode(x=x, y=view.at("nats"))

    def only(*names: str, base: alt.Chart = curve) -> alt.Chart:
        return base.transform_filter(alt.FieldOneOfPredicate(field="series", oneOf=list(names)))

    layers = [
        only(FRAME, base=level.encode(x=x)).mark_point(opacity=0, tooltip=False, size=1),
        zoomable(
            only(RAW).mark_line(color=SERIES[TRAINING].color, opacity=0.3, strokeWidth=1, clip=True)
        ),
        only(UNIFORM, base=level).mark_rule(color=GREY, strokeDash=[2, 3], clip=True),
        only(UNIFORM)
        .mark_text(color=GREY, align="right", baseline="bottom", dy=-3, fontSize=12, clip=True)
        .encode(text="series:N"),
        only(*legend).mark_line(strokeWidth=2, clip=True).encode(color=color, strokeDash=dash),
        only(VALIDATION)
        .mark_point(color=SERIES[VALIDATION].color, filled=True, size=28, opacity=1, clip=True)
        .encode(tooltip=tooltip),
        only(TRAINING).mark_point(opacity=0, size=60, clip=True).encode(tooltip=tooltip),
        *(
            view.arrows(only(of)).encode(color=alt.value(SERIES[name].color), tooltip=tooltip)
            for name, of in ((TRAINING, RAW), (VALIDATION, VALIDATION))
        ),
    ]
    layered = alt.layer(*layers).properties(title=title, height=height, width="container")
    return Base(layered.configure(**altair_config()))


def _alt(train: Line, validation: Line, unit: str) -> str:
    if not len(train[0]) and not len(validation[0]):
        return "Loss curve, still empty: no step has been recorded."
    parts = []
    for name, (steps, nats) in ((TRAINING, train), (VALIDATION, validation)):
        there = np.isfinite(nats)
        if not there.any():
            parts.append(f"no {name} loss {'is a number' if len(steps) else 'yet'}")
            continue
        at, of = steps[there], nats[there]
        low = of.argmin()
        says = f"{name} {words.nats(of[0])} at step {at[0]:,.0f}"
        if len(of) > 1:
            says += f", {words.nats(of[-1])} at step {at[-1]:,.0f}"
            if at[low] < at[-1]:
                says += f", lowest {words.nats(of[low])} at step {at[low]:,.0f}"
        if len(of) < len(nats):
            says += (
                f", not a number at {len(nats) - len(of):,} (first at step {steps[~there][0]:,.0f})"
            )
        parts.append(says)
    return f"Loss in {unit}: {'; '.join(parts)}."
