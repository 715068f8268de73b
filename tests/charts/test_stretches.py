"""Stretches of a line, and the number on it."""

from lm_core.charts.stretches import stretch_line


def test_the_stretches_are_the_probabilities_and_the_number_lies_in_one() -> None:
    chart = stretch_line(["a", "<b>", "c"], [0.5, 0.0, 0.5], number=0.7)
    *bars, mark = chart.figure.data
    assert [bar.x[0] for bar in bars] == [0.5, 0.5]
    assert list(mark.x) == [0.7]
    assert chart.table["to"].tolist() == [0.5, 0.5, 1.0]
    assert chart.alt.endswith("The number 0.7000 lies in that of c, 0.5000 to 1.0000.")


def test_without_a_number_and_of_nothing() -> None:
    assert stretch_line(["a"], [1.0]).alt == "The longest stretch is that of a (100 %)."
    assert "empty" in stretch_line([], []).alt
