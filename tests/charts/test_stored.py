"""Stored runs by length: every length has its bar, and the words agree with the numbers."""

from lm_core.charts.stored import stored_bars


def test_each_length_has_a_bar_in_the_order_given() -> None:
    chart = stored_bars([("single tokens", 27), ("runs of 2", 640), ("runs of 3", 5_000)])
    (bars,) = chart.figure.data
    assert list(bars.x) == [27, 640, 5_000]
    assert list(bars.text) == ["27", "640", "5,000"]
    assert list(chart.figure.layout.yaxis.ticktext) == ["single tokens", "runs of 2", "runs of 3"]
    assert chart.title == "Different runs met: 5.67 k"
    assert chart.alt == (
        "5,667 different runs of 3 lengths are stored, most of them runs of 3 (5,000)."
    )


def test_nothing_stored_says_so() -> None:
    assert "nothing is stored" in stored_bars([]).alt
