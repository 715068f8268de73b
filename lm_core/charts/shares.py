"""Axes of shares: they run from 0 to 100 % and stand still, whatever is drawn on them."""

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from lm_core.figures import percent

if TYPE_CHECKING:
    import altair as alt  # slow to import: what is drawn by plotly alone does not wait for it

ROOM = 1.4  # where they end: beyond the longest bar there is "> 99,9 %", also on a phone
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def share_axis(**how: Any) -> "alt.Axis":
    """Its ticks, written as percentages are elsewhere."""
    import altair as alt

    return alt.Axis(values=list(TICKS), labelExpr="round(100 * datum.value) + ' %'", **how)


def share_scale(end: float = ROOM) -> "alt.Scale":
    """How far it reaches."""
    import altair as alt

    return alt.Scale(domain=[0, end], nice=False)


def share_ticks(figure: go.Figure, *, end: float = ROOM) -> go.Figure:
    """The lower axis of a plotly figure made one; `end`: how far it reaches."""
    words = [percent(tick) for tick in TICKS]
    return figure.update_xaxes(range=[0, end], tickmode="array", tickvals=TICKS, ticktext=words)
