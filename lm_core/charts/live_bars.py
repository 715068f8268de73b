"""The bars of what a model expects next, for a page that redraws them while the model writes.

An altair chart, because a page updates it in place (`bars.next_token_bars` is its twin in plotly,
for what stands still). The specification depends on nothing but the number of places: tokens and
lengths are in the data, so that a redraw moves the bars and nothing
else. (Streamlit makes `alt` part of the specification: while the bars move, give it one fixed
sentence and write the chart's own `alt` beside it.)
"""

from collections.abc import Sequence
from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.live import Base
from lm_core.charts.shares import share_axis, share_scale
from lm_core.charts.theme import BLUE, GREY, altair_config

TITLE = "What it expects next"
LABELS = 96  # pixels for the tokens
PLACE, FRAME = 25, 78  # pixels for a bar and the gap under it; for the title and the axis


def live_token_bars(
    tokens: Sequence[str], probabilities: Sequence[float], *, places: int = 8
) -> Chart:
    """What the model expects next, the likeliest on top; as high whatever the data.

    Args:
        tokens: the tokens' texts; equal ones are numbered apart.
        probabilities: of each, as shares of one.
        places: how many bars there is room for; tokens beyond them are left out, and places
            without a token stay empty.
    """
    shares = np.nan_to_num(np.asarray(probabilities, dtype=float), posinf=0.0, neginf=0.0)
    order = np.argsort(-shares, kind="stable")[:places]
    labels, shares = words.unique_labels([tokens[i] for i in order]), shares[order]
    table = pd.DataFrame({"token": labels, "probability (share of 1)": shares})
    figure = _empty(places).of(_data(labels, shares, places))
    return Chart(TITLE, figure, _alt(labels, shares), table)


def _data(labels: list[str], shares: np.ndarray, places: int) -> pd.DataFrame:
    """A row a place."""
    empty = places - len(labels)
    short = words.numbered_apart([words.shorten(label, 13) for label in labels])
    return pd.DataFrame(
        {
            # Blanks of different lengths: places of their own, with nothing to read.
            "token": short + [" " * n for n in range(1, empty + 1)],
            "place": np.arange(places),
            "whole": labels + [""] * empty,
            "probability": [*shares, *[0.0] * empty],
            "text": [words.percent(p) for p in shares] + [""] * empty,
        }
    )


@cache
def _empty(places: int) -> Base:
    """The chart without its data: most of the work, and the same at every redraw."""
    x = alt.X(
        "probability:Q",
        title="probability (· is a space)",
        axis=share_axis(),
        scale=share_scale(),
    )
    fixed = alt.Axis(
        minExtent=LABELS, maxExtent=LABELS, labelLimit=LABELS, ticks=False, domain=False
    )
    # Sorted by a field: in the order of appearance, tokens seen before would keep their old place.
    order = alt.EncodingSortField("place", op="min")
    y = alt.Y("token:N", sort=order, title=None, axis=fixed, scale=alt.Scale(paddingInner=0.3))
    base = alt.Chart().encode(x=x, y=y)
    tooltip = [alt.Tooltip("whole:N", title="token"), alt.Tooltip("text:N", title="probability")]
    layers = [
        base.mark_bar(color=BLUE, cornerRadiusEnd=3).encode(tooltip=tooltip),
        base.mark_text(align="left", dx=5, fontSize=12, color=GREY).encode(text="text:N"),
    ]
    layered = alt.layer(*layers).configure(**altair_config())
    room = {"height": places * PLACE + FRAME, "padding": {"bottom": 6}}
    return Base(layered.properties(title=TITLE, width="container", **room))


def _alt(labels: list[str], shares: np.ndarray) -> str:
    if not labels:
        return "Next-token bars, still empty: nothing has been asked."
    named = [f"{label} ({words.percent(p)})" for label, p in zip(labels, shares, strict=True)]
    others = f"; then {', '.join(named[1:])}" if named[1:] else ""
    return f"Likeliest next token: {named[0]}{others}."
