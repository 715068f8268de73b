import pytest
import torch
from torch import nn

from lm_core.training.optimizers import OPTIMIZERS
from lm_core.training.settings import TrainSettings


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_it_finds_the_bottom_of_a_bowl(name: str) -> None:
    model = nn.Linear(3, 3)
    optimizer = OPTIMIZERS[name](model, lr=0.1, weight_decay=0.0)
    for _ in range(100):
        loss = sum((p - 2).square().sum() for p in model.parameters())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    for weight in model.parameters():
        torch.testing.assert_close(weight, torch.full_like(weight, 2), atol=0.05, rtol=0)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_matrices_are_decayed_and_vectors_are_not(name: str) -> None:
    model = nn.Linear(3, 3)
    before = [p.detach().clone() for p in (model.weight, model.bias)]
    optimizer = OPTIMIZERS[name](model, lr=0.1, weight_decay=0.5)
    (0 * sum(p.sum() for p in model.parameters())).backward()
    optimizer.step()
    torch.testing.assert_close(model.weight, before[0] * (1 - 0.1 * 0.5))
    assert torch.equal(model.bias, before[1])


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_frozen_weights_are_left_alone(name: str) -> None:
    model = nn.Linear(3, 3)
    model.weight.requires_grad_(False)
    optimizer = OPTIMIZERS[name](model, lr=0.1, weight_decay=0.5)
    held = [p for group in optimizer.param_groups for p in group["params"]]
    assert [id(p) for p in held] == [id(model.bias)]


def test_the_setting_offers_what_there_is() -> None:
    for name in OPTIMIZERS:
        assert TrainSettings(optimizer=name).optimizer == name
