"""Charts of the foundations: what they draw, what they say, and of nothing."""

import numpy as np
import pytest

from lm_core.charts.bin_bars import bin_bars
from lm_core.charts.class_regions import class_regions
from lm_core.charts.coverage import coverage
from lm_core.charts.function_lines import Curve, Spot, function_lines
from lm_core.charts.picked_cells import picked_cells
from lm_core.charts.shape_rows import Cell, shape_rows
from lm_core.charts.surface_paths import surface_paths
from lm_core.charts.world_population import PEOPLE, YEARS, world_population


def test_lines_with_gaps_places_and_levels() -> None:
    curves = [
        Curve("a <b>", [0, 1, 2], [1.0, np.inf, 3.0]),
        Curve("walk", [0, 1], [0, 1], faint=True),
    ]
    chart = function_lines(
        curves, title="T", x="x", y="y", spots=[Spot(1, 2, "here")], levels=[("floor", 0.5)]
    )
    walk, first, level, spots = chart.figure.data
    assert list(first.y) == [1.0, None, 3.0]
    assert first.name == "a &lt;b&gt;"
    assert not walk.showlegend
    assert list(level.x) == [0, 2]
    assert list(spots.text) == ["here"]
    assert chart.alt == ("T. a <b>: from 1 to 3, at the end 3; floor: 0.5. 1 more are drawn thin.")
    assert len(chart.table) == 5


def test_on_a_logarithmic_axis_what_is_not_above_zero_is_a_gap() -> None:
    chart = function_lines([Curve("a", [0, 1], [0.0, 1.0])], title="T", x="x", y="y", log=True)
    assert list(chart.figure.data[0].y) == [None, 1.0]
    assert (
        "nothing that can be drawn"
        in function_lines([Curve("a", [0], [np.nan])], title="T", x="x", y="y").alt
    )
    assert "empty" in function_lines([], title="T", x="x", y="y").alt


def test_bins_touch_and_are_counted() -> None:
    chart = bin_bars([0, 2, 4, 6], {"values": [4, 6, 2]}, title="T", x="x", lines=[("goal", 3)])
    assert list(chart.figure.data[0].width) == [2, 2, 2]
    assert chart.alt == "T: 3 bins from 0 to 6; the fullest, 2 to 4, holds 6 of 12."
    assert chart.table.columns.tolist() == ["x, from", "x, to", "values"]
    assert "empty" in bin_bars([0, 1], {"values": [0]}, title="T", x="x").alt


def test_shapes_stand_under_each_other() -> None:
    rows = [
        ("a", [Cell(3, "same"), Cell(4, "summed")]),
        ("b", [Cell(4, "summed"), Cell(None, "same")]),
        ("a @ b", [Cell(3, "same"), Cell(None, "clash")]),
    ]
    chart = shape_rows(rows, title="(3, 4) @ (4)")
    assert len(chart.figure.layout.shapes) == 6
    assert [note.text for note in chart.figure.layout.annotations] == ["3", "4 Σ", "4 Σ", "3", "≠"]
    assert chart.alt == "(3, 4) @ (4): a 3, 4 (summed); b 4 (summed); a @ b 3."
    assert shape_rows([("a", []), ("b", [])], title="() + ()").table.empty


@pytest.mark.parametrize("dark", [False, True])
def test_paths_from_above(dark: bool) -> None:
    x = y = np.linspace(-1, 1, 5)
    heights = x[None] ** 2 + y[:, None] ** 2
    paths = {"SGD": np.array([[1.0, 1.0], [0.5, 0.25]]), "Adam": np.array([[1, 1], [np.nan] * 2])}
    chart = surface_paths(x, y, heights, paths, lows=[(0, 0)], title="T", dark=dark)
    assert chart.alt == "T. At the end SGD is at (0.5, 0.25); Adam is at (1, 1) before it was lost."
    assert len(chart.table) == 4
    assert "empty" in surface_paths(x, y, heights, {}, title="T").alt


@pytest.mark.parametrize("dark", [False, True])
def test_points_of_two_ways_on_a_map(dark: bool) -> None:
    x, y = np.array([-4.0, -2.0]), np.array([0.85, 0.99])
    heights = np.array([[0.0, np.nan], [1.0, 10.0]])
    points = np.array([[-3.0, 0.9], [-2.0, 0.95]])
    ways = {"grid": (points, np.array([2.0, 0.5])), "random": (points, np.array([1.0, np.nan]))}
    how = {"title": "T", "names": ("rate", "momentum"), "unit": "loss", "dark": dark}
    chart = coverage(x, y, heights, ways, **how)
    chart_map, grid, random = chart.figure.data
    assert list(chart_map.x) == [1e-4, 1e-2]
    assert (list(grid.marker.size), list(random.marker.size)) == ([9, 17], [17, 9])
    assert grid.marker.symbol != random.marker.symbol
    assert chart.alt == (
        "T: grid comes down to 0.5 at 0.01 and 0.950; random comes down to 1 at 0.001 and 0.900."
    )
    assert chart.table.columns.tolist() == ["way", "rate", "momentum", "loss"]


def test_regions_and_examples() -> None:
    x = y = np.linspace(0, 1, 2)
    said = np.array([[0, 0], [0, 1]])
    points, labels = np.array([[0.1, 0.2], [0.9, 0.8]]), np.array([0, 1])
    chart = class_regions(x, y, said, points, labels, ["A", "<B>"], title="T", names=("x", "y"))
    assert chart.figure.data[2].name == "&lt;B&gt;"
    assert chart.alt == "T: A has 75 % of the plane; <B> has 25 % of the plane."
    assert chart.table["class"].tolist() == ["A", "<B>"]


def test_picked_cells_are_told() -> None:
    values = np.array([[1.73, 1.68], [65.4, 59.2]])
    chart = picked_cells(values, values < 2, title="T")
    assert chart.alt == "T: 2 of 4 picked: 1.73, 1.68."
    assert "<b>1.73</b>" in [note.text for note in chart.figure.layout.annotations]
    assert picked_cells(values, values < 0, title="T").alt == "T: 0 of 4 picked."


def test_the_population_with_each_switch() -> None:
    """The course's four figures."""
    assert dict(zip(YEARS, PEOPLE, strict=True)) == {
        1950: 2.519,
        1970: 3.692,
        1990: 5.263,
        2010: 6.972,
    }
    bare = world_population()
    assert not bare.figure.layout.xaxis.title.text
    full = world_population(
        kind="scatter", labels=True, titled=True, from_zero=True, ticks_named=True
    )
    assert full.figure.layout.title.text == "World population"
    assert list(full.figure.layout.yaxis.range) == [0, 10]
    assert full.figure.layout.yaxis.ticktext[1] == "2 bn"
    assert world_population(log=True).figure.layout.yaxis.type == "log"
    assert "2.77 times as many" in bare.alt
