from contextlib import nullcontext

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from lm_core.models.attention import (
    Attention,
    attend,
    causal_mask,
    make_mask,
    mean_by_loop,
    mean_by_matrix,
    mean_by_softmax,
    spread,
)
from lm_core.models.positions import alibi_bias, alibi_slopes, both_halves, rotary_tables
from lm_core.models.tracing import trace

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
CPU = torch.device("cpu")
small = st.integers(1, 4)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def lively(seed: int = 0, **options) -> Attention:
    """An attention of width 24 that adds something: its last matrix starts at zero."""
    attention = Attention(24, options.pop("n_head", 4), **options).eval()
    with torch.no_grad():
        for i, weight in enumerate(attention.parameters()):
            weight += 0.3 * normal(*weight.shape, seed=seed + i)
    return attention


def padding_of(B: int, S: int, lengths: list[int]) -> torch.Tensor:
    return torch.arange(S) >= torch.tensor([lengths[b % len(lengths)] for b in range(B)])[:, None]


@given(
    B=small,
    G=st.integers(1, 3),
    share=st.integers(1, 3),
    D=st.integers(1, 9),
    T=st.integers(1, 9),
    more=st.integers(0, 5),
    causal=st.booleans(),
    alibi=st.booleans(),
    lengths=st.none() | st.lists(st.integers(0, 14), min_size=1, max_size=3),
    seed=st.integers(0, 9),
)
def test_attention_written_out_is_the_fused_one(
    B: int, G: int, share: int, D: int, T: int, more: int, causal: bool, alibi: bool, lengths, seed
) -> None:
    """Causal or not, padded or not, cross (other lengths), grouped heads, ALiBi; gradients too."""
    H, S = G * share, T + more
    q, k, v = normal(B, H, T, D, seed=seed), normal(B, G, S, D, seed=seed + 1), normal(B, G, S, D)
    padding = None if lengths is None else padding_of(B, S, [n or alibi for n in lengths])
    bias = alibi_bias(alibi_slopes(H), T, S) if alibi else None
    mask = make_mask(T, S, CPU, causal=causal, padding=padding, bias=bias)
    if mask is None and causal:
        mask = causal_mask(T, S, CPU)
    grown = []
    for function in (attend, fused):
        inputs = [x.clone().requires_grad_() for x in (q, k, v)]
        y = function(*inputs, mask)
        (y[0] if isinstance(y, tuple) else y).square().mean().backward()
        grown.append((y, [x.grad for x in inputs]))
    (ours, weights), ours_grad = grown[0]
    theirs, theirs_grad = grown[1]
    torch.testing.assert_close(ours, theirs, **CLOSE)
    for a, b in zip(ours_grad, theirs_grad, strict=True):
        torch.testing.assert_close(a, b, **CLOSE)
    assert weights.shape == (B, H, T, S)
    may = torch.ones(B, 1, T, S, dtype=torch.bool)
    may = may & causal_mask(T, S, CPU) if causal else may
    may = may if padding is None else may & ~padding[:, None, None, :]
    assert not weights[~may.expand_as(weights)].any()
    sums = may.any(-1).float().expand(B, H, T)  # 1, and 0 for a token with nothing to look at
    torch.testing.assert_close(weights.sum(-1), sums, **CLOSE)


@pytest.mark.parametrize("alibi", [False, True])
def test_a_text_that_is_all_padding_spoils_nothing(alibi: bool) -> None:
    attention, x = lively(), normal(3, 5, 24)
    bias = alibi_bias(alibi_slopes(4), 5, 5) if alibi else None
    padding = padding_of(3, 5, [5, 0, 2])
    mask = make_mask(5, 5, CPU, causal=True, padding=padding, bias=bias)
    for recorded in (False, True):
        with trace(attention) if recorded else nullcontext():
            attention(x, mask=mask)[0].square().mean().backward()
        assert all(weight.grad.isfinite().all() for weight in attention.parameters())


def fused(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor | None):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)


@pytest.mark.parametrize("T", [1, 7])
def test_the_triangle_is_that_of_the_fused_one(T: int) -> None:
    q, k, v = (normal(2, 3, T, 8, seed=i) for i in range(3))
    causal = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    torch.testing.assert_close(attend(q, k, v, causal_mask(T, T, CPU))[0], causal, **CLOSE)


def test_nobody_looks_ahead() -> None:
    q, k, v = normal(2, 3, 5, 8), normal(2, 3, 9, 8, seed=1), normal(2, 3, 9, 8, seed=2)
    ahead = ~causal_mask(5, 9, CPU)
    assert ahead.sum() == 4 + 3 + 2 + 1
    assert not attend(q, k, v, ~ahead)[1][:, :, ahead].any()


OPTIONS = st.fixed_dictionaries(
    {
        "n_head": st.sampled_from([2, 4, 6]),
        "n_kv_head": st.sampled_from([None, 0, 1, 2]),
        "bias": st.booleans(),
        "qk_norm": st.booleans(),
        "causal": st.booleans(),
        "kind": st.sampled_from(["softmax", "average"]),
    }
)


@given(
    options=OPTIONS,
    rotary=st.booleans(),
    alibi=st.booleans(),
    padded=st.booleans(),
    T=st.integers(1, 8),
)
def test_a_recorded_pass_says_what_the_fast_one_says(options, rotary, alibi, padded, T) -> None:
    attention, x = lively(**options), normal(3, T, 24)
    H, D = attention.n_head, attention.D
    bias = alibi_bias(alibi_slopes(H), T, T) if alibi else None
    padding = padding_of(3, T, [1, 2, 8]) if padded else None
    look = {
        "mask": make_mask(T, T, CPU, causal=options["causal"], padding=padding, bias=bias),
        "rotary": both_halves(*rotary_tables(T, D)) if rotary else None,
    }
    fast, (k, v) = attention(x, **look)
    with trace(attention) as recorded:
        plain, _ = attention(x, **look)
    torch.testing.assert_close(plain, fast, **CLOSE)
    assert k.shape == v.shape == (3, options["n_kv_head"] or H, T, D)
    for name in "qkv":  # of every head, those that share keys included
        assert recorded[name].shape == (3, H, T, D)
    torch.testing.assert_close(recorded["v"], spread(v, H), **CLOSE)
    assert recorded["weights"].shape == (3, H, T, T)
    if options["causal"]:
        assert not recorded["weights"].triu(1).any()
    assert ("bias" in recorded) == alibi


@pytest.mark.parametrize("cross", [False, True])
@pytest.mark.parametrize("padded", [False, True])
def test_the_layer_is_that_of_torch(cross: bool, padded: bool) -> None:
    ours = lively(bias=True, qk_norm=False, causal=False, cross=cross)
    theirs = nn.MultiheadAttention(24, 4, batch_first=True)
    mine = [ours.q, ours.kv] if cross else [ours.qkv]
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([layer.weight for layer in mine]))
        theirs.in_proj_bias.copy_(torch.cat([layer.bias for layer in mine]))
    theirs.out_proj.load_state_dict(ours.out.state_dict())
    x, memory = normal(3, 5, 24), normal(3, 7 if cross else 5, 24, seed=1)
    padding = padding_of(3, memory.size(1), [4, 1, 7]) if padded else None
    mask = make_mask(5, memory.size(1), CPU, causal=False, padding=padding)
    y, _ = ours(x, mask=mask, memory=memory if cross else None)
    keys = memory if cross else x
    expected, _ = theirs(x, keys, keys, key_padding_mask=padding)
    torch.testing.assert_close(y, expected, **CLOSE)
    for result in (y, expected):
        result.square().mean().backward()
    grads = torch.cat([layer.weight.grad for layer in mine])
    torch.testing.assert_close(grads, theirs.in_proj_weight.grad, **CLOSE)


def test_shared_keys_are_full_attention_with_copies() -> None:
    shared, full = lively(n_kv_head=2), lively()
    with torch.no_grad():
        q, k, v = shared.qkv.weight.view(-1, 6, 24).split([4, 2, 2])  # D = 6 rows a head
        copies = [x.repeat_interleave(2, dim=0) for x in (k, v)]
        full.qkv.weight.copy_(torch.cat([q, *copies]).reshape(-1, 24))
        full.out.load_state_dict(shared.out.state_dict())
    x = normal(2, 5, 24)
    torch.testing.assert_close(shared(x)[0], full(x)[0], **CLOSE)
    assert shared(x)[1][0].shape == (2, 2, 5, 6)  # and half of the cache


def test_a_memory_is_read_once() -> None:
    cross, x, memory = lively(cross=True), normal(2, 5, 24), normal(2, 7, 24, seed=1)
    whole, kv = cross(x, memory=memory)
    pieces = [cross(x[:, t : t + 1], past=kv)[0] for t in range(5)]
    torch.testing.assert_close(torch.cat(pieces, dim=1), whole, **CLOSE)


def test_an_untrained_attention_adds_nothing() -> None:
    assert not Attention(24, 4, bias=True)(normal(2, 5, 24))[0].any()


def test_the_three_means_of_the_course_are_equal() -> None:
    torch.manual_seed(1337)
    x = torch.randn(4, 8, 2)
    by_loop = mean_by_loop(x)
    torch.testing.assert_close(mean_by_matrix(x), by_loop, **CLOSE)
    torch.testing.assert_close(mean_by_softmax(x), by_loop, **CLOSE)
    torch.testing.assert_close(by_loop[0, -1], torch.tensor([-0.0341, 0.1332]), atol=5e-5, rtol=0)
    assert torch.equal(by_loop[:, 0], x[:, 0])


@given(B=small, T=st.integers(1, 12), C=small)
def test_means_of_any_shape_are_equal(B: int, T: int, C: int) -> None:
    x = normal(B, T, C)
    torch.testing.assert_close(mean_by_matrix(x), mean_by_loop(x), **CLOSE)
    torch.testing.assert_close(mean_by_softmax(x), mean_by_loop(x), **CLOSE)


@pytest.mark.parametrize("n_head", [1, 4])
def test_averaging_is_attention_with_nothing_asked(n_head: int) -> None:
    averaging = Attention(24, n_head, kind="average")
    with torch.no_grad():
        for layer in (averaging.v, averaging.out):
            layer.weight.copy_(torch.eye(24))
    x = normal(3, 7, 24)
    torch.testing.assert_close(averaging(x)[0], mean_by_loop(x), **CLOSE)
    with trace(averaging) as recorded:
        averaging(x)
    assert not recorded["q"].any()
    torch.testing.assert_close(recorded["weights"][0, 0, 6], torch.full((7,), 1 / 7), **CLOSE)


def test_one_head_of_the_course() -> None:
    torch.manual_seed(1337)
    x = torch.randn(4, 8, 32)
    key, query, value = (nn.Linear(32, 16, bias=False) for _ in range(3))
    q, k, v = (layer(x).unsqueeze(1) for layer in (query, key, value))
    _, weights = attend(q, k, v, causal_mask(8, 8, CPU))
    # The course's table is made before it divides by the square root of the head size.
    _, undivided = attend(4 * q, k, v, causal_mask(8, 8, CPU))
    course = torch.tensor([0.0210, 0.0843, 0.0555, 0.2297, 0.0573, 0.0709, 0.2423, 0.2391])
    torch.testing.assert_close(undivided[0, 0, -1], course, atol=5e-5, rtol=0)
    assert weights.max(-1).values.mean() < undivided.max(-1).values.mean()  # the root softens


def test_the_root_in_attention_keeps_the_variance_at_one() -> None:
    q, k = normal(4000, 16), normal(4000, 16, seed=1)
    products = (q * k).sum(-1)
    assert products.var().item() == pytest.approx(16, rel=0.1)
    assert (products * 16**-0.5).var().item() == pytest.approx(1, rel=0.1)


def test_softmax_sharpens_as_its_input_grows() -> None:
    """One token that asks (1 number) with five that answer: its weights are a plain softmax."""
    x = torch.tensor([0.1, -0.2, 0.3, -0.2, 0.5])
    mild = torch.tensor([0.1925, 0.1426, 0.2351, 0.1426, 0.2872])
    sharp = torch.tensor([0.0326, 0.0030, 0.1615, 0.0030, 0.8000])
    for asked, expected in ((1.0, mild), (8.0, sharp)):
        k = x.view(1, 1, 5, 1)
        _, weights = attend(torch.full((1, 1, 1, 1), asked), k, k)
        torch.testing.assert_close(weights.flatten(), expected, atol=5e-5, rtol=0)
