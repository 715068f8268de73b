"""Bars of a loss stand in the order that is given, and what is withheld has none."""

import math

from lm_core.charts.loss_bars import WITHHELD, loss_bars


def test_the_order_is_the_one_given_and_what_is_withheld_says_so() -> None:
    chart = loss_bars(
        ["bpe-2048", "char", "word-5000"],
        ["Byte pairs", "Characters", "Words"],
        [2.13, 2.5, None],
        title="Bits",
        unit="bits per byte",
    )
    (bar,) = chart.figure.data
    assert list(bar.x) == [2.13, 2.5, 0.0]
    assert list(bar.text) == ["2.13", "2.5", WITHHELD]
    assert len(set(bar.marker.color)) == 3
    assert "from the top down: Byte pairs 2.13, Characters 2.5, Words withheld." in chart.alt
    assert chart.table["tokenizer"].tolist() == ["Byte pairs", "Characters", "Words"]
    assert math.isnan(chart.table["bits per byte"].iloc[2])


def test_nothing_is_an_empty_picture() -> None:
    assert loss_bars([], [], [], title="Bits", unit="bits").alt == "Bits, empty."
