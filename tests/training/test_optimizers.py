from typing import Any

import pytest
import torch
from torch import nn

from lm_core.training.optimizers import ADAM_SHARE, OPTIMIZERS, set_rate
from lm_core.training.settings import TrainSettings
from tests.tiny import tiny_model


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_it_finds_the_bottom_of_a_bowl(name: str) -> None:
    model = nn.Linear(3, 3)
    optimizer = OPTIMIZERS[name](model, lr=0.1, weight_decay=0.0)
    for step in range(800):
        loss = sum((p - 2).square().sum() for p in model.parameters())
        loss.backward()
        set_rate(optimizer, 0.1 * (1 - step / 800))
        optimizer.step()
        optimizer.zero_grad()
    for weight in model.parameters():
        torch.testing.assert_close(weight, torch.full_like(weight, 2), atol=0.05, rtol=0)


@pytest.mark.parametrize("name", sorted({*OPTIMIZERS} - {"adam", "adam-half"}))
def test_matrices_are_decayed_and_vectors_are_not(name: str) -> None:
    model = nn.Linear(3, 3)
    before = [p.detach().clone() for p in (model.weight, model.bias)]
    optimizer = OPTIMIZERS[name](model, lr=0.1, weight_decay=0.5)
    (0 * sum(p.sum() for p in model.parameters())).backward()
    optimizer.step()
    torch.testing.assert_close(model.weight, before[0] * (1 - 0.1 * 0.5))
    assert torch.equal(model.bias, before[1])


TORCH = {
    "sgd": (torch.optim.SGD, {}),
    "sgd-momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "adam": (torch.optim.Adam, {}),
    "adam-half": (torch.optim.Adam, {"betas": (0.5, 0.999)}),
    "adamw": (torch.optim.AdamW, {"betas": (0.9, 0.95)}),
}


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_it_takes_the_steps_of_torch(name: str, weight_decay: float) -> None:
    """Step for step, with a rate that changes; matrices are decayed and vectors are not."""
    ours, theirs = (tiny_model("transformer", norm="layer", bias=True) for _ in range(2))
    kind, how = TORCH[name]
    matrices = [p for p in theirs.parameters() if p.dim() > 1]
    vectors = [p for p in theirs.parameters() if p.dim() == 1]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors}]
    reference = kind(groups, lr=1.0, **{"weight_decay": 0.0} | how)
    optimizer = OPTIMIZERS[name](ours, lr=1.0, weight_decay=weight_decay)
    for step in range(8):
        generator = torch.Generator().manual_seed(step)
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            a.grad = torch.randn(a.shape, generator=generator)
            b.grad = a.grad.clone()
        for one in (optimizer, reference):
            set_rate(one, 0.01 / (1 + step))
            one.step()
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(a, b)


def test_adam_decays_by_its_gradient_as_the_paper_did() -> None:
    """Without a gradient it goes toward zero by a whole step, whatever the decay."""
    model = nn.Linear(3, 3)
    before = model.weight.detach().clone()
    optimizer = OPTIMIZERS["adam"](model, lr=0.01, weight_decay=0.5)
    (0 * sum(p.sum() for p in model.parameters())).backward()
    optimizer.step()
    torch.testing.assert_close(model.weight, before - 0.01 * before.sign(), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_frozen_weights_are_left_alone(name: str) -> None:
    model = nn.Linear(3, 3)
    model.weight.requires_grad_(False)
    optimizer = OPTIMIZERS[name](model, lr=0.1, weight_decay=0.5)
    held = [p for group in optimizer.param_groups for p in group["params"]]
    assert [id(p) for p in held] == [id(model.bias)]


def test_muon_takes_the_matrices_inside_and_leaves_the_rest_to_adamw() -> None:
    model = tiny_model("transformer")
    matrices, others = (
        part.param_groups for part in OPTIMIZERS["muon"](model, lr=1, weight_decay=0).parts
    )
    names = {id(p): name for name, p in model.named_parameters()}
    inside = {names[id(p)] for group in matrices for p in group["params"]}
    rest = {names[id(p)] for group in others for p in group["params"]}
    assert inside == {name for name in names.values() if name.startswith("blocks.")}
    assert rest == {"embedding.weight", "head.weight"}


def test_the_weights_left_to_adamw_take_a_share_of_the_rate() -> None:
    optimizer = OPTIMIZERS["muon"](tiny_model("transformer"), lr=1.0, weight_decay=0.0)
    set_rate(optimizer, 0.5)
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 0.5 * ADAM_SHARE]


def test_several_optimizers_keep_their_memories_apart() -> None:
    def after(steps: int, model: nn.Module, optimizer: Any) -> None:
        for k in range(steps):
            generator = torch.Generator().manual_seed(k)
            for p in model.parameters():
                p.grad = torch.randn(p.shape, generator=generator)
            optimizer.step()

    whole, parted = tiny_model("transformer"), tiny_model("transformer")
    first = OPTIMIZERS["muon"](whole, lr=0.01, weight_decay=0.1)
    after(3, whole, first)
    after(3, parted, before := OPTIMIZERS["muon"](parted, lr=0.01, weight_decay=0.1))
    again = OPTIMIZERS["muon"](parted, lr=0.01, weight_decay=0.1)
    again.load_state_dict(before.state_dict())
    after(2, whole, first)
    after(2, parted, again)
    for a, b in zip(whole.parameters(), parted.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_setting_offers_what_there_is() -> None:
    for name in OPTIMIZERS:
        assert TrainSettings(optimizer=name).optimizer == name
