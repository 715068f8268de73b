import json

import numpy as np

from lm_core.charts.live_bars import live_token_bars
from lm_core.charts.shares import ROOM


def rows(chart) -> list[dict]:
    """What is drawn, a dictionary a place, from the top down."""
    (data,) = chart.figure.to_dict()["datasets"].values()
    return data


def frame(chart) -> str:
    """The specification without its data."""
    spec = chart.figure.to_dict()
    spec.pop("datasets")
    return json.dumps(spec).replace(str(spec["data"]["name"]), "") if "data" in spec else ""


def test_the_likeliest_is_on_top_and_empty_places_have_no_words():
    drawn = rows(live_token_bars(["our", "the"], [0.17, 0.52], places=4))
    assert [row["token"].strip() for row in drawn] == ["the", "our", "", ""]
    assert [row["text"] for row in drawn] == ["52 %", "17 %", "", ""]
    assert len({row["token"] for row in drawn}) == 4  # a place each


def test_nothing_but_the_data_changes_between_two_redraws():
    one = live_token_bars(["our", "the"], [0.17, 0.52])
    other = live_token_bars(list("abcdefghij"), [0.1] * 10)
    assert frame(one) == frame(other) != ""


def test_the_axis_stands_still_from_0_to_100_percent_and_leaves_room_for_the_numbers():
    for p in (0.01, 0.6, 1.0):
        bars = live_token_bars(["x"], [p]).figure.to_dict()["layer"][0]
        x = bars["encoding"]["x"]
        assert x["scale"] == {"domain": [0, ROOM], "nice": False}
        assert x["axis"]["values"] == [0, 0.25, 0.5, 0.75, 1]
        assert x["axis"]["labelExpr"] == "round(100 * datum.value) + ' %'"


def test_the_table_and_the_sentence_are_the_data():
    chart = live_token_bars(["our", "the", "a"], [0.17, 0.52, 0.06], places=2)
    assert chart.table["token"].tolist() == ["the", "our"]
    assert chart.table["probability (share of 1)"].tolist() == [0.52, 0.17]
    assert chart.alt == "Likeliest next token: the (52 %); then our (17 %)."


def test_tokens_that_look_alike_keep_a_bar_each():
    long = "a very long token indeed"
    drawn = rows(live_token_bars(["x", "x", long, f"a very longer {long}"], [0.4, 0.3, 0.2, 0.1]))
    assert len({row["token"] for row in drawn}) == 8
    assert [row["whole"] for row in drawn[:2]] == ["x₁", "x₂"]


def test_nothing_and_no_number_are_charts():
    assert "still empty" in live_token_bars([], []).alt
    drawn = rows(live_token_bars(["x", "y"], [np.nan, 0.5]))
    assert [row["probability"] for row in drawn[:2]] == [0.5, 0.0]
