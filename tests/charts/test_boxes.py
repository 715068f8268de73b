"""Boxes on a plane, precision over recall, windows by stride, two distributions."""

import numpy as np

from lm_core.charts.boxes import Drawn, boxes_drawn, precision_recall, windows_by_stride
from lm_core.charts.frechet import two_ellipses
from lm_core.pictures.frechet import outline, two_dimensions


def test_every_box_is_drawn_and_named_once_in_the_legend() -> None:
    some = [
        Drawn(0, 0, 5, 5, "<b>", group="kept"),
        Drawn(2, 2, 9, 9, "2", group="kept", below=True),
        Drawn(1, 1, 3, 3, ""),
    ]
    chart = boxes_drawn(some, title="Boxes", width=10, height=10, alt="three of them.")
    assert [trace.showlegend for trace in chart.figure.data] == [True, False, False]
    assert [note.text for note in chart.figure.layout.annotations] == ["&lt;b&gt;", "2"]
    assert chart.alt == "Boxes: three of them."
    assert chart.table["right (pixels)"].tolist() == [5, 9, 3]
    assert tuple(chart.figure.layout.yaxis.range) == (10, 0)  # downwards
    assert boxes_drawn([], title="Boxes", width=1, height=1, alt="none.").table.empty


def test_precision_over_recall() -> None:
    points = [(0.5, 1.0), (0.5, 0.6), (1.0, 0.6)]
    chart = precision_recall([0.5, 0.5, 1.0], [1.0, 0.5, 0.6], points, area=0.8, label="<i>")
    assert "after 3 predictions recall is 1.000 and precision 0.600" in chart.alt
    assert "&lt;i&gt;" in chart.figure.layout.title.text
    area, curve = chart.figure.data
    assert np.trapezoid(area.y, area.x) == 0.8
    assert list(curve.y) == [1.0, 0.5, 0.6]
    assert "still empty" in precision_recall([], [], [], area=0.0, label="cat").alt


def test_windows_by_stride() -> None:
    chart = windows_by_stride([1, 2, 4], [1000, 250, 0], formula=2000, chosen=2)
    assert chart.alt.endswith("1,000 at a stride of 1, 0 at one of 4; the formula gives 2,000.")
    assert list(chart.table["windows"]) == [1000, 250, 0]


def test_two_ellipses() -> None:
    two = two_dimensions(0, 0, 1, 1, 0), two_dimensions(3, 4, 1, 1, 0)
    lines = [[outline(one, reach=k) for k in (1.0, 2.0)] for one in two]
    chart = two_ellipses(lines, ["real", "made"], squared=25.0)
    assert (
        chart.alt == "Two distributions of features: their middles are 5.00 apart; d² is 25.0000."
    )
    assert len(chart.table) == 4 * 73
    assert sum(bool(trace.showlegend) for trace in chart.figure.data) == 2
