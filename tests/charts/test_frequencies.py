"""Shares of the sides of a die over its throws."""

import numpy as np

from lm_core.charts.frequencies import MOST, frequencies

SHARES = np.array([[1.0, 0.0], [0.5, 0.5], [0.6, 0.4]])


def test_each_side_is_a_line_beside_its_probability() -> None:
    chart = frequencies(["heads", "<t>"], [0.5, 0.5], [1, 2, 10], SHARES)
    heads, true, *_ = chart.figure.data
    assert list(heads.y) == [1.0, 0.5, 0.6]
    assert list(true.y) == [0.5, 0.5]
    assert chart.figure.data[2].name == "&lt;t&gt;"
    assert chart.alt.endswith(
        "after 10 the share that is furthest from its probability is "
        "0.1000 off; after 1 it was 0.5000."
    )
    assert chart.table["share (of 1)"].tolist() == SHARES.reshape(-1).tolist()


def test_of_many_sides_the_likeliest_are_drawn_and_all_are_in_the_table() -> None:
    K = 20
    p = np.arange(K) / np.arange(K).sum()
    chart = frequencies([str(i) for i in range(K)], p, [1], np.eye(K)[:1])
    assert len(chart.figure.data) == 2 * MOST
    assert len(chart.table) == K


def test_of_nothing_it_says_so() -> None:
    assert "empty" in frequencies([], [], [], np.zeros((0, 0))).alt
