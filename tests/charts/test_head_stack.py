"""All heads as a stack: what it holds and says is what was given."""

import numpy as np
import pytest

from lm_core.charts.head_stack import head_stack
from tests.charts.test_stack import unpacked

SHARE = "attention (share of 1)"


def causal(*shape, seed=0):
    weights = np.tril(np.random.default_rng(seed).random(shape) + 0.01)
    return weights / weights.sum(-1, keepdims=True)


def across(*shape):
    return np.random.default_rng(0).dirichlet(np.ones(shape[-1]), shape[:-1])


def test_tables_and_numbers_are_the_data():
    weights = causal(2, 3, 4, 4)
    stack = head_stack(weights, list("abca"))
    table = stack.whole.table
    assert list(table.columns) == ["layer", "head", "looking", "looked at", SHARE]
    assert len(table) == 2 * 3 * 10  # the triangle of 4 x 4
    np.testing.assert_array_equal(table[SHARE], weights[:, :, *np.tril_indices(4)].ravel())
    one = stack.one(1, 2)
    np.testing.assert_array_equal(one.table[SHARE], weights[1, 2][np.tril_indices(4)])
    assert one.table["looked at"].tolist()[-4:] == ["a₁", "b", "c", "a₂"]
    assert one.cells >= len(one.table) == 10
    header, numbers = unpacked(stack.packed)
    blank = np.triu(np.ones((4, 4), bool), 1)
    assert np.isnan(numbers[..., blank]).all()
    np.testing.assert_allclose(numbers[..., ~blank], weights[..., ~blank], rtol=1e-6)
    assert header["titles"][5] == one.title == "Layer 2, head 3"
    assert header["rows"][1] == ["a₁", "b", "c", "a₂"]
    assert header["says"][5] == one.alt


def test_a_head_says_who_looks_where():
    weights = np.array([[1, 0, 0], [0.92, 0.08, 0], [0.5, 0.3, 0.2]])[None, None]
    assert head_stack(weights, ["the", "united", "states"]).one(0, 0).alt == (
        "Layer 1, head 1 over 3 tokens: the strongest look at another token is united at the "
        "(92 %); the last token, states, looks most at the (50 %)."
    )


def test_a_head_that_looks_at_the_token_before_is_framed_and_named():
    weights = causal(2, 2, 5, 5)
    weights[1, 0] = np.eye(5, k=-1) * 0.875 + np.eye(5) * 0.125
    stack = head_stack(weights, list("abcde"))
    header, _ = unpacked(stack.packed)
    assert header["dotted"] == [2]
    assert "dotted frame" in header["note"]
    assert "1 head of 4 looks mostly at the token before" in stack.whole.alt
    assert "layer 2, head 1 does most (88 % on average)" in stack.whole.alt


def test_the_table_of_a_long_text_is_pooled_by_its_largest_weight():
    weights = np.zeros((1, 1, 400, 400))
    weights[0, 0, 399, 7] = 0.5
    stack = head_stack(weights, ["x"] * 400)
    last = stack.whole.table.sort_values(SHARE).iloc[-1]
    assert (last["looking"], last["looked at"]) == ("tokens 397-400", "tokens 1-9")
    header, found = unpacked(stack.packed)
    assert not header["exact"]
    assert found[0, 0, 399, 7] == 1 + 127
    assert found[0, 0, 0, 1] == 0  # nobody looks ahead
    assert len(stack.one(0, 0).table) == 400 * 401 // 2


def test_a_text_that_looks_at_another_is_held_whole():
    weights, rows, columns = across(2, 3, 4, 5), list("abcd"), ["nothing", "p", "q", "p", "r"]
    stack = head_stack(weights, rows, columns=columns, looking="writing")
    table = stack.whole.table
    np.testing.assert_allclose(table[SHARE], weights.ravel())
    assert list(table["looked at"][:5]) == ["nothing", "p₁", "q", "p₂", "r"]
    assert "from 4 tokens to 5 tokens of another text" in stack.whole.alt
    header, _ = unpacked(stack.packed)
    assert (header["rows"][0], header["dotted"], header["note"]) == ("writing", [], "")
    i, j = np.unravel_index(weights[1, 2].argmax(), (4, 5))
    assert f"is {rows[i]} at {['nothing', 'p₁', 'q', 'p₂', 'r'][j]} (" in stack.one(1, 2).alt


def test_a_head_that_sees_both_ways_keeps_its_upper_triangle():
    assert len(head_stack(np.full((1, 1, 3, 3), 1 / 3), list("abc"), causal=False).whole.table) == 9


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_a_number_is_blank(bad):
    weights = causal(1, 1, 3, 3)
    weights[0, 0, 2, 1] = bad
    stack = head_stack(weights, list("abc"))
    assert len(stack.whole.table) == 5
    assert "nan" not in stack.whole.alt + stack.one(0, 0).alt


def test_nothing_and_one_token_are_stacks():
    for shape in ((0, 0, 0, 0), (2, 2, 0, 0)):
        stack = head_stack(np.zeros(shape), [])
        assert stack.whole.table.empty
        assert "still empty" in stack.whole.alt
    assert "still empty" in head_stack(np.zeros((1, 1, 2, 0)), ["a", "b"], columns=[]).whole.alt
    assert "no head looks mostly" in head_stack(np.ones((1, 1, 1, 1)), ["a"]).whole.alt


def test_tokens_must_be_as_many_as_the_weights():
    with pytest.raises(ValueError, match="2 tokens for attention over 3"):
        head_stack(causal(1, 1, 3, 3), ["a", "b"])


def test_the_caller_keeps_its_weights():
    weights = np.ones((1, 1, 2, 2))
    head_stack(weights, ["a", "b"])
    assert (weights == 1).all()
