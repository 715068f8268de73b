"""A loss over the learning rate."""

import pytest

from lm_core.charts.rates import by_rate

LOSSES = {"Full": {0.001: (1.5, 1.6), 0.01: (1.9,)}, "<b>LoRA": {0.01: (1.4, 1.45), 0.1: (1.7,)}}


def test_lines_points_sentence_and_table_say_the_same() -> None:
    chart = by_rate(LOSSES, title="Loss", unit="nats", before=2.0)
    lines = [trace for trace in chart.figure.data if trace.mode == "lines"]
    assert [list(line.y) for line in lines] == [[1.55, 1.9], [pytest.approx(1.425), 1.7]]
    points = [trace for trace in chart.figure.data if trace.mode == "markers"]
    assert [len(one.x) for one in points] == [3, 3]
    assert "Full 1.55 at a rate of 0.001" in chart.alt
    assert "All began at 2." in chart.alt
    assert list(chart.table["seeds"]) == [2, 1, 2, 1]
    assert {line.line.dash for line in lines} == {"solid", "dash"}


def test_names_are_no_markup() -> None:
    chart = by_rate(LOSSES, title="Loss", unit="nats")
    assert all("<b>LoRA" not in (trace.name or "") for trace in chart.figure.data)
    assert "All began" not in chart.alt
