"""The small live curves of a run: learning rate, length of the gradient, speed.

Each is an altair chart whose specification depends on nothing that changes while a model trains,
and each has a sentence that says what it shows now.
"""

from dataclasses import dataclass
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from lm_core.charts import view, words
from lm_core.charts.chart import Chart
from lm_core.charts.curves import smooth
from lm_core.charts.live import Base
from lm_core.charts.theme import BLUE, GREY, altair_config
from lm_core.charts.zooming import inside, thinned, zoomable

RATE, NORM, SPEED = "Learning rate", "Gradient", "Speed"
ROWS = {"each": 800, "mean": 400}
BUCKETS, STRETCH = 100, 5  # stretches of the run whose speed is drawn, and steps in one at least
LEVEL = 0.01  # a learning rate within 1 % of its highest is at its highest
GROWN, SHRUNK = 3.0, 1 / 3  # of the gradient's length
SLOWER, FASTER = 0.7, 1.3  # of the speed
FEW = 12  # points below which nothing is said of how a curve goes


@dataclass(frozen=True)
class _Kind:
    column: str
    title: str
    unit: str
    noisy: bool  # each value is drawn faint, with its mean on top
    format: str


_KINDS = {
    RATE: _Kind("lr", "Learning rate", "learning rate", False, "~g"),
    NORM: _Kind("grad_norm", "Length of the gradient", "gradient norm", True, "~g"),
    SPEED: _Kind("speed", "Speed", "tokens per second", False, "~s"),
}


def run_curve(
    points: pd.DataFrame,
    kind: str,
    *,
    height: int = 320,
    limit: float | None = None,
    within: tuple[float, float] | None = None,
) -> Chart:
    """One of RATE, NORM, SPEED, step by step.

    Args:
        points: columns `step`, `tokens`, `seconds`, `lr`, `grad_norm`, a row a step.
        height: in pixels; the same whatever the data.
        limit: of the gradient's length, drawn as a line (gradient clipping).
        within: the steps in view, where one looks closer.

    A value that is not finite is left out and named in `alt`. The picture of the gradient ends at
    three times what the curve reaches otherwise; a spike above that is marked (see view.py).
    """
    about = _KINDS[kind]
    data = _column(points, about)
    finite = data[np.isfinite(data["value"])]
    parts = [thinned(finite, "step", "value", ROWS["each"], within).assign(series="each")]
    if about.noisy:
        mean = finite.assign(value=smooth(finite["value"]))
        parts.append(thinned(mean, "step", "value", ROWS["mean"], within).assign(series="mean"))
    drawn = pd.concat(parts, ignore_index=True)
    table = parts[0][["step", "value"]].rename(columns={"value": about.unit})
    seen = inside(finite, "step", within)
    frame = _frame(seen, limit, about)
    high = frame["value"].max()
    beyond = view.beyond(
        [("", seen["step"], seen["value"])], high, lambda step: f"step {step:,.0f}"
    )
    above = (drawn["series"] == "each") & (drawn["value"] > high)
    rows = [drawn.assign(above=above), frame.assign(above=False)]
    figure = _layers(kind, height).of(pd.concat(rows, ignore_index=True))
    said = f"{_alt(data, finite, about)} {beyond}".strip()
    return Chart(about.title, figure, said, table, beyond)


def read_curve(
    points: pd.DataFrame, kind: str, *, limit: float | None = None, over: bool = False
) -> str:
    """What a small curve shows now, by these thresholds:

    - learning rate: within 1 % of its highest it is there; else it still rises (no lower step has
      come since the last rise) or falls;
    - gradient: the median of the last tenth against that of the tenth before it (5 steps at
      least): three times as long is growing, a third as long shrinking; then how many of the last
      tenth were longer than the limit; zero or not finite is said first;
    - speed: of the last twentieth of the run against the run's median: under 70 % is slower than
      before, over 130 % faster.

    Args as `run_curve`; `over`: nothing more will come. Fewer than 12 steps: too early to say (too
    few, where it is over).
    """
    data = _column(points, _KINDS[kind])
    if len(data) < (2 if kind == SPEED else FEW):
        steps = words.count(len(points), "step")
        return f"Too few to say: {steps} in all." if over else f"Too early to say: {steps} so far."
    return {RATE: _read_rate, NORM: _read_norm, SPEED: _read_speed}[kind](data, limit)


def _column(points: pd.DataFrame, about: _Kind) -> pd.DataFrame:
    """Columns `step` and `value`, in order of step."""
    points = points.sort_values("step", kind="stable")
    if about.column == "speed":
        return _speeds(points)
    plain = {"step": points["step"], "value": points[about.column]}
    return pd.DataFrame(plain).astype(float).reset_index(drop=True)


def _speeds(points: pd.DataFrame) -> pd.DataFrame:
    """Tokens over seconds of training, in stretches of equally many steps."""
    count = max(1, min(BUCKETS, (len(points) - 1) // STRETCH))
    edges = np.unique(np.linspace(0, len(points) - 1, count + 1).astype(int))
    at = points.iloc[edges] if len(points) else points
    step, tokens, seconds = (at[n].to_numpy(dtype=float) for n in ("step", "tokens", "seconds"))
    took = np.diff(seconds)
    known = took > 0  # steps that were timed together
    speed = np.diff(tokens)[known] / took[known]
    return pd.DataFrame({"step": step[1:][known], "value": speed})


def _frame(finite: pd.DataFrame, limit: float | None, about: _Kind) -> pd.DataFrame:
    """Where the axes reach to, and the line of the limit."""
    if finite.empty:
        first, last, high = 0.0, 100.0, 1.0
    else:
        first, last = finite["step"].min(), max(finite["step"].max(), finite["step"].min() + 10)
        high = finite["value"].max()
        if about.noisy:
            high = min(high, 3 * finite["value"].quantile(0.98))
        _, high = view.rounded(0.0, high or 1.0)
    rows = [(first, 0.0, "frame"), (last, high, "frame")]
    # A limit far above the curve would press the curve flat: the sentence names it then.
    if limit and about.noisy and limit < 4 * high:
        rows.append((last, limit, "clipped above this"))
    return pd.DataFrame(rows, columns=["step", "value", "series"])


@lru_cache(maxsize=16)
def _layers(kind: str, height: int) -> Base:
    """The chart without its data."""
    about = _KINDS[kind]
    steps = alt.Axis(tickCount=6, tickMinStep=1, format=",d")
    x = alt.X("step:Q", title="step", axis=steps, scale=alt.Scale(nice=False, zero=False))
    ticks = alt.Axis(format=about.format, tickCount=6)
    y = alt.Y("value:Q", title=about.unit, axis=ticks, scale=alt.Scale(nice=False))
    level = alt.Chart().encode(y=y)
    base = alt.Chart().encode(x=x, y=view.at("value"))

    def only(*names: str, base: alt.Chart = base) -> alt.Chart:
        return base.transform_filter(alt.FieldOneOfPredicate(field="series", oneOf=list(names)))

    line = {"color": BLUE, "clip": True}
    tooltip = [
        alt.Tooltip("step:Q", format=",.0f"),
        alt.Tooltip("value:Q", title=about.unit, format=".4~g"),
    ]
    faint = {"opacity": 0.3, "strokeWidth": 1} if about.noisy else {"strokeWidth": 2}
    clip = only("clipped above this", base=level)
    layers = [
        only("frame", base=level.encode(x=x)).mark_point(opacity=0, tooltip=False, size=1),
        zoomable(only("each").mark_line(**line, **faint)),
        only("mean").mark_line(**line, strokeWidth=2),
        clip.mark_rule(color=GREY, strokeDash=[2, 3], clip=True),
        only("clipped above this")
        .mark_text(color=GREY, align="right", baseline="bottom", dy=-3, fontSize=12, clip=True)
        .encode(text="series:N"),
        only("mean" if about.noisy else "each")
        .mark_point(opacity=0, size=60, clip=True)
        .encode(tooltip=tooltip),
        view.arrows(only("each")).encode(color=alt.value(BLUE), tooltip=tooltip),
    ]
    layered = alt.layer(*layers).properties(title=about.title, height=height, width="container")
    return Base(layered.configure(**altair_config()))


def _alt(data: pd.DataFrame, finite: pd.DataFrame, about: _Kind) -> str:
    if finite.empty:
        return f"{about.title}, still empty: no step has been recorded."
    return words.over_steps(about.title, about.unit, data, finite, "step")


def _read_rate(data: pd.DataFrame, limit: float | None) -> str:
    rate = data["value"].to_numpy()
    now, high = rate[-1], np.nanmax(rate)
    if high <= 0:
        return "The learning rate is 0: no step changes anything."
    peak = data["step"].iloc[int(np.nanargmax(rate))]
    if now >= high * (1 - LEVEL):
        since = data["step"][rate >= high * (1 - LEVEL)].iloc[0]
        if since <= data["step"].iloc[0]:
            return f"The learning rate is {now:.3g} all along."
        rises = rate[-1] > rate[-2] * (1 + 1e-9)
        way = " and still rises (warm-up)" if rises else f", its highest, since step {since:,.0f}"
        return f"The learning rate is {now:.3g}{way}."
    if rate[-1] > rate[-2]:
        return f"The learning rate is {now:.3g} and rises; it was {high:.3g} at step {peak:,.0f}."
    return (
        f"The learning rate is {now:.3g}, {words.percent(now / high)} of its highest ({high:.3g} "
        f"at step {peak:,.0f}): the steps get smaller."
    )


def _read_norm(data: pd.DataFrame, limit: float | None) -> str:
    norm = data["value"].to_numpy()
    if not np.isfinite(norm[-1]):
        lost = data["step"][~np.isfinite(data["value"])].iloc[0]
        return f"The gradient is not a number since step {lost:,.0f}: the run diverged."
    window = max(5, len(norm) // 10)
    late, early = np.nanmedian(norm[-window:]), np.nanmedian(norm[-2 * window : -window])
    if late == 0:
        return "The gradient is zero: nothing tells the weights where to go."
    says = f"The gradient is {words.human(late)} long"
    then = f"{words.human(early)} before step {data['step'].iloc[-window]:,.0f}"
    if early > 0 and late > GROWN * early:
        says += f" and grows: it was {then}, so it may be about to explode"
    elif early > 0 and late < SHRUNK * early:
        says += f" and shrinks: it was {then}"
    else:
        says += f", about as before ({then})"
    if limit:
        cut = float(np.mean(norm[-window:] > limit))
        says += f"; {words.percent(cut)} of the steps since were shortened to {limit:.3g}"
    return f"{says}."


def _read_speed(data: pd.DataFrame, limit: float | None) -> str:
    speed = data["value"].to_numpy()
    window = max(1, len(speed) // 20)
    now, usual = float(np.mean(speed[-window:])), float(np.median(speed))
    says = f"It reads {words.human(now)} tokens per second"
    if now < SLOWER * usual:
        return f"{says}, slower than before ({words.human(usual)}): something shares the machine."
    if now > FASTER * usual:
        return f"{says}, faster than before ({words.human(usual)})."
    return f"{says}, as fast as all along."
