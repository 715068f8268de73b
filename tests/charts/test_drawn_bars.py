"""What was possible in one draw: both probabilities of each token, and which one was drawn."""

from lm_core.charts.drawn_bars import Possible, drawn_bars
from lm_core.charts.live_bars import live_token_bars

ROWS = [Possible(" the", 0.5, 0.75), Possible("\n", 0.2, 0.25), Possible("a", 0.01, 0.0)]
TITLE = "What else was possible"


def rows(chart) -> list[dict]:
    (data,) = chart.figure.to_dict()["datasets"].values()
    return data


def test_a_bar_for_the_draw_a_line_for_the_model_and_the_drawn_one_marked_twice() -> None:
    drawn = rows(drawn_bars(ROWS, 1, title=TITLE, places=4))
    assert [row["text"] for row in drawn] == ["75 %", "25 %, drawn", "ruled out", ""]
    assert [(row["own"], row["drawn"]) for row in drawn[:3]] == [
        (0.5, 0.75),
        (0.2, 0.25),
        (0.01, 0),
    ]
    assert len({drawn[0]["color"], drawn[1]["color"]}) == 2
    assert [row["shown"] for row in drawn] == [1, 1, 1, 0]
    assert len({row["token"] for row in drawn}) == 4


def test_the_sentence_and_the_table_say_the_same() -> None:
    chart = drawn_bars(ROWS, 1, title=TITLE)
    assert chart.alt == (
        "·the 50 % by the model alone and 75 % in the draw; ⏎ 20 % by the model alone and 25 % in "
        "the draw; a 1 % by the model alone and ruled out in the draw. Drawn: ⏎."
    )
    assert list(chart.table["drawn"]) == [False, True, False]
    assert list(chart.table["in the draw (share of 1)"]) == [0.75, 0.25, 0.0]


def test_it_stands_in_the_room_of_the_bars_of_what_comes_next() -> None:
    other = live_token_bars(["a"], [1.0], places=8).figure.to_dict()
    assert drawn_bars(ROWS, 0, title=TITLE).figure.to_dict()["height"] == other["height"]


def test_nothing_was_possible() -> None:
    assert "nothing has been written" in drawn_bars([], None, title=TITLE).alt
