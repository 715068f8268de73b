import numpy as np
import pytest

from lm_core.charts.bars import horizontal_bars, next_token_bars
from lm_core.charts.theme import BLUE, VERMILLION


def test_the_likeliest_is_on_top_and_labelled_with_its_percentage():
    chart = next_token_bars(["our", "the", "a"], [0.17, 0.52, 0.06])
    (bars,) = chart.figure.data
    assert list(bars.x) == [0.52, 0.17, 0.06]
    assert list(bars.text) == ["52 %", "17 %", "6 %"]
    assert list(chart.figure.layout.yaxis.ticktext) == ["the", "our", "a"]
    top, bottom = chart.figure.layout.yaxis.range[::-1]
    assert top < bottom  # place 0 is at the top


def test_the_table_and_the_sentence_are_the_data():
    chart = next_token_bars(["our", "the", "a"], [0.17, 0.52, 0.06], chosen=0)
    assert chart.table["token"].tolist() == ["the", "our", "a"]
    assert chart.table["probability (share of 1)"].tolist() == [0.52, 0.17, 0.06]
    assert chart.table["chosen"].tolist() == [False, True, False]
    assert chart.alt == (
        "Likeliest next token: the (52 %); least likely of the 3 shown: a (6 %); "
        "chosen: our (17 %)."
    )


def test_it_may_be_about_another_place():
    chart = next_token_bars(["our"], [0.5], title="What it expects in gap 1", what="token in gap 1")
    assert chart.title == chart.figure.layout.title.text == "What it expects in gap 1"
    assert chart.alt == "Likeliest token in gap 1: our (50 %)."


def test_the_chosen_bar_differs_in_colour_and_in_words():
    (bars,) = next_token_bars(["our", "the"], [0.17, 0.52], chosen=0).figure.data
    assert list(bars.marker.color) == [BLUE, VERMILLION]
    assert list(bars.text) == ["52 %", "17 %, chosen"]


def test_equal_tokens_and_numbers_keep_a_bar_each():
    chart = next_token_bars(["1", "1", " ", "10"], [0.4, 0.3, 0.2, 0.1])
    (bars,) = chart.figure.data
    assert list(bars.y) == [0, 1, 2, 3]
    assert list(chart.figure.layout.yaxis.ticktext) == ["1₁", "1₂", "·", "10"]


def test_a_token_is_no_markup():
    chart = next_token_bars(['<a href="x">', "&"], [0.6, 0.4])
    assert list(chart.figure.layout.yaxis.ticktext) == ['&lt;a·href="x"&gt;', "&amp;"]


def test_nothing_and_one_are_charts():
    empty = next_token_bars([], [])
    assert empty.table.empty
    assert "still empty" in empty.alt
    assert next_token_bars(["a"], [1.0]).alt == "Likeliest next token: a (100 %)."


def test_what_is_not_a_number_comes_last_without_a_bar():
    chart = next_token_bars(["x", "y", "z"], [np.nan, 0.5, np.inf])
    (bars,) = chart.figure.data
    assert list(bars.x) == [0.5, 0, 0]
    assert list(bars.text) == ["50 %", "n/a", "n/a"]
    assert np.isfinite(chart.figure.layout.xaxis.range).all()


def test_no_width_is_fixed_and_the_height_can_be():
    layout = next_token_bars(["a"], [1.0], height=222).figure.layout
    assert layout.width is None
    assert layout.height == 222


@pytest.mark.parametrize("texts", [["90,000", "7"], ["9", "a much longer text"]])
def test_there_is_room_for_the_texts(texts):
    figure = horizontal_bars(["a", "b"], [9, 7], texts, title="t", x="times")
    for value, text in zip([9, 7], texts, strict=True):
        assert figure.layout.xaxis.range[1] >= value + 9 * 0.045 * len(text)
