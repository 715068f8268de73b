import numpy as np
import pytest

from lm_core.charts.heatmaps import all_heads, one_head

SHARE = "attention (share of 1)"


def causal(*shape, seed=0):
    weights = np.tril(np.random.default_rng(seed).random(shape) + 0.01)
    return weights / weights.sum(-1, keepdims=True)


def heatmap(figure):
    return next(trace for trace in figure.data if trace.type == "heatmap")


def points(figure):
    return next(trace for trace in figure.data if trace.type == "scatter")


def test_all_heads_table_is_the_data():
    weights = causal(2, 3, 4, 4)
    table = all_heads(weights, list("abcd")).table
    assert list(table.columns) == ["layer", "head", "looking", "looked at", SHARE]
    assert len(table) == 2 * 3 * 10  # the triangle of 4 x 4
    row = table[(table["layer"] == 2) & (table["head"] == 3) & (table["looking"] == "c")]
    assert row["looked at"].tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(row[SHARE], weights[1, 2, 2, :3])


def test_all_heads_are_one_picture_rows_layers_columns_heads():
    weights = causal(2, 3, 4, 4)
    figure = all_heads(weights, list("abcd")).figure
    z = np.array(heatmap(figure).z)
    assert z.shape == (2 * 4 + 1, 3 * 4 + 2)  # a gap between neighbours
    panel = z[5:9, 10:14]
    np.testing.assert_allclose(np.nan_to_num(panel), weights[1, 2], rtol=1e-6)
    assert np.isnan(panel[np.triu_indices(4, 1)]).all()
    assert len(heatmap(figure).x) == z.shape[1] + 1  # cells are given by their edges
    assert not figure.layout.xaxis.showticklabels


def test_every_head_can_be_pointed_at():
    marks = points(all_heads(causal(2, 3, 4, 4), list("abcd")).figure)
    assert [list(c) for c in marks.customdata] == [[i, j] for i in range(2) for j in range(3)]
    assert marks.hovertext[-1] == "layer 2, head 3"
    assert (marks.x[-1], marks.y[-1]) == (pytest.approx(2 * 1.08 + 0.5), pytest.approx(1.58))


def test_a_head_that_looks_at_the_token_before_is_framed_and_named():
    weights = causal(2, 2, 5, 5)
    weights[1, 0] = np.eye(5, k=-1) * 0.875 + np.eye(5) * 0.125
    chart = all_heads(weights, list("abcde"))
    (frame,) = chart.figure.layout.shapes
    assert (frame.x0, frame.y1) == (pytest.approx(-0.02), pytest.approx(2.1))
    assert "1 head of 4 looks mostly at the token before" in chart.alt
    assert "layer 2, head 1 does most (88 % on average)" in chart.alt


def test_the_selected_head_is_framed():
    figure = all_heads(causal(2, 2, 3, 3) * 0, list("abc"), selected=(0, 1)).figure
    assert [shape.line.dash for shape in figure.layout.shapes] == [None]


def test_long_texts_are_pooled_by_their_largest_weight():
    weights = np.zeros((1, 1, 200, 200))
    weights[0, 0, 199, 7] = 0.75
    chart = all_heads(weights, ["x"] * 200)
    z = np.array(heatmap(chart.figure).z)
    assert z.shape == (40, 40)  # blocks of 5
    assert z[39, 1] == np.nanmax(z) == 0.75
    last = chart.table.sort_values(SHARE).iloc[-1]
    assert (last["looking"], last["looked at"]) == ("tokens 196-200", "tokens 6-10")


def test_one_head_table_and_cells_are_the_data():
    weights = causal(3, 3)
    chart = one_head(weights, ["the", "of", "the"], 1, 2)
    assert chart.title == "Layer 2, head 3"
    assert chart.table["looking"].tolist() == ["the₁", "of", "of", "the₂", "the₂", "the₂"]
    np.testing.assert_array_equal(chart.table[SHARE], weights[np.tril_indices(3)])
    z = np.array(heatmap(chart.figure).z)
    assert np.isnan(z[np.triu_indices(3, 1)]).all()
    assert chart.figure.layout.xaxis.title.text == "looked at"
    assert chart.figure.layout.yaxis.title.text == "looking"
    assert list(chart.figure.layout.xaxis.ticktext) == ["the₁", "of", "the₂"]


def test_one_head_says_who_looks_where():
    weights = np.array([[1, 0, 0], [0.92, 0.08, 0], [0.5, 0.3, 0.2]])
    assert one_head(weights, ["the", "united", "states"], 0, 0).alt == (
        "Layer 1, head 1 over 3 tokens: the strongest look at another token is united at the "
        "(92 %); the last token, states, looks most at the (50 %)."
    )


def test_numbers_stand_in_the_cells_of_short_texts_only():
    short = one_head(causal(12, 12), list("abcdefghijkl"), 0, 0).figure
    assert len(short.layout.annotations) == 12 * 13 / 2
    assert short.layout.annotations[0].text == "1.0"
    longer = one_head(causal(13, 13), list("abcdefghijklm"), 0, 0).figure
    assert not longer.layout.annotations
    assert (heatmap(short).showscale, heatmap(longer).showscale) == (False, True)


def test_a_long_text_has_thinned_ticks_and_no_numbers():
    figure = one_head(causal(100, 100), ["x"] * 100, 0, 0).figure
    assert len(figure.layout.xaxis.ticktext) == 20
    assert figure.layout.xaxis.ticktext[1] == "x₆"
    assert [trace.type for trace in figure.data] == ["heatmap"]


def test_every_cell_can_be_pointed_at():
    weights = np.array([[1.0, 0], [0.25, 0.75]])
    marks = points(one_head(weights, ["<b>", "o"], 0, 0).figure)
    assert [list(c) for c in marks.customdata] == [[0, 0], [1, 0], [1, 1]]
    assert marks.hovertext[1] == "o looks at &lt;b&gt;: 25 %"


def test_a_head_that_sees_both_ways_keeps_its_upper_triangle():
    full = np.full((3, 3), 1 / 3)
    assert len(one_head(full, list("abc"), 0, 0, causal=False).table) == 9
    assert len(all_heads(full[None, None], list("abc"), causal=False).table) == 9


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_a_number_is_blank(bad):
    weights = causal(1, 1, 3, 3)
    weights[0, 0, 2, 1] = bad
    for chart in (all_heads(weights, list("abc")), one_head(weights[0, 0], list("abc"), 0, 0)):
        assert len(chart.table) == 5
        assert "nan" not in chart.alt
        assert len(chart.figure.to_json()) > 0


def test_nothing_and_one_token_are_charts():
    for shape in ((0, 0, 0, 0), (2, 2, 0, 0)):
        chart = all_heads(np.zeros(shape), [])
        assert chart.table.empty
        assert "still empty" in chart.alt
    assert "still empty" in one_head(np.zeros((0, 0)), [], 0, 0).alt
    assert len(one_head(np.ones((1, 1)), ["a"], 0, 0).table) == 1
    assert "no head looks mostly" in all_heads(np.ones((1, 1, 1, 1)), ["a"]).alt


def test_tokens_must_be_as_many_as_the_weights():
    with pytest.raises(ValueError, match="2 tokens for attention over 3"):
        one_head(causal(3, 3), ["a", "b"], 0, 0)


def test_the_caller_keeps_its_weights():
    weights = np.ones((2, 2))
    one_head(weights, ["a", "b"], 0, 0)
    assert (weights == 1).all()


def across(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).dirichlet(np.ones(shape[-1]), shape[:-1])


def test_a_text_that_looks_at_another_is_drawn_whole():
    weights, rows, columns = across(2, 3, 4, 5), list("abcd"), ["nothing", "p", "q", "p", "r"]
    chart = all_heads(weights, rows, columns=columns, selected=(0, 1))
    np.testing.assert_allclose(chart.table["attention (share of 1)"], weights.ravel())
    assert list(chart.table["looked at"][:5]) == ["nothing", "p₁", "q", "p₂", "r"]
    (heat,) = [trace for trace in chart.figure.data if trace.type == "heatmap"]
    assert np.shape(heat.z) == (2 * 5 - 1, 3 * 6 - 1)
    assert (len(heat.x), len(heat.y)) == (3 * 6, 2 * 5)
    assert len(chart.figure.layout.shapes) == 1  # the selected head: nobody stands before another
    assert "from 4 tokens to 5 tokens of another text" in chart.alt
    one = one_head(weights[1, 2], rows, 1, 2, columns=columns, looking="writing")
    np.testing.assert_allclose(one.table["attention (share of 1)"], weights[1, 2].ravel())
    assert one.figure.layout.yaxis.title.text == "writing"
    assert list(one.figure.layout.xaxis.ticktext) == ["nothing", "p₁", "q", "p₂", "r"]
    assert list(one.figure.layout.yaxis.ticktext) == rows
    assert len(one.figure.layout.annotations) == 20
    i, j = np.unravel_index(weights[1, 2].argmax(), (4, 5))
    assert f"is {rows[i]} at {['nothing', 'p₁', 'q', 'p₂', 'r'][j]} (" in one.alt


def test_a_long_source_and_a_short_target_are_blocked_apart():
    weights = across(1, 1, 3, 200)
    chart = all_heads(weights, list("abc"), columns=["x"] * 200)
    assert len(chart.table) == 3 * 40
    assert chart.table["attention (share of 1)"].max() == weights.max()
    assert list(chart.table["looked at"][:2]) == ["tokens 1-5", "tokens 6-10"]
    large = one_head(weights[0, 0], list("abc"), 0, 0, columns=["x"] * 200)
    assert {trace.type for trace in large.figure.data} == {"heatmap"}
    assert len(large.figure.layout.xaxis.ticktext) == 20


def test_long_names_stand_aslant_within_the_picture():
    level, aslant = (
        one_head(across(2, n), ["a", "b"], 0, 0, columns=[f"word{i}" for i in range(n)]).figure
        for n in (4, 12)
    )
    assert level.layout.xaxis.tickangle is None
    assert aslant.layout.xaxis.tickangle == -40
    assert aslant.layout.yaxis.tickangle is None


def test_nothing_to_look_at_across():
    assert "still empty" in all_heads(np.zeros((1, 1, 2, 0)), ["a", "b"], columns=[]).alt
    assert "still empty" in one_head(np.zeros((2, 0)), ["a", "b"], 0, 0, columns=[]).alt


def test_what_is_no_head_has_a_title_of_its_own():
    chart = one_head(causal(3, 3), list("abc"), 0, 0, title="Mean of 8 heads")
    assert chart.title == chart.figure.layout.title.text == "Mean of 8 heads"
    assert chart.alt.startswith("Mean of 8 heads over 3 tokens")
