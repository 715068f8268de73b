import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from lm_core.errors import BadSettings, ContextTooLong
from lm_core.models.tracing import trace
from lm_core.models.transformer import (
    TransformerSettings,
    attend,
    causal_mask,
    rms_norm,
    rotary_tables,
    rotate,
)
from tests.tiny import lively_model, some_ids, tiny_model

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def qkv(T: int, S: int, *, B: int = 2, H: int = 3, D: int = 8) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(T * 100 + S)
    return [torch.randn(B, H, n, D, generator=generator) for n in (T, S, S)]


@pytest.mark.parametrize(("T", "S"), [(1, 1), (7, 7), (1, 9), (4, 9)])
def test_attention_written_out_is_the_fused_one(T: int, S: int) -> None:
    q, k, v = qkv(T, S)
    y, weights = attend(q, k, v)
    fused = F.scaled_dot_product_attention(q, k, v, attn_mask=causal_mask(T, S, q.device))
    torch.testing.assert_close(y, fused, **CLOSE)
    assert weights.shape == (2, 3, T, S)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, T), **CLOSE)
    if T == S:
        causal = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        torch.testing.assert_close(y, causal, **CLOSE)


def test_nobody_looks_ahead() -> None:
    q, k, v = qkv(5, 9)
    _, weights = attend(q, k, v)
    ahead = ~causal_mask(5, 9, q.device)
    assert ahead.sum() == 4 + 3 + 2 + 1
    assert not weights[:, :, ahead].any()


def test_equal_scores_take_the_running_mean_of_the_past() -> None:
    """The course's first step to attention: loop, triangular matrix and softmax agree."""
    torch.manual_seed(1337)
    x = torch.randn(4, 8, 2)
    by_loop = torch.stack([x[:, : t + 1].mean(1) for t in range(8)], dim=1)
    triangle = torch.ones(8, 8).tril()
    by_matrix = (triangle / triangle.sum(1, keepdim=True)) @ x
    zeros = torch.zeros(4, 1, 8, 2)
    by_attention = attend(zeros, zeros, x.unsqueeze(1))[0].squeeze(1)
    torch.testing.assert_close(by_matrix, by_loop, **CLOSE)
    torch.testing.assert_close(by_attention, by_loop, **CLOSE)
    torch.testing.assert_close(by_loop[0, -1], torch.tensor([-0.0341, 0.1332]), atol=5e-5, rtol=0)


def test_one_head_of_the_course() -> None:
    torch.manual_seed(1337)
    x = torch.randn(4, 8, 32)
    key, query, value = (nn.Linear(32, 16, bias=False) for _ in range(3))
    _, weights = attend(*(layer(x).unsqueeze(1) for layer in (query, key, value)))
    unscaled = (query(x) @ key(x).transpose(1, 2)).masked_fill(
        ~torch.ones(8, 8, dtype=torch.bool).tril(), float("-inf")
    )
    # The course's table is made before it divides by the square root of the head size.
    course = torch.tensor([0.0210, 0.0843, 0.0555, 0.2297, 0.0573, 0.0709, 0.2423, 0.2391])
    torch.testing.assert_close(unscaled.softmax(-1)[0, -1], course, atol=5e-5, rtol=0)
    torch.testing.assert_close((unscaled / 4).softmax(-1), weights[:, 0], **CLOSE)


def test_the_root_in_attention_keeps_the_variance_at_one() -> None:
    generator = torch.Generator().manual_seed(0)
    q, k = (torch.randn(4000, 16, generator=generator) for _ in range(2))
    products = (q * k).sum(-1)
    assert products.var().item() == pytest.approx(16, rel=0.1)
    assert (products * 16**-0.5).var().item() == pytest.approx(1, rel=0.1)


def test_softmax_sharpens_as_its_input_grows() -> None:
    x = torch.tensor([0.1, -0.2, 0.3, -0.2, 0.5])
    mild = torch.tensor([0.1925, 0.1426, 0.2351, 0.1426, 0.2872])
    sharp = torch.tensor([0.0326, 0.0030, 0.1615, 0.0030, 0.8000])
    torch.testing.assert_close(x.softmax(0), mild, atol=5e-5, rtol=0)
    torch.testing.assert_close((8 * x).softmax(0), sharp, atol=5e-5, rtol=0)


@given(a=st.integers(0, 60), b=st.integers(0, 60), shift=st.integers(0, 60))
def test_rotated_products_depend_on_the_distance_alone(a: int, b: int, shift: int) -> None:
    cos, sin = rotary_tables(128, 8)
    q, k = torch.randn(2, 1, 1, 1, 8, generator=torch.Generator().manual_seed(1)).unbind(0)

    def product(at_q: int, at_k: int) -> torch.Tensor:
        turned = [rotate(x, cos[t : t + 1], sin[t : t + 1]) for x, t in ((q, at_q), (k, at_k))]
        return (turned[0] * turned[1]).sum()

    torch.testing.assert_close(product(a, b), product(a + shift, b + shift), atol=1e-4, rtol=1e-4)


def test_rotation_keeps_lengths_and_turns_nothing_at_the_start() -> None:
    cos, sin = rotary_tables(32, 8)
    x = torch.randn(1, 2, 32, 8)
    turned = rotate(x, cos, sin)
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1), **CLOSE)
    assert torch.equal(turned[:, :, 0], x[:, :, 0])
    # The first pair turns by one radian a token, the last by one ten-thousandth to the 3/4.
    torch.testing.assert_close(
        cos[1], torch.tensor([math.cos(10_000 ** -(d / 8)) for d in (0, 2, 4, 6)])
    )


def test_rms_norm_leaves_a_root_mean_square_of_one() -> None:
    x = 7 * torch.randn(4, 64)
    torch.testing.assert_close(rms_norm(x).square().mean(-1).sqrt(), torch.ones(4), **CLOSE)


@pytest.mark.parametrize("new", [2, 5, 11])
def test_several_new_tokens_after_a_cached_prefix(new: int) -> None:
    model = lively_model("transformer")
    idx = some_ids(2, 16, 27)
    with torch.inference_mode():
        whole, _ = model(idx)
        _, state = model(idx[:, :5])
        logits, state = model(idx[:, 5 : 5 + new], state)
        assert state.length == 5 + new
        torch.testing.assert_close(logits, whole[:, 5 : 5 + new], **CLOSE)


def test_two_continuations_of_one_prompt_do_not_disturb_each_other() -> None:
    model = lively_model("transformer")
    prompt, one, other = some_ids(1, 6, 27), some_ids(1, 3, 27, seed=1), some_ids(1, 3, 27, seed=2)
    with torch.inference_mode():
        _, state = model(prompt)
        first, _ = model(one, state)
        model(other, state)
        again, _ = model(one, state)
    assert torch.equal(first, again)


def test_the_cache_is_made_once_and_then_written_into() -> None:
    model = lively_model("transformer")
    idx = some_ids(1, 16, 27)
    with torch.inference_mode():
        _, state = model(idx[:, :4])
        _, state = model(idx[:, 4:5], state)
        places = [k.data_ptr() for k, _ in state.layers]
        for t in range(5, 16):
            _, state = model(idx[:, t : t + 1], state)
        assert [k.data_ptr() for k, _ in state.layers] == places
        assert state.layers[0][0].shape == (1, 2, 16, 16)  # (B, H, block_size, D)


def test_more_than_the_context_is_refused_with_both_numbers() -> None:
    model = tiny_model("transformer")
    with pytest.raises(ContextTooLong, match=r"17 tokens .* context of 16"):
        model(some_ids(1, 17, 27))
    _, state = model(some_ids(1, 16, 27))
    with pytest.raises(ContextTooLong, match="block_size"):
        model(some_ids(1, 1, 27), state)


@pytest.mark.parametrize(("n_embd", "n_head"), [(10, 3), (12, 4), (6, 6)])
def test_heads_must_divide_the_width_evenly(n_embd: int, n_head: int) -> None:
    with pytest.raises(BadSettings, match=f"n_embd .{n_embd}. must be n_head .{n_head}."):
        TransformerSettings(n_embd=n_embd, n_head=n_head)


def test_parameters_are_those_of_the_formula() -> None:
    V, C, L = 65, 128, 4
    model = tiny_model("transformer", V, n_layer=L, n_embd=C, n_head=4, block_size=64)
    # Embedding and head; in each block q, k, v, out (4 C C) and a network of 2 * 4 C C.
    assert model.n_parameters == 2 * V * C + L * (4 * C * C + 8 * C * C)


def test_dropout_acts_in_training_only() -> None:
    model = lively_model("transformer", dropout=0.5)
    idx = some_ids(1, 10, 27)
    model.train()
    assert not torch.equal(model(idx)[0], model(idx)[0])
    model.eval()
    assert torch.equal(model(idx)[0], model(idx)[0])


def test_a_recorded_pass_names_every_layer_and_head() -> None:
    model = lively_model("transformer")
    with torch.inference_mode(), trace(model) as recorded:
        model(some_ids(2, 5, 27))
    for layer in range(2):
        assert recorded[f"blocks.{layer}.attention.weights"].shape == (2, 2, 5, 5)
        for name in "qkv":
            assert recorded[f"blocks.{layer}.attention.{name}"].shape == (2, 2, 5, 16)
        assert recorded[f"blocks.{layer}.mlp"].shape == (2, 5, 128)
        assert recorded[f"blocks.{layer}.stream"].shape == (2, 5, 32)
    assert recorded["stream"].shape == (2, 5, 32)
