"""What the decoder has beyond the contract, and that every option keeps the contract too."""

import math
from unittest.mock import patch

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, ContextTooLong
from lm_core.models.tracing import trace
from lm_core.models.transformer import TransformerSettings
from lm_core.training.optimizers import OPTIMIZERS
from tests.marks import most_slow
from tests.tiny import lively_model, some_ids, tiny_model

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
SMALL = {"n_embd": 16, "block_size": 10}
PARTS = [f for f in TransformerSettings.__dataclass_fields__.values() if f.metadata["advanced"]]
SOME = {  # values of settings that have a range
    "n_kv_head": (0, 1, 2),
    "mlp_width": (0, 24),
    "norm_eps": (0.0, 1e-3),
    "rotary_base": (10_000.0, 500.0),
}
CHOICES = {f.name: SOME.get(f.name) or f.metadata["choices"] or (False, True) for f in PARTS}
RECIPES = {  # settings that went together
    "2017": {
        "position": "sinusoidal",
        "norm": "layer",
        "norm_place": "after",
        "activation": "relu",
        "bias": True,
        "tied": True,
        "qk_norm": False,
    },
    "GPT-2": {
        "position": "learned",
        "norm": "layer",
        "activation": "gelu-tanh",
        "bias": True,
        "tied": True,
        "qk_norm": False,
    },
    "Llama": {
        "norm": "rms-scale",
        "activation": "swiglu",
        "n_kv_head": 1,
        "qk_norm": False,
        "norm_eps": 1e-5,
        "mlp_width": 48,
    },
}
DEFAULTS = TransformerSettings()
one_changed = [{n: v} for n, vs in CHOICES.items() for v in vs if v != getattr(DEFAULTS, n)]
some_settings = st.fixed_dictionaries({n: st.sampled_from(v) for n, v in CHOICES.items()}).filter(
    lambda s: not (s["tied"] and s["head"] == "adaptive")
)


@pytest.mark.parametrize(
    "changes",
    most_slow([*one_changed, *RECIPES.values()], quick=[*one_changed[::8], *RECIPES.values()]),
    ids=str,
)
def test_one_batch_can_be_learned_by_heart_with_every_part(changes: dict) -> None:
    # An adaptive head tells rare tokens apart by a sixteenth of the width.
    sizes = SMALL | {"n_layer": 1} | ({"n_embd": 64} if "head" in changes else {})
    model = tiny_model("transformer", **sizes, **changes).train()
    idx = torch.cat([torch.arange(4).view(4, 1), some_ids(4, 10, 27)], dim=1)
    optimizer = OPTIMIZERS["adamw"](model, lr=2e-2, weight_decay=0.0)
    for _ in range(100):
        loss = model.nats(idx[:, :-1], idx[:, 1:])[0].mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert loss.item() < 0.1


@given(changes=some_settings, seed=st.integers(0, 9), V=st.integers(3, 40))
def test_every_combination_keeps_the_contract(changes: dict, seed: int, V: int) -> None:
    options = {**SMALL, **changes, "seed": seed, "n_head": 4}
    fresh, model = (
        tiny_model("transformer", V, **options),
        lively_model("transformer", V, **options),
    )
    idx, targets = some_ids(2, 10, V, seed=seed), some_ids(2, 10, V, seed=seed + 1)
    t = 1 + seed
    with torch.inference_mode():
        nats = fresh.nats(idx, targets)[0].mean().item()
        whole, _ = model(idx)
        first, state = model(idx[:, :t])
        second, state = model(idx[:, t:], state) if t < 10 else (whole[:, :0], state)
        other = idx.clone()
        other[:, -t:] = (other[:, -t:] + 1) % V
        after, _ = model(other)
        with trace(model) as recorded:
            traced, _ = model(idx)
    assert nats == pytest.approx(math.log(V), rel=0.1 if changes["tied"] else 1e-4)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole, **CLOSE)
    torch.testing.assert_close(after[:, :-t], whole[:, :-t], atol=1e-6, rtol=0)
    torch.testing.assert_close(traced, whole, **CLOSE)
    assert recorded["blocks.1.attention.weights"].shape == (2, 4, 10, 10)
    assert state.layers[0][0].size(1) == (changes["n_kv_head"] or 4)
    model.train().nats(idx, targets)[0].mean().backward()
    idle = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert not idle


def _says_nothing(x: torch.Tensor, **where: object) -> tuple[torch.Tensor, None]:
    return torch.zeros_like(x), None


@pytest.mark.parametrize("place", ["before", "after"])
def test_without_residuals_nothing_goes_past_a_part_and_every_part_has_a_gradient(
    place: str,
) -> None:
    model = tiny_model("transformer", residual=False, norm_place=place)
    torch.nn.init.normal_(model.head.weight)  # a fresh one says nothing, so no error comes by
    block, x = model.blocks[0], torch.randn(1, 5, model.settings.n_embd)
    with torch.inference_mode(), patch.object(block.attention, "forward", _says_nothing):
        torch.testing.assert_close(block(x)[0], block(2 * x)[0])  # what went in is gone
    model.nats(some_ids(2, 10, 27), some_ids(2, 10, 27, seed=1))[0].mean().backward()
    assert all(p.grad.any() for p in model.parameters())


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


@pytest.mark.parametrize("position", ["learned", "sinusoidal", "alibi", "none"])
def test_only_rotation_needs_pairs(position: str) -> None:
    assert lively_model("transformer", n_embd=10, position=position, n_head=2)
    with pytest.raises(BadSettings, match="times a whole number"):
        TransformerSettings(n_embd=10, n_head=3, position=position)


def test_what_cannot_go_together_is_refused_in_one_sentence() -> None:
    with pytest.raises(BadSettings, match=r"n_kv_head .3. must divide n_head .4."):
        TransformerSettings(n_kv_head=3)
    with pytest.raises(BadSettings, match=r"n_kv_head .8. must divide n_head .4."):
        TransformerSettings(n_kv_head=8)
    with pytest.raises(BadSettings, match="tied needs the linear head"):
        TransformerSettings(tied=True, head="adaptive")


@pytest.mark.parametrize(("V", "nats"), [(27, 3.2958), (65, 4.1744)])
def test_the_start_is_the_uniform_baseline_of_the_course(V: int, nats: float) -> None:
    model = tiny_model("transformer", V)
    with torch.inference_mode():
        loss = model.nats(some_ids(4, 16, V), some_ids(4, 16, V, seed=1))[0].mean()
    assert loss.item() == pytest.approx(nats, abs=5e-5)


def test_fewer_heads_of_keys_make_a_smaller_cache() -> None:
    sizes = {}
    for n_kv_head in (0, 2, 1):
        model = lively_model("transformer", n_head=4, n_kv_head=n_kv_head)
        with torch.inference_mode():
            _, state = model(some_ids(1, 4, 27))
            _, state = model(some_ids(1, 1, 27), state)
        sizes[n_kv_head] = sum(k.numel() + v.numel() for k, v in state.layers)
    assert sizes[0] == 2 * sizes[2] == 4 * sizes[1]


def test_a_shared_table_is_counted_and_trained_once() -> None:
    own, shared = tiny_model("transformer"), tiny_model("transformer", tied=True)
    assert own.n_parameters - shared.n_parameters == 27 * 32
    assert shared.head.weight is shared.embedding.weight


def test_averaging_needs_nothing_but_values() -> None:
    asks, averages = tiny_model("transformer"), tiny_model("transformer", attention="average")
    assert asks.n_parameters - averages.n_parameters == 2 * 2 * 32 * 32  # q and k of two layers


def test_without_positions_the_past_is_a_bag() -> None:
    """The last token of one layer says the same whatever the order of those before it."""
    idx = some_ids(1, 8, 27)
    turned = torch.cat([idx[:, :-1].flip(1), idx[:, -1:]], dim=1)
    for position, same in (("none", True), ("rotary", False), ("alibi", False), ("learned", False)):
        model = lively_model("transformer", n_layer=1, position=position)
        with torch.inference_mode():
            a, b = model(idx)[0][:, -1], model(turned)[0][:, -1]
        assert torch.allclose(a, b, atol=1e-5) == same


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
