import numpy as np

from lm_core.charts.with_without import with_without

CALLED = ("With", "Without")


def test_each_token_has_two_bars_the_second_striped():
    chart = with_without(["neuf", "neuf"], [0.9, 1.0], [0.25, 0.0], called=CALLED, title="T")
    one, other = chart.figure.data
    assert list(one.x) == [0.9, 1.0]
    assert list(other.x) == [0.25, 0.0]
    assert (one.marker.pattern.shape, other.marker.pattern.shape) == ("", "/")
    assert chart.table.columns.tolist() == ["token", "With (share of 1)", "Without (share of 1)"]
    assert chart.table["token"].tolist() == ["neuf₁", "neuf₂"]
    assert chart.alt == "With and without: neuf₁ 90 % and 25 %; neuf₂ 100 % and 0 %."


def test_nothing_and_what_is_no_number():
    assert "still empty" in with_without([], [], [], called=CALLED, title="T").alt
    chart = with_without(["<b>"], [np.nan], [1.0], called=CALLED, title="T")
    assert list(chart.figure.data[0].x) == [0.0]
    assert chart.figure.layout.yaxis.ticktext == ("&lt;b&gt;",)
