import numpy as np
import pytest

from lm_core.charts.split_lengths import KINDS, lengths_by_split

LENGTHS = {"train": [2, 3, 3, 4] * 50, "validation": [3, 5, 5], "test": []}


def test_a_histogram_gives_each_split_shares_of_its_own():
    chart = lengths_by_split(LENGTHS, "words", what="texts")
    assert chart.table["train (share of 1)"].tolist() == [0.25, 0.5, 0.25, 0.0]
    assert chart.table["validation (share of 1)"].tolist() == [
        0.0,
        pytest.approx(1 / 3),
        0.0,
        pytest.approx(2 / 3),
    ]
    assert chart.alt == (
        "Length of texts in each split, in words: train 200 texts, median 3, 95 % up to 4; "
        "validation 3 texts, median 5, 95 % up to 5."
    )
    assert len({trace.line.dash for trace in chart.figure.data}) == 2  # a second cue


@pytest.mark.parametrize("kind", KINDS[1:])
def test_boxes_and_violins_have_the_quantiles_as_their_table(kind):
    chart = lengths_by_split(LENGTHS, "words", kind=kind)
    assert chart.table["split"].tolist() == ["train", "validation"]
    middle = chart.table["50 % are at most"].tolist()
    assert middle == [np.median(LENGTHS["train"]), 5.0]
    assert len(chart.figure.data) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_said_to_be_empty(kind):
    assert "empty" in lengths_by_split({"train": []}, "words", kind=kind).alt


def test_the_longest_are_in_the_last_bar():
    chart = lengths_by_split({"train": [*range(100), 10_000]}, "words")
    assert chart.table["train (share of 1)"].sum() == pytest.approx(1)
    assert chart.table["below"].max() <= 110
