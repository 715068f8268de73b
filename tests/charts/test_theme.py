import itertools

import altair as alt
import plotly.graph_objects as go
import pytest

from lm_core.charts import theme
from lm_core.charts.large import larger

FAMILIES = [
    "bigram",
    "neural-bigram",
    "ngram",
    "mlp",
    "wavenet",
    "rnn",
    "gru",
    "lstm",
    "transformer",
    "encoder",
    "encoder-decoder",
    "mixture",
    "ensemble",
]


def test_every_family_has_a_style_no_two_alike():
    assert set(theme.FAMILIES) == set(FAMILIES)
    assert len({theme.family_style(name) for name in FAMILIES}) == len(FAMILIES)


def test_an_unlisted_family_gets_a_free_style_that_stays():
    style = theme.family_style("a family of tomorrow")
    assert style == theme.family_style("a family of tomorrow")
    assert style not in theme.FAMILIES.values()


def test_series_differ_in_colour_and_in_dash():
    assert theme.SERIES["training"] == theme.Style("#0072B2", "solid")
    assert theme.SERIES["validation"] == theme.Style("#D55E00", "dash")
    for one, other in itertools.combinations(theme.SERIES.values(), 2):
        assert one.color != other.color
        assert one.pattern != other.pattern


def test_contrast_is_that_of_wcag():
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_words_of_axes_and_legends_are_legible_on_a_light_page():
    assert theme.contrast(theme.INK, theme.LIGHT_PAGE) >= 4.5
    shown = theme.inked({"config": {"axis": {"labelFontSize": 12}}})["config"]
    assert shown["axis"] == {"labelFontSize": 12, "labelColor": theme.INK, "titleColor": theme.INK}
    assert shown["legend"] == {"labelColor": theme.INK, "titleColor": theme.INK}
    bars = alt.Chart().mark_bar().configure(axis={"labelFontSize": 12}).properties(height=90)
    assert theme.configured(bars, theme.inked).config.to_dict() == shown
    large = theme.configured(bars, larger)
    assert (large.height, large.config.axis.to_dict()) == (135, {"labelFontSize": 18})
    assert (bars.height, bars.config.to_dict()["axis"]) == (90, {"labelFontSize": 12})
    layout = theme.ink_figure(go.Figure(go.Bar(x=[1], y=[2]))).layout
    assert layout.xaxis.tickfont.color == layout.yaxis.title.font.color == theme.INK
    assert layout.legend.font.color == theme.INK


@pytest.mark.parametrize("page", [theme.LIGHT_PAGE, theme.DARK_PAGE])
def test_colours_stand_out_from_either_page(page):
    assert all(theme.contrast(style.color, page) >= 3 for style in theme.SERIES.values())
    # Okabe-Ito's orange and sky blue are light by design: on white the dash and the width help.
    assert all(theme.contrast(color, page) >= 2.2 for color in theme.PALETTE)


@pytest.mark.parametrize("dark", [False, True])
def test_the_colour_scale_is_ordered_by_lightness_and_set_off_from_the_page(dark):
    colors = [color for _, color in theme.color_scale(dark)]
    page = theme.DARK_PAGE if dark else theme.LIGHT_PAGE
    steps = [theme.contrast(color, page) for color in colors]
    assert steps == sorted(steps)
    assert steps[0] > 1.1
    assert steps[-1] > 10


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_on_the_colour_scale_are_legible(dark):
    for i in range(101):
        color = theme.scale_color(i / 100, dark)
        assert theme.contrast(theme.ink(color), color) >= 4.5


def test_scale_colours_meet_the_anchors():
    assert [theme.scale_color(share) for share, _ in theme.color_scale()] == [
        color for _, color in theme.color_scale()
    ]


def test_a_figure_sets_no_colours_that_hide_the_pages_own():
    figure = theme.style_figure(go.Figure(), title="t", x="step", y="nats", height=300)
    layout = figure.layout.to_plotly_json()
    layout.pop("template")
    assert "#" not in str(layout)
    assert "width" not in layout
    assert figure.layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
    config = str(theme.altair_config())
    assert not any(word in config for word in ("#", "Color", "background", "width"))
