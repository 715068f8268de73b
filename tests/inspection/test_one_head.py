"""One head by steps: equal to the attention that the models run, whatever a person writes in it."""

import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.inspection.one_head import (
    LARGEST,
    HeadWeights,
    head_steps,
    moved_by_order,
    read_matrix,
    some_order,
    some_weights,
    some_words,
    three_means,
)
from lm_core.models.attention import Attention, attend, causal_mask
from lm_core.models.positions import sinusoids
from lm_core.models.tracing import trace

NUMBERS = st.floats(-LARGEST, LARGEST, width=32)


@st.composite
def edited(draw: st.DrawFn) -> tuple[Tensor, HeadWeights]:
    """Any numbers that the screen takes, of any size that it has."""
    T, C = draw(st.integers(2, 6)), draw(st.integers(2, 4))

    def table(rows: int) -> Tensor:
        cells = draw(st.lists(NUMBERS, min_size=rows * C, max_size=rows * C))
        return read_matrix([cells[i * C : (i + 1) * C] for i in range(rows)], "a table")

    return table(T), HeadWeights(*(table(C) for _ in range(4)))


def module_of(weights: list[HeadWeights], causal: bool) -> Attention:
    """The models' own layer, with these matrices."""
    C = len(weights[0].q)
    layer = Attention(C, len(weights), qk_norm=False, causal=causal).double()
    columns = [getattr(one, what) for what in ("q", "k", "v") for one in weights]
    with torch.no_grad():
        layer.qkv.weight.copy_(torch.cat(columns, dim=1).T)
        layer.out.weight.copy_(torch.cat([one.out for one in weights]).T)
    return layer


def close(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)


@given(edited(), st.booleans())
def test_it_is_the_attention_of_the_models(head: tuple[Tensor, HeadWeights], causal: bool) -> None:
    x, weights = head
    made = head_steps(x, weights, causal=causal)
    layer = module_of([weights], causal)
    with torch.no_grad():
        close(layer(x[None])[0][0], made.added)  # by the fused kernel
        with trace(layer) as seen:  # and written out
            close(layer(x[None])[0][0], made.added)
    for name in ("q", "k", "v", "weights"):
        close(seen[name][0, 0], getattr(made, name))
    mask = causal_mask(len(x), len(x), x.device) if causal else None
    output, shares = attend(made.q[None, None], made.k[None, None], made.v[None, None], mask)
    close(output[0, 0], made.output)
    close(shares[0, 0], made.weights)
    close(made.masked.softmax(-1), made.weights)
    close(made.weights.sum(-1), torch.ones(len(x), dtype=torch.float64))
    close(made.after, made.x + made.added)
    assert not (causal and made.weights.triu(1).any())


def test_heads_narrower_than_the_stream_add_up_to_the_layer() -> None:
    C, D, T = 6, 3, 5
    weights = [some_weights(C, D, seed) for seed in (1, 20)]
    x = some_words(["a", "b", "c", "d", "a"], C, 3)
    with torch.no_grad():
        together = module_of(weights, causal=True)(x[None])[0][0]
    assert together.shape == (T, C)
    close(sum(head_steps(x, one).added for one in weights), together)


def test_by_hand_one_number_after_the_other() -> None:
    x, weights = some_words(["a", "b", "c"], 2, 0), some_weights(2, 2, 0)
    made = head_steps(x, weights)
    q, k, v = ((x @ matrix).tolist() for matrix in (weights.q, weights.k, weights.v))
    scores = [sum(a * b for a, b in zip(q[2], other, strict=True)) / math.sqrt(2) for other in k]
    grown = [math.exp(score) for score in scores]
    assert made.weights[2].tolist() == pytest.approx([g / sum(grown) for g in grown])
    taken = [sum(g * w[d] for g, w in zip(grown, v, strict=True)) / sum(grown) for d in (0, 1)]
    assert made.output[2].tolist() == pytest.approx(taken)
    assert made.scores[2].tolist() == pytest.approx([score * math.sqrt(2) for score in scores])


def test_what_is_switched_off_is_off() -> None:
    x, weights = some_words(["a", "b", "c"], 4, 0), some_weights(4, 4, 0)
    plain = head_steps(x, weights, scaled=False)
    assert torch.equal(plain.scaled, plain.scores)
    close(plain.masked.softmax(-1), plain.weights)
    placed = head_steps(x, weights, positions=True)
    close(placed.x, x + sinusoids(3, 4).double())
    close(placed.weights, head_steps(placed.x, weights).weights)
    assert head_steps(x, weights, causal=False).masked.isfinite().all()


@given(edited())
def test_three_means_are_the_same(head: tuple[Tensor, HeadWeights]) -> None:
    x = head[0].float()
    means, steps = three_means(x), torch.arange(1, len(x) + 1).unsqueeze(1)
    for way in (means.loop, means.matrix, means.softmax, means.weights @ x):
        close(way, x.cumsum(0) / steps)
    assert means.difference < 1e-5
    close(means.weights.sum(1), torch.ones(len(x)))


def test_the_mean_of_the_course() -> None:
    x = torch.randn(4, 8, 2, generator=torch.Generator().manual_seed(1337))
    means = three_means(x[0])
    assert [round(v, 4) for v in means.softmax[-1].tolist()] == [-0.0341, 0.1332]


@given(edited(), st.integers(0, 99))
def test_without_mask_and_places_no_order_is_seen(
    head: tuple[Tensor, HeadWeights], seed: int
) -> None:
    order = some_order(len(head[0]), seed)
    assert sorted(order) == list(range(len(order))) != order
    assert moved_by_order(*head, order, causal=False, positions=False).max() < 1e-6


def test_with_a_mask_or_places_it_is() -> None:
    x, weights = some_words(["the", "cat", "saw", "the", "dog"], 3, 0), some_weights(3, 3, 0)
    order = some_order(5, 1)
    for causal, positions in ((True, False), (False, True), (True, True)):
        moved = moved_by_order(x, weights, order, causal=causal, positions=positions)
        assert moved.shape == (5,)
        assert moved.max() > 0.1
    assert some_order(1, 0) == [0]


def test_a_word_that_comes_again_has_the_same_numbers_and_a_seed_gives_them_again() -> None:
    x = some_words(["the", "cat", "saw", "the", "dog"], 3, 5)
    assert torch.equal(x[0], x[3])
    assert not torch.equal(x[0], x[1])
    assert torch.equal(x, some_words(["the", "cat", "saw", "the", "dog"], 3, 5))
    one, other = some_weights(3, 2, 5), some_weights(3, 2, 6)
    assert one.q.shape == (3, 2)
    assert one.out.shape == (2, 3)
    assert not torch.equal(one.q, other.q)
    assert torch.equal((one.q * 10).round(), one.q * 10)


SENTENCE = r"W_q, row [123], column [12] is .+: give it a number from -10 to 10\."
CELLS = st.none() | st.booleans() | st.text(max_size=5) | st.floats() | st.integers()


@settings(max_examples=40)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=3))
def test_any_table_is_read_or_the_first_wrong_cell_is_named(rows: list[tuple]) -> None:
    try:
        read = read_matrix(rows, "W_q")
    except BadSettings as error:
        said = str(error)
    else:
        said = ""
        assert read.shape == (len(rows), 2)
        assert read.abs().max() <= LARGEST
    assert not said or re.fullmatch(SENTENCE, said)


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        (None, "is empty or no number"),
        (float("nan"), "is empty or no number"),
        ("two", "is empty or no number"),
        (True, "is empty or no number"),
        (float("inf"), "is too large"),
        (1e30, "is too large"),
        (10**400, "is empty or no number"),
    ],
)
def test_what_is_wrong_is_said(cell: object, wrong: str) -> None:
    with pytest.raises(BadSettings, match=f"x, row 2, column 1 {wrong}"):
        read_matrix([[0.5, "1.5"], [cell, 1]], "x")
