"""Pixels with their numbers, histograms of levels, cells of 0 and 1."""

import numpy as np
import pytest

from lm_core.charts.pixels import cells, crop, level_histogram


@pytest.mark.parametrize("colours", [False, True])
def test_a_crop_has_every_number_in_its_own_colour(colours: bool) -> None:
    levels = np.arange(12.0).reshape(3, 4) * 20
    if colours:
        levels = np.stack([levels, levels[::-1], levels * 0], axis=-1)
    chart = crop(levels, row=6, column=11, top=5, left=10, title="Before")
    assert len(chart.figure.layout.annotations) == 12
    *fills, frame = chart.figure.layout.shapes
    assert len(fills) == 12
    assert fills[0].fillcolor == ("#00A000" if colours else "#000000")
    assert (frame.x0, frame.y0) == (10.5, 5.5)
    assert list(chart.table["row"]) == [5] * 4 + [6] * 4 + [7] * 4
    value = "100, 100, 0" if colours else "100"
    assert f"row 6, column 11 has {value};" in chart.alt
    assert len(chart.table.columns) == (5 if colours else 3)


def test_a_histogram_is_told_in_words() -> None:
    before, after = [0] * 256, [0] * 256
    before[10] = before[20] = 50
    after[255] = 100
    chart = level_histogram(before, after, marked=15)
    assert chart.alt == (
        "How many pixels have each level: before, 2 levels from 10 to 20, 15 on average; after, 1 "
        "level from 255 to 255, 255 on average; the threshold is 15."
    )
    assert chart.table["pixels after"].sum() == 100
    assert "no pixel" in level_histogram([0] * 256, after).alt


def test_a_wrong_guess_has_a_cross() -> None:
    chart = cells([[1, 0], [0, 1]], title="Result", chosen=(0, 1), guessed=[[1, 1], [0, 1]])
    said = [note.text for note in chart.figure.layout.annotations]
    assert said == ["1", "0 ✗", "0", "1"]
    assert chart.alt == "Result: 2 of 4 cells are 1. The guess is another in 1 of them."
    assert cells([[1]], title="Result", chosen=(0, 0)).alt == "Result: 1 of 1 cells are 1."
