"""Tensors along a network and as cells; what is no number stands out."""

import math

import numpy as np
import pytest

from lm_core.charts.tensors import LARGEST, RED, Along, along_network, cells

WAY = (Along("embedding", 1.0), Along("up", 4e35, 3), Along("head", None, 7), Along("mask", 0.0))


def test_bad_ones_have_a_red_cross_and_all_can_be_clicked() -> None:
    chart = along_network(WAY, title="Along", unit="std", selected=1)
    good, bad = chart.figure.data
    assert [list(one) for one in good.customdata] == [[0], [3]]
    assert list(good.y) == [1.0, None]
    assert [list(one) for one in bad.customdata] == [[1], [2]]
    assert list(bad.y) == [LARGEST, 1.0]
    assert (bad.marker.color, bad.marker.symbol) == (RED, "x")
    assert len(chart.figure.layout.shapes) == 1
    assert chart.table["tensor"].tolist() == ["embedding", "up", "head", "mask"]
    assert chart.table["not finite"].tolist() == [0, 3, 7, 0]
    assert "std from 1 (embedding) to 4e+35 (up)" in chart.alt
    assert "Not finite from up on: 2 tensors" in chart.alt


def test_nothing_to_draw_is_no_trouble() -> None:
    assert along_network([], title="Along", unit="std").alt == "Along: 0 tensors."


@pytest.mark.parametrize("rows", [2, 30])
def test_cells_that_are_no_numbers_are_red_with_their_sign(rows: int) -> None:
    values = np.ones((rows, 3))
    values[0] = [math.nan, math.inf, -math.inf]
    names = [str(i) for i in range(rows)]
    chart = cells(values, names, list("abc"), title="A slice", x="C", y="token")
    over = chart.figure.data[-1]
    assert np.array_equal(~np.isnan(over.z), ~np.isfinite(values))
    assert {color for _, color in over.colorscale} == {RED}
    assert list(over.customdata[0]) == ["NaN", "∞", "−∞"]
    assert "Not finite, in red: 3 numbers." in chart.alt
    if rows == 2:
        texts = [one.text for one in chart.figure.layout.annotations]
        assert texts.count("NaN") == texts.count("∞") == texts.count("−∞") == 1
        assert texts.count("1.00") == 3


def test_cells_of_numbers_are_a_plain_matrix() -> None:
    chart = cells(np.array([[1.5, -3e9]]), [""], ["a", "b"], title="t", x="", y="")
    assert len(chart.figure.data) == 1
    assert [one.text for one in chart.figure.layout.annotations] == ["1.50", "-3.0e+09"]
