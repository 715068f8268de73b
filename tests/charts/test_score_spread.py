"""The variance of scores, and the bars of a sharpened softmax."""

import pytest

from lm_core.charts.score_spread import softmax_bars, variances


def test_variances_are_drawn_before_and_after() -> None:
    chart = variances([1, 4, 16], [1.0, 4.1, 15.8], [1.0, 1.02, 0.99], chosen=4)
    raw, scaled = chart.figure.data
    assert list(raw.y) == [1.0, 4.1, 15.8]
    assert list(scaled.y) == [1.0, 1.02, 0.99]
    assert raw.line.dash != scaled.line.dash
    assert raw.marker.size[1] > raw.marker.size[0]
    assert chart.table.shape == (3, 3)
    assert "grows from 1.00 at D = 1 to 15.8 at D = 16" in chart.alt
    assert "between 0.99 and 1.02" in chart.alt
    assert "still empty" in variances([], [], []).alt


def test_bars_of_a_softmax_say_who_gets_most() -> None:
    chart = softmax_bars(["a", "b", "a"], [0.1, 0.5, -1], [0.2, 0.7, 0.1], 8)
    assert chart.title == "Softmax of 8 times the scores"
    assert "b gets most, 70 %" in chart.alt
    assert chart.table["token"].tolist() == ["a₁", "b", "a₂"]
    assert chart.table["weight (share of 1)"].sum() == pytest.approx(1)
    assert "still empty" in softmax_bars([], [], [], 1).alt
