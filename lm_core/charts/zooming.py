"""Looking closer at a live curve, and keeping the view while it grows.

The view is an interval of the lower axis, bound to its scale. Streamlit forgets such a view when
the data change unless the chart reports it (`on_select="rerun", selection_mode=["zoom"]`); what it
reports is then also what `thinned` needs to draw the part in view with all its points, and `inside`
to fit the other axis to it.
"""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from lm_core.charts.decimation import decimate

ZOOM = "zoom"
HOW = "Drag to move, hold Ctrl or Alt and turn the wheel to look closer, double-click to see all."
# A wheel alone scrolls the page: a chart must not hold up whoever passes over it.
_WHEEL = "wheel![event.ctrlKey || event.altKey || event.metaKey]"


def zoomable(layer: alt.Chart) -> alt.Chart:
    """The layer with the view bound to its lower axis."""
    view = alt.selection_interval(name=ZOOM, bind="scales", encodings=["x"], zoom=_WHEEL)
    return layer.add_params(view).properties(name="curve")  # a fixed name: the same at each redraw


def seen(answer: Any, x: str = "step") -> tuple[float, float] | None:
    """From what the chart reported: where the part in view begins and ends along `x`, or None."""
    selection = answer.get("selection", {}) if isinstance(answer, Mapping) else {}
    ends = selection.get(ZOOM, {}).get(x)
    return (float(min(ends)), float(max(ends))) if ends and len(ends) == 2 else None


def inside(df: pd.DataFrame, x: str, within: tuple[float, float] | None) -> pd.DataFrame:
    """The rows in view; all of them where nobody looks closer, or nothing is in view."""
    if within is None:
        return df
    rows = df[df[x].between(*within)]
    return rows if len(rows) else df


def thinned(
    df: pd.DataFrame, x: str, y: str, n: int, within: tuple[float, float] | None = None
) -> pd.DataFrame:
    """About `n` rows: `decimate`, with nearly all of them spent on the part in view and as much
    again around it, so that moving it a little shows as much."""
    if within is None or len(df) <= n:
        return decimate(df, x, y, n)
    first, last = within
    room = (last - first) / 2
    before, after = df[x] < first - room, df[x] > last + room
    parts = [decimate(df[before], x, y, n // 8), decimate(df[~before & ~after], x, y, n)]
    return pd.concat([*parts, decimate(df[after], x, y, n // 8)])
