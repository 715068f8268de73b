import math

import pytest

from lm_core.charts.along import MEAN, Along, X, Y, surprise_along


def line(label: str = "LSTM", family: str = "lstm", nats: tuple = (4.0, 2.0, 3.0, 1.0)) -> Along:
    return Along(label, family, tuple("abcd")[: len(nats)], (1, 2, 3, 4)[: len(nats)], nats)


def test_a_dot_a_token_and_the_mean_of_all_up_to_it() -> None:
    chart = surprise_along([line()])
    dots, means = chart.figure.data
    assert list(dots.y) == [4, 2, 3, 1]
    assert list(means.y) == [4, 3, 3, 2.5]
    assert chart.table[[X, Y, MEAN]].iloc[-1].tolist() == [4, 1, 2.5]
    assert chart.alt == (
        "Surprise along the text. LSTM: 3.00 nats per token in the first half, 2.00 in the second, "
        "2.50 over all."
    )


def test_two_of_a_family_are_told_apart() -> None:
    figure = surprise_along([line("one"), line("other")]).figure
    first, second = (trace.line for trace in figure.data if trace.mode == "lines")
    assert first.color != second.color
    assert first.dash != second.dash


def test_what_was_impossible_has_no_dot_and_is_said() -> None:
    chart = surprise_along([line(nats=(1.0, math.inf, 1.0))])
    dots, means = chart.figure.data
    assert list(dots.y) == [1, None, 1]
    assert list(means.y) == [1, None, None]
    assert "∞ over all" in chart.alt


@pytest.mark.parametrize("models", [[], [line(nats=())]])
def test_nothing_is_a_chart(models: list[Along]) -> None:
    chart = surprise_along(models)
    assert "empty" in chart.alt
    assert chart.table.empty


def test_one_token_and_markup_in_a_label() -> None:
    chart = surprise_along([line("<b>x</b>", nats=(2.0,))])
    assert chart.figure.data[1].name == "&lt;b&gt;x&lt;/b&gt;, mean so far"
    assert "2.00 over all" in chart.alt
