"""Lines over a setting and the chosen point."""

import math

from lm_core.charts.marked_lines import Line, Mark, marked_lines

LINES = [Line("one", [1, 2, 3], [3.0, 2.0, 2.5]), Line("two", [1, 2, 3], [3.0, math.inf, 4.0])]
AXES = {"title": "Loss", "x": "order (tokens)", "y": "nats per character"}


def test_it_draws_what_was_measured_and_marks_what_is_chosen() -> None:
    chart = marked_lines(LINES, marks=[Mark("one", 2, "order 2: 2.00")], **AXES)
    one, two, mark = chart.figure.data
    assert list(one.y) == [3.0, 2.0, 2.5]
    assert list(two.y) == [3.0, None, 4.0]
    assert (list(mark.x), list(mark.y)) == ([2], [2.0])
    assert one.line.dash != two.line.dash
    assert chart.alt == (
        "Loss. one is lowest at 2 (2.00); two is lowest at 1 (3.00), infinite at 1 others. "
        "Chosen: one, order 2: 2.00."
    )
    assert chart.table["nats per character"].tolist() == [3.0, 2.0, 2.5, 3.0, math.inf, 4.0]


def test_a_point_that_is_infinite_is_said_and_not_drawn() -> None:
    chart = marked_lines(LINES, marks=[Mark("two", 2, "order 2: ∞")], **AXES)
    assert len(chart.figure.data) == 2
    assert chart.alt.endswith("Chosen: two, order 2: ∞.")


def test_places_in_a_row_have_names() -> None:
    lines = [Line("add k", [0, 1], [2.0, 1.5])]
    chart = marked_lines(lines, names=["0", "<b>"], levels=[("counted", 1.0)], **AXES)
    assert list(chart.figure.layout.xaxis.ticktext) == ["0", "<b>"]
    assert chart.table[AXES["x"]].tolist() == ["0", "<b>"]
    assert "counted: 1.00" in chart.alt


def test_of_nothing_it_says_so() -> None:
    assert "empty" in marked_lines([], **AXES).alt
