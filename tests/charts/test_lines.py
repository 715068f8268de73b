"""Lines: the table has all points, the picture what stands out, the sentence what it was given."""

from lm_core.charts.lines import MOST, Line, line_chart, spread_chart


def test_each_line_has_a_colour_a_dash_and_its_points() -> None:
    lines = [Line("a", [1.0, 2.0], -1), Line("<b>", [3.0], 1, strong=True), Line("c", [4.0])]
    chart = line_chart(lines, title="T", x="steps", y="°C", alt="Said.", now=True, zero=True)
    assert chart.alt == "Said."
    assert [list(trace.x) for trace in chart.figure.data] == [[-1, 0], [1], [0]]
    looks = {(trace.line.color, trace.line.dash) for trace in chart.figure.data}
    assert len(looks) == 3
    assert "<b>" not in chart.figure.data[1].name
    assert list(chart.table["°C"]) == [1.0, 2.0, 3.0, 4.0]


def test_of_a_long_line_what_stands_out_is_drawn_and_all_is_in_the_table() -> None:
    values = [0.0] * 50_000
    values[12_345] = 9.0
    chart = line_chart([Line("a", values)], title="T", x="x", y="y", alt="Said.", log=True)
    assert len(chart.figure.data[0].y) <= MOST
    assert max(chart.figure.data[0].y) == 9.0
    assert len(chart.table) == 50_000


def test_nothing_to_draw_is_no_fault() -> None:
    assert line_chart([], title="T", x="x", y="y", alt="Empty.").table.empty
    assert "none yet" in spread_chart([], title="Left over", x="°C").alt


def test_how_often_errors_are() -> None:
    chart = spread_chart([-1.0, 0.0, 1.0, 1.0], title="Left over", x="°C", bins=2)
    assert list(chart.table["how many"]) == [1, 3]
    assert "4 of them, on average 0.25" in chart.alt
