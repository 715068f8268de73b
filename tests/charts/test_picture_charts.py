"""Grids of pictures, courses, maps of classes, points: what is drawn, said and tabled."""

import numpy as np
import pytest

from lm_core.charts.class_map import class_map
from lm_core.charts.courses import courses
from lm_core.charts.picture_grid import picture_grid
from lm_core.charts.points import points


def test_a_grid_has_every_picture_in_its_place_and_every_number_in_its_table() -> None:
    pictures = np.arange(3 * 2 * 2, dtype=float).reshape(3, 2, 2) / 12
    chart = picture_grid(pictures, ["a", "b", "a"], title="Three", columns=2)
    assert chart.table["brightness"].tolist() == pytest.approx(pictures.round(4).ravel().tolist())
    assert chart.table["picture"].nunique() == 3  # those of one name are told apart
    sheet = np.array(chart.figure.data[0].z, dtype=float)
    assert np.isfinite(sheet).sum() == pictures.size
    np.testing.assert_allclose(sheet[np.isfinite(sheet)].sum(), pictures.sum())
    assert "3 pictures of 2 × 2" in chart.alt
    assert "largest in a" in chart.alt


@pytest.mark.parametrize("how", [{"signed": True}, {"each": True}, {"dark": True, "signed": True}])
def test_a_grid_of_other_numbers(how: dict) -> None:
    chart = picture_grid(np.array([[[-2.0, 1.0]]]), ["w"], title="One", columns=8, **how)
    (trace,) = chart.figure.data
    assert trace.zmin == (-2.0 if "signed" in how else 0.0)
    assert chart.table["brightness"].tolist() == [-2.0, 1.0]


def test_empty_ones_say_so() -> None:
    assert picture_grid(np.zeros((0, 8, 8)), [], title="Grid", columns=3).alt == "Grid: none."
    assert class_map(np.zeros((0, 2)), [], [], title="Map").alt == "Map: nothing to see."
    assert "none yet" in points([], title="Points").alt
    assert "none yet" in courses([], {"a": []}, title="T", over="x", unit="y").alt


def test_a_course_tells_its_ends_and_marks_a_place() -> None:
    values = {"a": [1.0, 3.0, 2.0], "b": [0.5, float("nan"), 0.25]}
    chart = courses(
        [1, 2, 3], values, title="T", over="step", unit="nats", at=2, level=("ln 2", 0.7)
    )
    assert "a from 1 to 2, between 1 and 3" in chart.alt
    assert "marked: 2" in chart.alt
    assert list(chart.table.columns) == ["step", "a (nats)", "b (nats)"]
    assert len({trace.line.dash for trace in chart.figure.data}) == 3  # told apart without colour


def test_classes_that_lie_apart_explain_all_of_the_spread() -> None:
    places = np.array([[0, 0], [0, 0], [5, 5], [5, 5]])
    apart = class_map(places, [0, 0, 1, 1], ["cat", "dog"], title="T")
    mixed = class_map(places, [0, 1, 0, 1], ["cat", "dog"], title="T")
    assert "100 %" in apart.alt
    assert " 0 %" in mixed.alt
    assert apart.table["class"].tolist() == ["cat", "cat", "dog", "dog"]
    assert list(apart.figure.data[0].text) == ["cat", "cat", "dog", "dog"]


def test_points_beyond_the_picture_are_said() -> None:
    rows = [("real", 0.0, 1.0), ("real", 0.0, -1.0), ("made", 9.0, 0.0), ("made", 1.0, 0.0)]
    chart = points(rows, title="T", field=np.array([[0.25, 0.75]] * 2))
    assert "2 real points around (0.00, 0.00)" in chart.alt
    assert "1 of them outside" in chart.alt
    assert "D goes from 0.25 to 0.75" in chart.alt
    assert len(chart.table) == 4
    real, made = (trace.marker.symbol for trace in chart.figure.data[1:])
    assert real != made
