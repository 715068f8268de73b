import plotly.graph_objects as go
import pytest

from lm_core.charts import theme
from lm_core.charts.large import larger, larger_figure
from lm_core.charts.live_bars import live_token_bars


def sizes(part, name=""):
    """Every size that words have in a specification."""
    if isinstance(part, dict):
        return [size for key, value in part.items() for size in sizes(value, key)]
    if isinstance(part, list):
        return [size for value in part for size in sizes(value, name)]
    return [part] if name.endswith("ontSize") else []


def test_every_word_of_a_chart_drawn_in_place_is_larger_and_has_room():
    usual = live_token_bars(["a", "b"], [0.5, 0.5]).figure.specification()
    shown = larger(usual)
    assert sizes(usual)
    assert sizes(shown) == [1.5 * size for size in sizes(usual)]
    assert shown["height"] == 1.5 * usual["height"]
    assert shown["layer"][0]["encoding"] == larger(usual["layer"][0])["encoding"]


def test_every_word_of_a_figure_is_larger_and_the_figure_given_as_it_was():
    figure = theme.style_figure(go.Figure(go.Bar(x=[1], y=[2])), title="t", x="x", y="y", height=99)
    figure.add_annotation(text="note", font_size=10)
    shown = larger_figure(figure).layout
    assert shown.font.size == 1.5 * theme.FONT_SIZE
    assert shown.title.font.size == pytest.approx(24)
    assert shown.xaxis.tickfont.size == shown.yaxis.title.font.size == 1.5 * theme.FONT_SIZE
    assert shown.annotations[0].font.size == 15
    assert figure.layout.font.size is None
    assert figure.layout.annotations[0].font.size == 10
