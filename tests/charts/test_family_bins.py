"""Models over the same bins, how sure they are, and where two of them differ: what is drawn is what
was given, and the sentence says the same."""

import math

import pytest

from lm_core.charts.family_bins import Bins, calibration_lines, family_bins, token_difference

GRU = Bins("GRU", "gru", ("1", "2", "3 to 9"), (2.0, 1.5, 1.75), (10, 20, 5))
NGRAM = Bins("N-gram", "ngram", ("1", "2"), (2.5, 1.0), (10, 20))


def test_each_model_has_a_line_and_a_place_in_the_sentence() -> None:
    chart = family_bins([NGRAM, GRU], title="Surprise by place", of="place", unit="nats per token")
    lines = {line.name: (list(line.x), list(line.y)) for line in chart.figure.data}
    assert lines == {
        "GRU": (["1", "2", "3 to 9"], [2.0, 1.5, 1.75]),
        "N-gram": (["1", "2"], [2.5, 1.0]),
    }
    assert list(chart.figure.layout.xaxis.categoryarray) == ["1", "2", "3 to 9"]
    assert "GRU from 1.50 (2) to 2.00 (1)" in chart.alt
    assert list(chart.table["tokens"]) == [10, 20, 10, 20, 5]
    assert chart.figure.layout.xaxis.title.text == "place"
    empty = family_bins([], title="t", of="o", unit="u")
    assert "nothing was measured" in empty.alt
    assert len(empty.table) == 0


def test_the_diagonal_is_drawn_and_the_error_said() -> None:
    chart = calibration_lines({"GRU": ("gru", [(0.25, 0.5, 4), (0.75, 0.75, 8)], 0.083)})
    diagonal, line = chart.figure.data
    assert (list(diagonal.x), list(diagonal.y)) == ([0, 1], [0, 1])
    assert (list(line.x), list(line.y)) == ([0.25, 0.75], [0.5, 0.75])
    assert "GRU 8.3 %" in chart.alt
    assert list(chart.table["tokens"]) == [4, 8]


def test_a_difference_is_the_second_minus_the_first() -> None:
    chart = token_difference(["a", "a", "\n"], {"One": [1.0, 2.0, 0.5], "Other": [1.5, 0.0, 0.5]})
    assert list(chart.figure.data[0].y) == [0.5, -2.0, 0.0]
    assert len(set(chart.table["token"])) == 3
    assert "One 3.50 nats, Other 2.00" in chart.alt
    assert "by 2.00 nats" in chart.alt
    nothing = token_difference([], {"One": [], "Other": []})
    assert "0.00" in nothing.alt


@pytest.mark.parametrize("token", ["<b>", "$5", "*a"])
def test_tokens_of_others_are_text(token: str) -> None:
    chart = token_difference([token], {"<i>": [1.0], "Other": [math.inf]})
    assert "<" not in str(chart.figure.data[0].x[0]).replace("&lt;", "")
    assert "<i>" not in chart.figure.layout.title.text
