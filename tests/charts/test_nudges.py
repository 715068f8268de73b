"""Errors by the size of the nudge, on two axes of powers."""

from lm_core.charts.nudges import EXACT, errors_by_size


def test_each_way_is_a_line_and_the_best_size_is_told() -> None:
    chart = errors_by_size((0.1, 0.01, 0.001), {"both": (1e-2, 0.0, 1e-5), "one": (0.1, 0.2, 0.3)})
    both, one = chart.figure.data
    assert list(both.y) == [1e-2, EXACT, 1e-5]
    assert both.line.dash != one.line.dash
    assert chart.figure.layout.xaxis.type == chart.figure.layout.yaxis.type == "log"
    assert "both is best at h = 1e-02 (error 0.0e+00)" in chart.alt
    assert chart.table["one"].tolist() == [0.1, 0.2, 0.3]


def test_nothing_was_nudged() -> None:
    assert errors_by_size((), {}).alt.endswith("nothing was nudged.")
