import math

import pytest

from lm_core.charts.places import MOST, alike_lines, turned_pair


def test_a_line_a_head_and_what_is_left_of_a_look():
    lines = {"head 1": [1, 0.5, 0.25, 0.125], "head 2": [1, 0.9, 0.8, 0.7]}
    chart = alike_lines(lines, y="factor", title="How alike")
    assert [list(trace.y) for trace in chart.figure.data] == list(lines.values())
    assert len({(t.line.color, t.line.dash) for t in chart.figure.data}) == 2
    assert len(chart.table) == 8
    assert chart.alt == (
        "How alike: head 1 1.00 at the same place, 0.50 one token apart and 0.25 at 2 apart; "
        "head 2 1.00 at the same place, 0.90 one token apart and 0.80 at 2 apart."
    )
    assert chart.figure.layout.showlegend
    many = {f"head {i}": [1.0] for i in range(MOST + 3)}
    assert len(alike_lines(many, y="factor", title="x").figure.data) == MOST
    assert "no distance" in alike_lines({}, y="factor", title="x").alt


def test_a_turned_pair_stays_on_its_circle():
    before, angle = (3.0, 4.0), math.radians(30)
    after = (
        before[0] * math.cos(angle) - before[1] * math.sin(angle),
        before[1] * math.cos(angle) + before[0] * math.sin(angle),
    )
    chart = turned_pair(before, after, pair=0, place=5, degrees=30)
    circle, first, second = chart.figure.data
    assert [math.hypot(x, y) for x, y in zip(circle.x, circle.y, strict=True)] == pytest.approx(
        [5.0] * len(circle.x)
    )
    assert (first.x[1], first.y[1]) == before
    assert math.hypot(second.x[1], second.y[1]) == pytest.approx(5)
    assert chart.title == "Pair 1, turned by 30°"
    assert "of length 5.000 both times" in chart.alt
    assert first.line.dash != second.line.dash
