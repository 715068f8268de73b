import pytest

from lm_core.charts.contributions import MOST, contribution_bars, signed


def test_every_part_has_a_bar_and_the_words_say_which_matter():
    chart = contribution_bars(
        ["embedding", "layer 1 head 1", "layer 1 MLP"], [0.5, -1.25, 3.0], token="the"
    )
    (bars,) = chart.figure.data
    assert list(bars.x) == [0.5, -1.25, 3.0]
    assert list(bars.text) == ["+0.50", "−1.25", "+3.00"]
    assert chart.table["adds to the logit"].tolist() == [0.5, -1.25, 3.0]
    assert chart.alt == (
        "What adds to the logit of “the”: 2.25 in all; most from layer 1 MLP (+3.00), and layer 1 "
        "head 1 takes off most (−1.25)."
    )
    low, high = chart.figure.layout.xaxis.range
    assert low < -1.25
    assert high > 3.0


def test_of_many_the_small_ones_share_a_bar_and_nothing_is_lost():
    values = [float(i) for i in range(30)]
    chart = contribution_bars([f"part {i}" for i in range(30)], values, token="x")
    (bars,) = chart.figure.data
    assert len(bars.x) == MOST + 1
    assert sum(bars.x) == pytest.approx(sum(values))
    assert list(bars.x)[:-1] == values[-MOST:]  # the others stay in their order
    assert chart.figure.layout.yaxis.ticktext[-1] == f"{30 - MOST} others"
    assert len(chart.table) == 30


def test_a_sign_is_always_there_and_words_are_no_markup():
    assert [signed(x) for x in (1.0, -0.5, 0.0, -0.001)] == ["+1.00", "−0.50", "+0.00", "+0.00"]
    chart = contribution_bars(["<b>"], [1.0], token="<i>")
    assert "<i>" not in chart.figure.layout.title.text
    assert "nothing was measured" in contribution_bars([], [], token="x").alt
