"""Curves and points in a plane."""

import math

from lm_core.charts.plane import Curve, Point, plane


def test_curves_differ_in_more_than_colour_and_points_are_in_the_table() -> None:
    chart = plane(
        [Curve("f", [0, 1], [2, math.inf]), Curve("its <slope>", [0, 1], [1, 1])],
        [Point(0, 2, "P"), Point(1, 3)],
        title="A plane",
        x="x",
        y="y",
        says="two curves.",
        path=True,
    )
    f, slope, points = chart.figure.data
    assert f.y == (2, None)
    assert f.line.dash != slope.line.dash
    assert slope.name == "its &lt;slope&gt;"
    assert points.marker.size == (6, 13)
    assert chart.alt == "A plane: two curves."
    assert chart.table["curve or point"].tolist() == [
        "f",
        "f",
        "its <slope>",
        "its <slope>",
        "P",
        "point 2",
    ]
