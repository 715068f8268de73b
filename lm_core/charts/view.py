"""What of a curve is in view. A picture may end below its highest value, or one spike would press
the rest flat; the value itself is never changed. The line then leaves the picture at its upper
edge, an arrow there marks each value above it, and a sentence says how many there are.

Marks that may leave the picture are placed by `at`, which uses the axis without stretching it; how
far it reaches is said by rows of a layer of their own.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import altair as alt
import numpy as np

from lm_core.charts import words

SPIKES = 1.5  # times where the curves begin: how high the picture reaches at most,
COURSE = 3.0  # or as high as evaluations climb within this, for one has to see them climb
_TICKS = 10


def at(field: str) -> alt.YValue:
    """The height of a mark whose values may lie outside of the picture."""
    return alt.YValue(alt.expr(f"scale('y', datum.{field})"))


def rounded(low: float, high: float) -> tuple[float, float]:
    """The ends of an axis at the round numbers just outside of `low` and `high`, a tenth to either
    side of what is one value. (An axis that rounds for itself would show more than is known here.)
    """
    if not low < high:
        room = abs(low) / 10 or 1.0
        low, high = low - room, low + room
    power = 10.0 ** math.floor(math.log10((high - low) / _TICKS))
    share = (high - low) / _TICKS / power
    step = power * (1 if share < 2**0.5 else 2 if share < 10**0.5 else 5 if share < 50**0.5 else 10)
    low, high = step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9)
    return float(f"{low:.12g}"), float(f"{high:.12g}")


def arrows(base: alt.Chart) -> alt.Chart:
    """A mark at the upper edge for each row whose `above` is true; colour and tooltip are the
    caller's."""
    marks = base.transform_filter("datum.above === true")
    # The sentence of `beyond` says them; a screen reader would find a group of no name here.
    return marks.mark_point(
        shape="triangle-up", size=70, filled=True, opacity=1, strokeWidth=0, aria=False
    ).encode(y=alt.value(5))


def beyond(
    parts: Iterable[tuple[str, Sequence[float], Sequence[float]]],
    high: float,
    place: Callable[[float], str],
    within: tuple[float, float] | None = None,
) -> str:
    """How many values lie above the picture, and the highest of them; "" where none does.

    Args:
        parts: of each curve its name, where its values lie, and the values themselves.
        high: where the picture ends.
        place: in words, where a value lies.
        within: the part of the lower axis in view, where one looks closer.
    """
    found = []
    for name, xs, ys in parts:
        xs, ys = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
        outside = np.isfinite(ys) & (ys > high)
        if within is not None:
            outside &= (xs >= within[0]) & (xs <= within[1])
        found += [(y, x, name) for x, y in zip(xs[outside], ys[outside], strict=True)]
    if not found:
        return ""
    y, x, name = max(found)
    of = f"{name}, {place(x)}" if name else place(x)
    count = words.count(len(found), "value lies", "values lie")
    most = words.human(y) if y < 1e15 else f"{y:.2g}"
    return f"{count} above the picture, up to {most} ({of}): see the arrows on top."
