import itertools

import plotly.graph_objects as go
import pytest

from lm_core.charts import theme

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
