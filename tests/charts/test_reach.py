"""How far back a guess had to look, in bars and in a sentence."""

from lm_core.charts.reach import reach_bars


def test_a_bar_for_each_length_and_where_the_rest_adds_nothing() -> None:
    chart = reach_bars([(1, 0.02), (2, 0.5), (4, 0.1), (8, 0.52), (14, 0.55)], " be")
    assert list(chart.figure.layout.yaxis.ticktext) == [
        "the last token", "the last 2", "the last 4", "the last 8", "all 14 seen",
    ]  # fmt: skip
    assert list(chart.figure.data[0].x) == [0.02, 0.5, 0.1, 0.52, 0.55]
    # The last 2 gave nearly as much, but the last 4 did not.
    assert chart.alt == (
        "·be has 55 % after all 14 tokens, and 2 % after the last one alone; within a tenth of it "
        "from the last 8 tokens on."
    )
    assert list(chart.table["tokens seen"]) == [1, 2, 4, 8, 14]


def test_a_single_token_before_is_all_there_is() -> None:
    assert reach_bars([(1, 0.25)], "a").alt == "a has 25 % after all 1 token."
