"""Charts for a projector: all their words larger, and a picture that a page draws in place taller
by as much, so that its rows have room for them."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go

from lm_core.charts.theme import FONT_SIZE

TIMES = 1.5
# What vega measures words by: their own sizes, and the room that they are given.
VEGA = ("fontSize", "labelFontSize", "titleFontSize", "labelLimit", "minExtent", "maxExtent")


def larger(specification: dict[str, Any]) -> dict[str, Any]:
    """A Vega-Lite specification with its words larger, and as much taller."""
    shown = _larger(specification)
    height = specification.get("height")
    return shown | ({"height": TIMES * height} if isinstance(height, int | float) else {})


def _larger(specification: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _larger(value)
        if isinstance(value, dict)
        else [_larger(one) if isinstance(one, dict) else one for one in value]
        if isinstance(value, list)
        else TIMES * value
        if name in VEGA and isinstance(value, int | float)
        else value
        for name, value in specification.items()
    }


def larger_figure(figure: go.Figure) -> go.Figure:
    """A plotly figure with its words larger; the one given stays as it is."""
    shown = go.Figure(figure)
    sizes = list(_fonts(shown))
    for font, size in sizes:  # found first: what has none of its own goes by its neighbour's
        font.size = TIMES * size
    return shown


def _fonts(figure: go.Figure) -> Iterator[tuple[Any, float]]:
    """Fonts that words of the figure are set in, with their sizes now."""
    layout = figure.layout
    usual = layout.font.size or layout.template.layout.font.size or FONT_SIZE
    yield layout.font, usual
    yield (
        layout.title.font,
        layout.title.font.size or layout.template.layout.title.font.size or usual,
    )
    yield layout.legend.font, layout.legend.font.size or usual
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        yield axis.tickfont, axis.tickfont.size or usual
        yield axis.title.font, axis.title.font.size or usual
    for note in layout.annotations:
        yield note.font, note.font.size or usual
    for trace in figure.data:
        if "textfont" in trace and trace.textfont.size:
            yield trace.textfont, trace.textfont.size
