"""One figure of a run's evaluations, over its steps: accuracy, F1, BLEU, whatever its task reports.

An altair chart that a page changes in place, as the other curves of a run are.
"""

from collections.abc import Sequence
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.live import Base
from lm_core.charts.theme import SERIES, altair_config
from lm_core.charts.zooming import zoomable

LOOK = SERIES["validation"]


def metric_curve(
    values: Sequence[tuple[int, float]], name: str, unit: str, *, height: int = 320
) -> Chart:
    """A line through the evaluations.

    Args:
        values: step and value of each, in order; those that are not finite are left out of the
            picture and counted in `alt`.
        name: of the figure, as the task calls it.
        unit: what it is counted in.
    """
    data = pd.DataFrame(values, columns=["step", "value"]).astype(float)
    finite = data[np.isfinite(data["value"])]
    title = f"{name[:1].upper()}{name[1:]} on validation"
    table = finite.rename(columns={"value": f"{name}, {unit}"})
    figure = _layers(title, unit, height).of(finite)
    return Chart(title, figure, _alt(title, unit, data, finite), table)


@lru_cache(maxsize=16)
def _layers(title: str, unit: str, height: int) -> Base:
    """The chart without its data."""
    steps = alt.Axis(tickCount=6, tickMinStep=1, format=",d")
    x = alt.X("step:Q", title="step", axis=steps, scale=alt.Scale(nice=False, zero=False))
    y = alt.Y("value:Q", title=unit, scale=alt.Scale(zero=True))
    tooltip = [
        alt.Tooltip("step:Q", format=",.0f"),
        alt.Tooltip("value:Q", title=unit, format=".4~g"),
    ]
    base = alt.Chart().encode(x=x, y=y)
    line = base.mark_line(color=LOOK.color, strokeDash=LOOK.pattern, strokeWidth=2, clip=True)
    points = base.mark_point(color=LOOK.color, filled=True, size=36, opacity=1, clip=True)
    layered = alt.layer(zoomable(line), points.encode(tooltip=tooltip))
    layered = layered.properties(title=title, height=height, width="container")
    return Base(layered.configure(**altair_config()))


def _alt(title: str, unit: str, data: pd.DataFrame, finite: pd.DataFrame) -> str:
    if finite.empty:
        return f"{title}: nothing was evaluated yet."
    return words.over_steps(title, unit, data, finite, "evaluation")
