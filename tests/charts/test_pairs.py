"""The table of pairs: every cell says its own count, and the words agree with the numbers."""

import numpy as np
import pytest

from lm_core.charts.pairs import pair_table

COUNTS = np.array([[0, 3, 1], [2, 0, 2], [0, 0, 5]])
SHARES = COUNTS / COUNTS.sum(axis=1, keepdims=True)
TOKENS = ["⏎", "<b>", "c"]


def test_the_table_is_the_data_row_by_row() -> None:
    table = pair_table(COUNTS, SHARES, TOKENS).table
    assert table["count"].tolist() == COUNTS.reshape(-1).tolist()
    np.testing.assert_array_equal(table["probability (share of 1)"], SHARES.reshape(-1))
    row = table.iloc[3]
    assert (row["token"], row["next"], row["count"]) == ("<b>", "⏎", 2)


def test_a_cell_says_what_followed_what_and_how_often() -> None:
    (heatmap,) = pair_table(COUNTS, SHARES, TOKENS).figure.data
    assert heatmap.text[0][1] == "<b>⏎ → &lt;b&gt;</b>: 3 of 4 times<br>probability 75 %"
    assert heatmap.text[2][0] == "<b>c → ⏎</b>: 0 of 5 times<br>probability 0 %"
    np.testing.assert_allclose(np.array(heatmap.z) ** 2, SHARES, atol=1e-6)
    assert (heatmap.zmin, heatmap.zmax) == (0.0, 1.0)


def test_rows_go_down_and_both_sides_carry_the_tokens() -> None:
    figure = pair_table(COUNTS, SHARES, TOKENS).figure
    assert list(figure.layout.yaxis.range) == [2.5, -0.5]
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert list(axis.ticktext) == ["⏎", "&lt;b&gt;", "c"]


def test_names_are_thinned_where_there_are_many() -> None:
    V = 90
    figure = pair_table(np.ones((V, V), dtype=int), np.full((V, V), 1 / V), ["x"] * V).figure
    assert list(figure.layout.xaxis.tickvals) == list(range(0, V, 3))
    assert len(set(figure.layout.xaxis.ticktext)) == 30  # equal tokens are numbered apart


def test_the_words_name_the_surest_and_the_most_frequent_pair() -> None:
    assert pair_table(COUNTS, SHARES, TOKENS).alt == (
        "A table of 9 pairs of tokens, 4 of which never came. Most frequent: c then c, 5 times. "
        "Surest: after c comes c with 100 %."
    )


def test_an_empty_table_says_so_and_sizes_must_agree() -> None:
    nothing = np.zeros((0, 0))
    assert "still empty" in pair_table(nothing, nothing, []).alt
    with pytest.raises(ValueError, match="2 tokens"):
        pair_table(COUNTS, SHARES, ["a", "b"])


def test_each_page_has_a_scale_of_its_own() -> None:
    light, dark = (pair_table(COUNTS, SHARES, TOKENS, dark=d).figure.data[0] for d in (False, True))
    assert light.colorscale != dark.colorscale


def test_cells_can_be_pressed_and_the_row_at_hand_is_framed() -> None:
    figure = pair_table(COUNTS, SHARES, TOKENS, row=1, pressed=True).figure
    heatmap, targets = figure.data
    assert heatmap.hoverinfo == "skip"
    assert list(map(list, targets.customdata[:2])) == [[0, 0], [0, 1]]
    assert targets.hovertext[1] == "<b>⏎ → &lt;b&gt;</b>: 3 of 4 times<br>probability 75 %"
    (frame,) = figure.layout.shapes
    assert (frame.y0, frame.y1) == (0.5, 1.5)
