"""LoRA: the same model at first, only the change learns, added up it is a matrix; peft agrees."""

import copy
import math

import pytest
import torch
from torch import nn

from lm_core.adapt import lora
from lm_core.adapt.adapting import adapt, n_trainable
from lm_core.adapt.settings import AdapterSettings
from lm_core.errors import BadSettings
from lm_core.training.optimizers import OPTIMIZERS
from tests.tiny import lively_model, some_ids, stir, tiny_model

FAMILIES = ["transformer", "encoder", "encoder-decoder", "mlp", "wavenet"]


def settings(**given: object) -> AdapterSettings:
    return AdapterSettings(method="lora", **{"rank": 4, **given})


def logits(model: nn.Module, idx: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return model(idx)[0]


def lively_change(model: nn.Module, seed: int = 1) -> None:
    """Make B more than zero."""
    for low in lora.changes(model).values():
        stir(low, seed=seed, noise=0.1)


@pytest.mark.parametrize("family", FAMILIES)
def test_at_first_it_says_the_same_and_added_up_it_says_what_it_says(family: str) -> None:
    model, idx = lively_model(family), some_ids(2, 16, 27)
    before = logits(model, idx)
    adapt(model, settings())
    assert torch.equal(logits(model, idx), before)
    lively_change(model)
    after = logits(model, idx)
    assert not torch.allclose(after, before, atol=1e-2)
    twin = lora.merged(model)
    assert not lora.changes(twin)
    assert set(twin.state_dict()) == set(lively_model(family).state_dict())
    torch.testing.assert_close(logits(twin, idx), after, atol=1e-5, rtol=1e-5)
    assert torch.equal(logits(model, idx), after), "the model itself stays as it is"


@pytest.mark.parametrize("optimizer", ["adamw", "muon", "sgd"])
def test_only_the_change_learns(optimizer: str) -> None:
    model = lively_model("transformer")
    before = {name: p.clone() for name, p in model.state_dict().items()}
    adapt(model, settings())
    rule = OPTIMIZERS[optimizer](model, lr=0.05, weight_decay=0.1)
    for seed in range(3):
        idx = some_ids(4, 16, 27, seed=seed)
        model.train().nats(idx, idx.roll(-1, 1))[0].mean().backward()
        rule.step()
        rule.zero_grad()
    moved = [name for name, low in lora.changes(model).items() if low.B.any()]
    assert len(moved) == len(lora.changes(model)) == 8
    now = {lora.plain_name(name): p for name, p in model.state_dict().items()}
    assert all(torch.equal(now[name], p) for name, p in before.items())


def test_what_learns_is_r_times_both_sides() -> None:
    model = tiny_model("transformer")
    sides = sum(sum(m.weight.shape) for m in lora.targets(model, "all").values())
    adapt(model, settings(rank=3))
    assert n_trainable(model) == 3 * sides


@pytest.mark.parametrize(("which", "named"), [("attention", "attention"), ("mlp", "mlp")])
def test_it_can_be_beside_some_matrices_alone(which: str, named: str) -> None:
    model = tiny_model("transformer")
    found = lora.targets(model, which)
    assert len(found) == 4
    assert all(f".{named}." in name for name in found)


@pytest.mark.parametrize(("stabilised", "scale"), [(False, 16 / 4), (True, 16 / 2)])
def test_the_change_is_scaled_by_alpha_and_the_rank(stabilised: bool, scale: float) -> None:
    model = adapt(tiny_model("transformer"), settings(stabilised=stabilised))
    lively_change(model)
    for low in lora.changes(model).values():
        torch.testing.assert_close(low.change(), scale * low.B @ low.A)
        assert torch.linalg.matrix_rank(low.change()) <= 4


@pytest.mark.parametrize("family", ["gru", "lstm", "rnn", "neural-bigram"])
def test_families_without_such_matrices_are_refused_in_a_sentence(family: str) -> None:
    with pytest.raises(BadSettings, match="none of that kind: choose a Transformer"):
        adapt(tiny_model(family), settings())


def test_a_rank_larger_than_a_matrix_is_refused() -> None:
    with pytest.raises(BadSettings, match="choose 32 or less"):
        adapt(tiny_model("transformer"), settings(rank=33))


@pytest.mark.parametrize("stabilised", [False, True])
def test_peft_says_the_same_with_the_same_weights(stabilised: bool) -> None:
    from peft import LoraConfig, inject_adapter_in_model

    ours, idx = lively_model("transformer"), some_ids(2, 16, 27)
    theirs = copy.deepcopy(ours)
    adapt(ours, settings(stabilised=stabilised))
    lively_change(ours)
    config = LoraConfig(
        r=4, lora_alpha=16, target_modules=["qkv", "out", "up", "down"], use_rslora=stabilised
    )
    inject_adapter_in_model(config, theirs)
    for name, low in lora.changes(ours).items():
        layer = theirs.get_submodule(name.removesuffix(".weight"))
        with torch.no_grad():
            layer.lora_A["default"].weight.copy_(low.A)
            layer.lora_B["default"].weight.copy_(low.B)
    torch.testing.assert_close(logits(ours, idx), logits(theirs, idx), atol=1e-5, rtol=1e-5)


def test_a_starts_as_the_paper_starts_it() -> None:
    low = lora.LowRank(30, 400, 8, 1.0)
    assert low.A.abs().max() <= 1 / math.sqrt(400)
    assert low.A.var().item() == pytest.approx(1 / (3 * 400), rel=0.1)
    assert not low.B.any()
