"""One look for every chart: colours, dashes, colour scales, the plotly template, the altair config.

Colours are the Okabe-Ito palette (Okabe and Ito 2008, "Color Universal Design"), which people with
any common kind of colour blindness can tell apart; its black and yellow, which vanish on a dark and
on a white page, give way to a grey. A dash is always the second cue.

Text colours are set only where a page cannot: Streamlit's `theme="streamlit"` writes its own text,
grid and background colours into a figure's *template* and into an altair chart's config where
nothing is set, and whatever a figure's own layout says wins over it. So ours are in the template,
where they serve notebooks (a grey legible on white and on black) and step aside on a page.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREY = "#7A7A7A"
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, GREY)

LIGHT_PAGE, DARK_PAGE = "#FFFFFF", "#0E1117"
_TEXT, _GRID = "#767676", "rgba(128,128,128,0.25)"
FONT_SIZE = 13
INK = "#5B6670"  # of axes and legends on a light page, where Streamlit's own grey has 3.7 to 1
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"

# From "nothing" to "all": the low end is set off from an empty page, the high end far from it.
_SCALE_LIGHT = ("#EAF1F8", "#BCD7EB", "#7FB6DA", "#3F8FC4", "#0072B2", "#08306B")
_SCALE_DARK = ("#1A2635", "#15405F", "#0A5E93", "#2E8BC8", "#7CC4EE", "#DDF1FF")


@dataclass(frozen=True)
class Style:
    """How a line is drawn: a colour, and a plotly dash name as the second cue."""

    color: str
    dash: str = "solid"

    @property
    def pattern(self) -> list[int]:
        """The dash as vega wants it: on, off, in pixels."""
        return DASHES[self.dash]


DASHES: dict[str, list[int]] = {
    "solid": [1, 0],
    "dash": [6, 3],
    "dot": [2, 2],
    "dashdot": [6, 3, 2, 3],
    "longdash": [10, 4],
    "longdashdot": [10, 4, 2, 4],
}

# Kin share a colour, and those most often drawn together share neither colour nor dash.
FAMILIES: dict[str, Style] = {
    "bigram": Style(GREY, "dot"),
    "neural-bigram": Style(GREY, "dash"),
    "ngram": Style(VERMILLION, "dash"),
    "mlp": Style(PURPLE, "dashdot"),
    "wavenet": Style(PURPLE, "longdashdot"),
    "rnn": Style(SKY, "dot"),
    "gru": Style(GREEN, "dashdot"),
    "lstm": Style(GREEN, "longdash"),
    "transformer": Style(BLUE, "solid"),
    "encoder": Style(BLUE, "dot"),
    "encoder-decoder": Style(BLUE, "dashdot"),
    "mixture": Style(ORANGE, "solid"),
    "ensemble": Style(ORANGE, "dash"),
}

# A model under several tokenizers; the same colour is the same rule.
TOKENIZERS: dict[str, Style] = {
    "char": Style(VERMILLION, "solid"),
    "bpe-512": Style(BLUE, "dot"),
    "bpe-2048": Style(BLUE, "solid"),
    "word-5000": Style(GREEN, "dash"),
}

SERIES: dict[str, Style] = {
    "training": Style(BLUE, "solid"),
    "validation": Style(VERMILLION, "dash"),
    "test": Style(GREEN, "dot"),
}


def family_style(name: str) -> Style:
    """The fixed style of a model family, or of a tokenizer; one not listed always gets the same
    free one."""
    if name in FAMILIES or name in TOKENIZERS:
        return FAMILIES.get(name) or TOKENIZERS[name]
    pairs = [Style(color, dash) for color in PALETTE for dash in DASHES]
    free = [style for style in pairs if style not in FAMILIES.values()]
    return free[zlib.crc32(name.encode("utf-8", "replace")) % len(free)]


def color_scale(dark: bool = False) -> list[tuple[float, str]]:
    """Sequential plotly colour scale, one hue, lightness in order: readable without colour.

    Each serves on either page; `dark` puts the far end of the scale far from a dark page.
    """
    return spaced(_SCALE_DARK if dark else _SCALE_LIGHT)


def scale_color(share: float, dark: bool = False) -> str:
    """The colour that `color_scale` gives to a share of one."""
    return mixed(_SCALE_DARK if dark else _SCALE_LIGHT, share)


def spaced(colors: Sequence[str]) -> list[tuple[float, str]]:
    """Colours as a plotly scale, equally far from each other."""
    return [(i / (len(colors) - 1), color) for i, color in enumerate(colors)]


def mixed(colors: Sequence[str], share: float) -> str:
    """The colour of such a scale at a share of one."""
    place = min(max(share, 0.0), 1.0) * (len(colors) - 1)
    at = min(int(place), len(colors) - 2)
    pairs = zip(_channels(colors[at]), _channels(colors[at + 1]), strict=True)
    channels = (round(a + (b - a) * (place - at)) for a, b in pairs)
    return "#" + "".join(f"{channel:02X}" for channel in channels)


def ink(background: str) -> str:
    """Black or white, whichever reads better on "#RRGGBB"; the contrast is at least 4.5."""
    return max("#000000", "#FFFFFF", key=lambda color: contrast(color, background))


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two "#RRGGBB" colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def style_figure(
    figure: go.Figure, *, title: str, x: str = "", y: str = "", height: int
) -> go.Figure:
    """Give a plotly figure the common look; `x` and `y` are axis titles with their units."""
    return figure.update_layout(
        template=_TEMPLATE, title=title, height=height, xaxis_title=x, yaxis_title=y
    )


def legend_below(figure: go.Figure) -> go.Figure:
    """Names under the picture, where several rows of them push nothing together."""
    return figure.update_layout(
        showlegend=True, legend={"y": 0, "yref": "container", "yanchor": "bottom"}
    )


def altair_config() -> dict[str, Any]:
    """What every altair chart sets; colours of text, grid and page are left to the page."""
    return {
        "autosize": {"type": "fit", "contains": "padding"},
        "title": {"anchor": "start", "fontSize": 15, "offset": 10},
        "axis": {"labelFontSize": 12, "titleFontSize": 13, "titlePadding": 8, "labelPadding": 6},
        "legend": {"labelFontSize": 13, "symbolType": "stroke", "symbolSize": 400},
        "view": {"strokeWidth": 0},
        # A layer without data yet would be a picture without words; the whole chart has them.
        "line": {"aria": False},
        "rule": {"aria": False},
        "point": {"aria": False},
    }


def inked(specification: dict[str, Any]) -> dict[str, Any]:
    """A Vega-Lite specification for a light page, its axes and legends in `INK`."""
    config = specification.get("config", {})
    colors = {"labelColor": INK, "titleColor": INK}
    parts = {part: config.get(part, {}) | colors for part in ("axis", "legend")}
    return specification | {"config": config | parts}


def configured(chart: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """An altair chart whose config and height are changed as those of a specification; the one
    given stays as it is."""
    import altair as alt

    shown = chart.copy(deep=False)
    now = {"config": {} if chart.config is alt.Undefined else chart.config.to_dict()}
    if chart.height is not alt.Undefined:
        now["height"] = chart.height
    changed = change(now)
    shown.config = alt.Config.from_dict(changed["config"])
    shown.height = changed.get("height", alt.Undefined)
    return shown


def ink_figure(figure: go.Figure) -> go.Figure:
    """A plotly figure for a light page, its axes and legend in `INK`: changed in place.

    Colour by colour: plotly's own updates of axes take three times as long, at every chart."""
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont.color = axis.title.font.color = INK
    figure.layout.legend.font.color = INK
    return figure


def _channels(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def _luminance(color: str) -> float:
    """Relative luminance of "#RRGGBB", WCAG 2."""
    shares = [channel / 255 for channel in _channels(color)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_AXIS = {
    "gridcolor": _GRID,
    "zeroline": False,
    "linecolor": _GRID,
    "tickcolor": _GRID,
    "automargin": True,
}
_TEMPLATE = go.layout.Template(
    layout=go.Layout(
        colorway=PALETTE,
        font={"family": _FONT, "size": FONT_SIZE, "color": _TEXT},
        title={
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 10},
            "font": {"size": 16},
        },
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        xaxis=_AXIS,
        yaxis=_AXIS,
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
        hoverlabel={"align": "left"},
        colorscale={"sequential": color_scale()},
    )
)
