"""Small matrices with their numbers."""

import numpy as np
import pytest

from lm_core.charts.matrices import height_of, matrix, signed_color, signed_scale, written
from lm_core.charts.theme import contrast, ink
from lm_core.figures import MISSING

WORDS = ["the₁", "cat"]


def texts(chart) -> list[str]:
    return [one.text for one in chart.figure.layout.annotations]


def test_every_number_is_in_its_cell_and_in_the_table() -> None:
    values = np.array([[1.234, -0.5, 12.34], [0.0, -0.001, 456.7]])
    chart = matrix(values, WORDS, ["1", "2", "3"], title="Queries q")
    assert texts(chart) == ["1.23", "-0.50", "12.3", "0.00", "0.00", "457"]
    heat = chart.figure.data[0]
    assert (heat.zmin, heat.zmax) == (-456.7, 456.7)  # zero in the middle
    assert chart.table.columns.tolist() == ["row", "1", "2", "3"]
    np.testing.assert_array_equal(chart.table[["1", "2", "3"]], values)
    assert "the largest is 457 (cat, 3)" in chart.alt
    assert "smallest -0.50 (the₁, 2)" in chart.alt
    assert chart.figure.layout.title.text == "Queries q"


def test_what_is_masked_is_blank_and_says_so() -> None:
    chart = matrix(
        np.array([[0.5, -np.inf], [np.nan, -1.0]]), WORDS, WORDS, title="Scores", x="at", y="looks"
    )
    assert texts(chart) == ["0.50", "−∞", "-1.00"]
    assert np.isnan(chart.figure.data[0].z).sum() == 2
    assert chart.table.columns.tolist() == ["looks", *WORDS]
    assert np.isneginf(chart.table["cat"][0])


def test_shares_are_on_the_scale_of_attention() -> None:
    chart = matrix(np.array([[1.0, 0.0], [0.25, 0.75]]), WORDS, WORDS, title="W", shares=True)
    assert texts(chart) == ["1.0", ".00", ".25", ".75"]
    assert (chart.figure.data[0].zmin, chart.figure.data[0].zmax) == (0, 1)


def test_a_large_one_has_a_bar_and_few_names() -> None:
    chart = matrix(np.ones((3, 128)), list("abc"), list(map(str, range(128))), title="Stream")
    assert not texts(chart)
    assert chart.figure.data[0].showscale
    assert len(chart.figure.layout.xaxis.tickvals) == 8
    assert chart.table.shape == (3, 129)


def test_names_are_text_and_no_two_are_alike() -> None:
    chart = matrix(np.eye(2), ["<b>x</b>", "row"], ["row", "row"], title="<i>A</i>")
    assert chart.figure.layout.title.text == "&lt;i&gt;A&lt;/i&gt;"
    assert chart.figure.layout.yaxis.ticktext[0].startswith("&lt;b")
    assert "<b>" not in chart.figure.data[0].customdata[0][0]
    assert chart.table.columns.is_unique


def test_of_nothing_there_is_nothing_to_say() -> None:
    assert "still empty" in matrix(np.empty((0, 0)), [], [], title="A").alt
    assert "still empty" in matrix(np.full((1, 1), np.nan), ["a"], ["b"], title="A").alt
    assert matrix(np.zeros((1, 1)), ["a"], ["b"], title="A").figure.data[0].zmax == 1
    with pytest.raises(ValueError, match="1 x 2 names"):
        matrix(np.eye(2), ["a"], ["b", "c"], title="A")


def test_rows_ask_for_room() -> None:
    assert height_of(6) > height_of(5)
    assert height_of(5, titled=True) > height_of(5)
    figure = matrix(np.eye(2), WORDS, WORDS, title="A", height=300).figure
    assert figure.layout.height == 300


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_can_be_read_on_every_colour(dark: bool) -> None:
    ends = [color for _, color in signed_scale(dark)]
    assert [signed_color(share, dark) for share in (0, 0.25, 0.5, 0.75, 1)] == ends
    for share in np.linspace(0, 1, 41):
        color = signed_color(share, dark)
        assert contrast(ink(color), color) >= 4.5


def test_numbers_are_short() -> None:
    assert [written(v) for v in (float("nan"), np.inf, -np.inf, 99.96, -123456.0)] == [
        MISSING,
        "∞",
        "−∞",
        "100.0",
        "-123000",
    ]


def test_whole_numbers_are_written_so() -> None:
    values = np.array([[3.0, 12.0], [178.0, np.nan]])
    chart = matrix(values, ["a", "b"], ["1", "2"], title="T")
    assert [one.text for one in chart.figure.layout.annotations] == ["3.00", "12.0", "178"]
    chart = matrix(values, ["a", "b"], ["1", "2"], title="T", whole=True)
    assert [one.text for one in chart.figure.layout.annotations] == ["3", "12", "178"]
    assert "the largest is 178 (b, 1), the smallest 3 (a, 1)" in chart.alt
    chart = matrix(values[:1], ["a"], ["1", "2"], title="T", whole=True)
    assert chart.table.iloc[0, 1:].tolist() == [3, 12]
    assert set(map(str, chart.table.dtypes.iloc[1:])) == {"int64"}
