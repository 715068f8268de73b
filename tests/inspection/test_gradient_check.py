"""Nudging agrees with autograd where that is right, and tells where it is not."""

from copy import deepcopy

import pytest
import torch

from lm_core.inspection.gradient_check import by_size, check, relative, slopes, some_places
from lm_core.models import layers
from tests.inspection.test_one_step import LEARNERS, batch
from tests.tiny import lively_model


@pytest.mark.parametrize("family", LEARNERS)
def test_nudging_agrees_with_autograd(family: str) -> None:
    model, (idx, targets) = lively_model(family).train(), batch(family)
    before = deepcopy(model.state_dict())
    name = [name for name, p in model.named_parameters() if p.dim() > 1][-1]
    for parameter in {name, next(iter(dict(model.named_parameters())))}:
        places = some_places(slopes(model, idx, targets, parameter), 3)
        for one in check(model, idx, targets, parameter, places):
            assert one.nudged == pytest.approx(one.autograd, rel=1e-6, abs=1e-9)
    assert model.training
    assert all(p.grad is None and p.dtype == torch.float32 for p in model.parameters())
    assert all(torch.equal(model.state_dict()[n], kept) for n, kept in before.items())


def test_a_wrong_gradient_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    model, (idx, targets) = lively_model("transformer"), batch("")
    parameter = "blocks.0.mlp.up.weight"

    def worst() -> float:
        places = some_places(slopes(model, idx, targets, parameter), 4)[:2]
        return max(one.error for one in check(model, idx, targets, parameter, places))

    assert worst() < 1e-6
    right = layers._ReLU2.backward
    monkeypatch.setattr(layers._ReLU2, "backward", staticmethod(lambda c, g: right(c, g) * 1.01))
    assert 1e-3 < worst() < 0.02


def test_too_large_and_too_small_nudges_err() -> None:
    model, (idx, targets) = lively_model("mlp"), batch("")
    place = some_places(slopes(model, idx, targets, "layer.weight"), 1)[0]
    found = by_size(model, idx, targets, "layer.weight", place)
    best = min(found.central)
    assert best < 1e-7
    assert found.central[0] > 1e3 * best
    assert found.central[-1] > 1e3 * best
    assert min(found.forward) > best
    assert min(found.single) > 1e3 * best


def test_places_are_the_steepest_and_some_others() -> None:
    gradient = torch.zeros(4, 5)
    gradient[2, 3], gradient[1, 1] = -9.0, 4.0
    found = some_places(gradient, 4)
    assert found[:2] == [(2, 3), (1, 1)]
    assert len(set(found)) == 4
    assert found == some_places(gradient, 4)
    assert found[2:] != some_places(gradient, 4, seed=1)[2:]
    assert len(some_places(gradient, 99)) == 20
    assert some_places(torch.tensor([1.0, 2.0]), 1) == [(1,)]
    assert relative(0.0, 0.0) == 0.0
    assert relative(1.0, 0.5) == 0.5
