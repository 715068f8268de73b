from lm_core.charts.guesses import guess_bars
from lm_core.charts.theme import BLUE, VERMILLION


def test_the_token_of_the_text_is_marked_where_it_is_among_the_guesses() -> None:
    chart = guess_bars(["the", "a"], [0.6, 0.2], 1, true="a", share=0.2, rank=2, room=11)
    (bars,) = chart.figure.data
    assert list(bars.x) == [0.6, 0.2]
    assert list(bars.text) == ["60 %", "20 %, in the text"]
    assert list(bars.marker.color) == [BLUE, VERMILLION]
    assert chart.table["rank"].tolist() == [1, 2]
    assert chart.table["in the text"].tolist() == [False, True]
    assert chart.alt == (
        "In the text stands a, guess number 2 with 20 %; the first guess was the (60 %)."
    )


def test_it_stands_below_them_where_it_is_not() -> None:
    chart = guess_bars(["the", "a"], [0.6, 0.2], None, true="<b>", share=0.0, rank=57, room=11)
    assert chart.table["rank"].tolist() == [1, 2, 57]
    assert chart.figure.data[0].text[-1] == "0 %, in the text"
    assert chart.figure.layout.yaxis.ticktext[-1] == "&lt;b&gt;"


def test_the_picture_keeps_its_size() -> None:
    few = guess_bars(["the"], [1.0], 0, true="the", share=1.0, rank=1, room=11).figure
    many = guess_bars(
        list("abcdefghij"), [0.1] * 10, None, true="k", share=0.0, rank=11, room=11
    ).figure
    assert few.layout.height == many.layout.height
    assert few.layout.yaxis.range == many.layout.yaxis.range == (10.5, -0.5)
