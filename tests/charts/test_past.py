"""What a guess rests on, as bars, a sentence and a table."""

import pytest

from lm_core.charts.past import MOST, share_bars, slot_bars


def test_shares_stand_from_the_latest_back_and_the_early_ones_together() -> None:
    tokens = [f"t{k}" for k in range(40)]
    shares = [(k + 1) / 820 for k in range(40)]
    chart = share_bars(tokens, shares, title="What is left", x="share of the memory")
    labels = list(chart.figure.layout.yaxis.ticktext)
    assert labels[:2] == ["t39", "t38"]
    assert labels[-1] == "25 earlier"
    assert len(labels) == MOST
    assert sum(chart.figure.data[0].x) == pytest.approx(1)
    assert list(chart.table["token"])[:2] == ["t39", "t38"]
    assert len(chart.table) == 40
    assert "the largest share is 4.9 %, of t39 (0 tokens before the last)" in chart.alt


def test_places_on_both_sides_of_nothing() -> None:
    chart = slot_bars(["a", " b", "<i>"], [0.5, -1.0, 2.5], " c")
    assert list(chart.figure.data[0].x) == [2.5, -1.0, 0.5]
    assert list(chart.figure.data[0].text) == ["+2.50 (62 %)", "-1.00 (25 %)", "+0.50 (12 %)"]
    low, high = chart.figure.layout.xaxis.range
    assert low < -1.0
    assert high > 2.5
    assert "&lt;i&gt;" in chart.figure.layout.yaxis.ticktext
    assert "made it less likely: ·b" in chart.alt
    assert list(chart.table["share of all (of 1)"]) == pytest.approx([0.625, 0.25, 0.125])


def test_nothing_was_read() -> None:
    assert "still empty" in share_bars([], [], title="t", x="x").alt
    assert "still empty" in slot_bars([], [], "a").alt
    assert list(slot_bars(["a"], [0.0], "b").table["share of all (of 1)"]) == [0.0]
