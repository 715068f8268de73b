import numpy as np
import pandas as pd
import pytest

from lm_core.charts.text import length_histogram, most_frequent, rank_frequency, split_sizes


def test_few_lengths_have_a_bar_each():
    chart = length_histogram([3, 3, 5, 2, 3], "letters", what="names")
    assert list(chart.table.columns) == ["from (letters)", "to (letters)", "number of names"]
    assert chart.table.to_numpy().tolist() == [[2, 2, 1], [3, 3, 3], [4, 4, 0], [5, 5, 1]]
    assert chart.alt == "5 names, 2 to 5 letters long, median 3; most often 3 (3)."
    assert list(chart.figure.data[0].y) == [1, 3, 0, 1]


def test_many_lengths_are_grouped_in_round_steps_and_none_is_lost():
    lengths = np.random.default_rng(0).integers(120, 9_000, 500)
    table = length_histogram(lengths, "words").table
    assert (table["to (words)"] - table["from (words)"]).unique().tolist() == [499]
    assert table["from (words)"][0] == 0
    assert table["number of items"].sum() == 500
    inside = ((lengths >= 500) & (lengths < 1000)).sum()
    assert table["number of items"][1] == inside


def test_lengths_that_are_no_numbers_are_left_out():
    assert length_histogram([1, np.nan, np.inf], "letters").table["number of items"].sum() == 1


def test_rank_frequency_recovers_the_law_it_was_given():
    counts = 1e9 / np.arange(1, 5_001) ** 1.1
    chart = rank_frequency(np.random.default_rng(0).permutation(counts))
    table = chart.table
    assert table["rank"].tolist()[:3] == [1, 2, 3]
    assert table["rank"].iloc[-1] == 5_000
    assert len(table) <= 400
    np.testing.assert_array_equal(table["frequency (times)"], counts[table["rank"] - 1])
    np.testing.assert_allclose(table["Zipf's law (times)"], table["frequency (times)"], rtol=1e-6)
    assert "5,000 different tokens" in chart.alt
    assert "power -1.10" in chart.alt
    assert chart.figure.layout.xaxis.type == chart.figure.layout.yaxis.type == "log"


def test_rank_frequency_leaves_out_what_never_came():
    chart = rank_frequency([7, 0, 3, np.nan, np.inf])
    assert chart.table["frequency (times)"].tolist() == [7, 3]
    assert chart.alt == "2 different tokens: the commonest comes 7 times, the rarest 3 times."


def test_most_frequent_is_sorted_and_says_its_share():
    chart = most_frequent(["b", "a", " ", "a"], [30, 50, 15, 5], n=2)
    assert chart.table["token"].tolist() == ["a₁", "b"]
    assert chart.table["times"].tolist() == [50, 30]
    assert chart.alt == (
        "The commonest token is a₁, 50 times; the 2 shown, down to b (30), make 80 % of all."
    )
    assert list(chart.figure.data[0].text) == ["50", "30"]


def test_splits_are_shares_of_each_measure():
    table = pd.DataFrame(
        {"split": ["train", "validation"], "documents": [9, 1], "characters": [800, 200]}
    )
    chart = split_sizes(table)
    pd.testing.assert_frame_equal(chart.table, table)
    assert [list(trace.x) for trace in chart.figure.data] == [[0.9, 0.8], [0.1, 0.2]]
    assert chart.alt == (
        "Train 9 documents (90 %), validation 1 documents (10 %); "
        "train 800 characters (80 %), validation 200 characters (20 %)."
    )
    patterns = [trace.marker.pattern.shape for trace in chart.figure.data]
    assert patterns == ["", "/"]  # a second cue beside the colour


def test_a_split_without_a_number_counts_as_nothing():
    table = pd.DataFrame({"split": ["train", "test"], "tokens": [10, np.nan]})
    assert "test 0 tokens (0 %)" in split_sizes(table).alt


@pytest.mark.parametrize(
    "chart",
    [
        length_histogram([], "letters"),
        rank_frequency([]),
        most_frequent([], []),
        split_sizes(pd.DataFrame({"split": [], "tokens": []})),
        split_sizes(pd.DataFrame({"split": ["train"], "tokens": [0]})),
    ],
)
def test_nothing_is_an_empty_chart_that_says_so(chart):
    assert "empty" in chart.alt
    assert chart.figure.layout.title.text == chart.title
    assert chart.figure.layout.height > 0


def test_one_is_enough():
    assert length_histogram([4], "letters").alt == (
        "1 items, 4 to 4 letters long, median 4; most often 4 (1)."
    )
    assert rank_frequency([4]).table["rank"].tolist() == [1]
    assert most_frequent(["a"], [4]).alt == "The commonest token is a, 4 times."
