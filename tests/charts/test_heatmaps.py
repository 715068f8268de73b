import numpy as np
import pytest

from lm_core.charts.heatmaps import one_head

SHARE = "attention (share of 1)"


def causal(*shape, seed=0):
    weights = np.tril(np.random.default_rng(seed).random(shape) + 0.01)
    return weights / weights.sum(-1, keepdims=True)


def heatmap(figure):
    return next(trace for trace in figure.data if trace.type == "heatmap")


def points(figure):
    return next(trace for trace in figure.data if trace.type == "scatter")


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


def test_tokens_must_be_as_many_as_the_weights():
    with pytest.raises(ValueError, match="2 tokens for attention over 3"):
        one_head(causal(3, 3), ["a", "b"], 0, 0)


def test_the_caller_keeps_its_weights():
    weights = np.ones((2, 2))
    one_head(weights, ["a", "b"], 0, 0)
    assert (weights == 1).all()


def across(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).dirichlet(np.ones(shape[-1]), shape[:-1])


def test_long_names_stand_aslant_within_the_picture():
    level, aslant = (
        one_head(across(2, n), ["a", "b"], 0, 0, columns=[f"word{i}" for i in range(n)]).figure
        for n in (4, 12)
    )
    assert level.layout.xaxis.tickangle is None
    assert aslant.layout.xaxis.tickangle == -40
    assert aslant.layout.yaxis.tickangle is None


def test_what_is_no_head_has_a_title_of_its_own():
    chart = one_head(causal(3, 3), list("abc"), 0, 0, title="Mean of 8 heads")
    assert chart.title == chart.figure.layout.title.text == "Mean of 8 heads"
    assert chart.alt.startswith("Mean of 8 heads over 3 tokens")


def test_one_head_that_sees_both_ways_keeps_its_upper_triangle():
    assert len(one_head(np.full((3, 3), 1 / 3), list("abc"), 0, 0, causal=False).table) == 9


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_a_number_is_blank(bad):
    weights = causal(3, 3)
    weights[2, 1] = bad
    chart = one_head(weights, list("abc"), 0, 0)
    assert len(chart.table) == 5
    assert "nan" not in chart.alt
    assert len(chart.figure.to_json()) > 0


def test_nothing_and_one_token_are_charts():
    assert "still empty" in one_head(np.zeros((0, 0)), [], 0, 0).alt
    assert "still empty" in one_head(np.zeros((2, 0)), ["a", "b"], 0, 0, columns=[]).alt
    assert len(one_head(np.ones((1, 1)), ["a"], 0, 0).table) == 1


def test_a_text_that_looks_at_another_is_drawn_whole():
    weights, rows, columns = across(4, 5), list("abcd"), ["nothing", "p", "q", "p", "r"]
    one = one_head(weights, rows, 1, 2, columns=columns, looking="writing")
    np.testing.assert_allclose(one.table[SHARE], weights.ravel())
    assert one.figure.layout.yaxis.title.text == "writing"
    assert list(one.figure.layout.xaxis.ticktext) == ["nothing", "p₁", "q", "p₂", "r"]
    assert list(one.figure.layout.yaxis.ticktext) == rows
    assert len(one.figure.layout.annotations) == 20
    i, j = np.unravel_index(weights.argmax(), (4, 5))
    assert f"is {rows[i]} at {['nothing', 'p₁', 'q', 'p₂', 'r'][j]} (" in one.alt
    large = one_head(across(3, 200), list("abc"), 0, 0, columns=["x"] * 200)
    assert {trace.type for trace in large.figure.data} == {"heatmap"}
    assert len(large.figure.layout.xaxis.ticktext) == 20
