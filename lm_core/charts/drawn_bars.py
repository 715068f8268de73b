"""The bars of one draw: what could have stood where a token stands, before and after temperature
and what rules tokens out. As high as `live_bars`, in whose place a page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import altair as alt
import pandas as pd

from lm_core.charts import words
from lm_core.charts.chart import Chart
from lm_core.charts.live import Base
from lm_core.charts.live_bars import FRAME, LABELS, PLACE
from lm_core.charts.shares import share_axis, share_scale
from lm_core.charts.theme import BLUE, GREY, VERMILLION, altair_config

ROOM = 1.45  # where the axis ends: at 100 %, and room for the words after a bar


@dataclass(frozen=True)
class Possible:
    """A token that could have been drawn. Both are shares of 1."""

    token: str
    own: float  # by the model alone, at temperature 1
    drawn: float  # as the draw was made; 0 where it was ruled out


def drawn_bars(
    possible: Sequence[Possible], chosen: int | None, *, title: str, places: int = 8
) -> Chart:
    """What was possible: a bar for the probability in the draw, a line for the model's own.

    Args:
        possible: the likeliest first; of more than `places` the rest is left out.
        chosen: which of them was drawn; its bar has another colour and says so.
        title: what was asked, "What else was possible".
        places: how many bars there is room for; those without a token stay empty.
    """
    possible = list(possible)[:places]
    labels = words.unique_labels([one.token for one in possible])
    table = pd.DataFrame(
        {
            "token": labels,
            "the model alone (share of 1)": [one.own for one in possible],
            "in the draw (share of 1)": [one.drawn for one in possible],
            "drawn": [i == chosen for i in range(len(possible))],
        }
    )
    figure = _empty(title, places).of(_data(possible, labels, chosen, places))
    return Chart(title, figure, _alt(possible, labels, chosen), table)


def _data(
    possible: list[Possible], labels: list[str], chosen: int | None, places: int
) -> pd.DataFrame:
    """A row a place."""
    empty = places - len(possible)
    short = words.numbered_apart([words.shorten(label, 13) for label in labels])
    drawn = [i == chosen for i in range(len(possible))]
    nothing = [0.0] * empty
    return pd.DataFrame(
        {
            # Blanks of different lengths: places of their own, with nothing to read.
            "token": short + [" " * n for n in range(1, empty + 1)],
            "place": range(places),
            "whole": labels + [""] * empty,
            "own": [*(one.own for one in possible), *nothing],
            "drawn": [*(one.drawn for one in possible), *nothing],
            "end": [*(max(one.own, one.drawn) for one in possible), *nothing],
            "text": [_says(one, was) for one, was in zip(possible, drawn, strict=True)]
            + [""] * empty,
            "alone": [words.percent(one.own) for one in possible] + [""] * empty,
            "color": [VERMILLION if was else BLUE for was in drawn] + [BLUE] * empty,
            "shown": [1] * len(possible) + [0] * empty,
        }
    )


def _says(one: Possible, was_drawn: bool) -> str:
    chance = words.percent(one.drawn) if one.drawn else "ruled out"
    return f"{chance}, drawn" if was_drawn else chance


@cache
def _empty(title: str, places: int) -> Base:
    """The chart without its data."""
    axis, scale = share_axis(), share_scale(ROOM)
    fixed = alt.Axis(
        minExtent=LABELS, maxExtent=LABELS, labelLimit=LABELS, ticks=False, domain=False
    )
    order = alt.EncodingSortField("place", op="min")
    y = alt.Y("token:N", sort=order, title=None, axis=fixed, scale=alt.Scale(paddingInner=0.3))
    x_title = ["bar: in this draw,", "line: the model alone"]
    base = alt.Chart().encode(y=y)
    tooltip = [
        alt.Tooltip("whole:N", title="token"),
        alt.Tooltip("text:N", title="in the draw"),
        alt.Tooltip("alone:N", title="the model alone"),
    ]
    layers = [
        base.mark_bar(cornerRadiusEnd=3).encode(
            x=alt.X("drawn:Q", title=x_title, axis=axis, scale=scale),
            color=alt.Color("color:N", scale=None),
            tooltip=tooltip,
        ),
        base.mark_tick(color=GREY, thickness=3, height=PLACE - 5)
        .transform_filter("datum.shown")
        .encode(x=alt.X("own:Q", title=x_title), tooltip=tooltip),
        base.mark_text(align="left", dx=6, fontSize=12, color=GREY).encode(
            x=alt.X("end:Q", title=x_title), text="text:N"
        ),
    ]
    layered = alt.layer(*layers).configure(**altair_config())
    room = {"height": places * PLACE + FRAME, "padding": {"bottom": 6}}
    return Base(layered.properties(title=title, width="container", **room))


def _alt(possible: list[Possible], labels: list[str], chosen: int | None) -> str:
    if not possible:
        return "Nothing was possible here, because nothing has been written."
    named = [
        f"{label} {words.percent(one.own)} by the model alone and "
        + (f"{words.percent(one.drawn)} in the draw" if one.drawn else "ruled out in the draw")
        for label, one in zip(labels, possible, strict=True)
    ]
    drawn = f" Drawn: {labels[chosen]}." if chosen is not None else ""
    return f"{'; '.join(named)}.{drawn}"
