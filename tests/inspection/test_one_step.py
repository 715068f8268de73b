"""A step in slow motion beside autograd and the optimizers of the lab, taken without it."""

from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lm_core.errors import BadSettings, Unsupported
from lm_core.inspection import one_step as lab
from lm_core.inspection.gradient_check import some_places
from lm_core.inspection.one_step import one_step
from lm_core.models.building import build_model
from lm_core.training.optimizers import optimizer_of
from lm_core.training.update_rule import BY_HAND
from tests.tiny import READERS, lively_model, some_ids, stir, tiny_model, tiny_settings

LEARNERS = [e.name for e in READERS if e.build.learns_by == "gradient" and e.build.causal]
LEARNERS = [name for name in LEARNERS if name not in ("mixture", "ensemble")]
RATES = {"adamw": 0.01, "adam": 0.01, "sgd": 0.5, "sgd-momentum": 0.1}
CLOSE = {"atol": 1e-5, "rtol": 1e-4}


def batch(family: str) -> tuple[torch.Tensor, torch.Tensor]:
    ids = some_ids(2, 7, 27, seed=len(family))
    targets = ids[:, 1:].clone()
    targets[1, -2:] = -1  # not asked for
    return ids[:, :-1], targets


@pytest.mark.parametrize("family", LEARNERS)
def test_loss_and_gradients_are_those_of_autograd_on_the_model(family: str) -> None:
    model, (idx, targets) = lively_model(family).train(), batch(family)
    before = deepcopy(model.state_dict())
    step = one_step(model, idx, targets, lr=0.01)
    assert model.training
    assert all(p.grad is None for p in model.parameters())
    for name, kept in before.items():
        torch.testing.assert_close(model.state_dict()[name], kept, atol=0, rtol=0)
    twin = deepcopy(model).eval()
    on_the_way = []
    embedding = getattr(twin, "embedding", None)
    if embedding is not None:
        embedding.register_forward_hook(lambda m, x, y: (y.retain_grad(), on_the_way.append(y))[0])
    logits = twin(idx)[0]
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)
    loss.backward()
    assert step.loss == pytest.approx(float(loss.detach()), abs=1e-5)
    torch.testing.assert_close(step.logits, logits.detach(), **CLOSE)
    reached = {name: p.grad for name, p in twin.named_parameters() if p.grad is not None}
    assert set(step.gradients) == set(reached)
    for name, gradient in reached.items():
        torch.testing.assert_close(step.gradients[name], gradient, **CLOSE)
    if embedding is not None and family != "wavenet":  # whose traced tree reads other windows
        flowed = step.flowed["embedding"]
        if flowed.shape == on_the_way[0].shape:
            torch.testing.assert_close(flowed, on_the_way[0].grad, **CLOSE)


@pytest.mark.parametrize("optimizer", BY_HAND)
@pytest.mark.parametrize("number", [1, 3])
def test_the_update_is_that_of_the_optimizer_and_of_the_rule(optimizer: str, number: int) -> None:
    model, (idx, targets) = lively_model("gru", n_layer=1), batch("gru")
    how = {"lr": RATES[optimizer], "weight_decay": 0.1}
    step = one_step(model, idx, targets, optimizer=optimizer, grad_clip=0.5, number=number, **how)
    twin = deepcopy(model)
    mover = optimizer_of(twin, optimizer, **how)
    for _ in range(number):
        before = deepcopy(dict(twin.named_parameters()))
        mover.zero_grad()
        nats, _ = twin.nats(idx, targets)
        (nats.sum() / (targets >= 0).sum()).backward()
        norm = nn.utils.clip_grad_norm_(twin.parameters(), 0.5)
        mover.step()
    assert step.norm == pytest.approx(float(norm), rel=1e-3)
    for name, parameter in twin.named_parameters():
        torch.testing.assert_close(step.before[name], before[name].detach(), **CLOSE)
        torch.testing.assert_close(step.after[name], parameter.detach(), **CLOSE)
        for place in some_places(step.gradients[name], 2):
            by_hand = step.by_hand(name, place)[-1].value
            assert by_hand == pytest.approx(float(step.after[name][place]), rel=1e-5, abs=1e-6)
    with torch.no_grad():
        loss = twin.nats(idx, targets)[0].sum() / (targets >= 0).sum()
    assert step.loss_after == pytest.approx(float(loss), abs=1e-4)


def test_a_small_step_changes_the_loss_as_the_gradient_foretells() -> None:
    model, (idx, targets) = lively_model("mlp"), batch("mlp")
    step = one_step(model, idx, targets, optimizer="sgd", lr=1e-3)
    assert step.loss_after < step.loss
    assert step.loss_after - step.loss == pytest.approx(step.expected, rel=0.05, abs=1e-6)


def test_a_penalty_is_a_part_of_the_loss() -> None:
    model, (idx, targets) = lively_model("neural-bigram", l2=3.0), batch("")
    step = one_step(model, idx, targets, lr=0.01)
    mean = float(step.nats.sum() / (targets >= 0).sum())
    assert step.penalty == pytest.approx(3 * float(model.table.weight.detach().square().mean()))
    assert step.loss == pytest.approx(mean + step.penalty, abs=1e-6)


def test_a_model_that_reads_both_sides_learns_what_is_hidden() -> None:
    model, (idx, _) = lively_model("encoder").train(), batch("")
    hidden = torch.zeros_like(idx, dtype=torch.bool)
    hidden[0, 2] = hidden[1, 4] = True
    read, targets = idx.masked_fill(hidden, model.mask_id), idx.where(hidden, -1)
    step = one_step(model, read, targets, lr=0.01)
    twin = deepcopy(model).eval()
    loss = F.cross_entropy(twin(read)[0][hidden], idx[hidden])
    loss.backward()
    assert step.loss == pytest.approx(float(loss.detach()), abs=1e-5)
    assert step.loss_after < step.loss
    torch.testing.assert_close(step.gradients["mask"], twin.mask.grad, **CLOSE)
    assert (step.nats[~hidden] == 0).all()


@pytest.mark.parametrize("family", ["rnn-translator", "encoder-decoder"])
def test_a_translator_learns_its_target(family: str) -> None:
    model = stir(
        build_model(family, tiny_settings(family), {"vocab_size": 20, "source_size": 20})
    ).train()
    source, target = some_ids(1, 5, 20, seed=1), some_ids(1, 6, 20, seed=2)
    read, asked = target[:, :-1], target[:, 1:]
    step = one_step(model, read, asked, source=source, optimizer="sgd", lr=0.01)
    twin = deepcopy(model).eval()
    loss = F.cross_entropy(twin.answer(source, read)[0], asked[0])
    loss.backward()
    assert step.loss == pytest.approx(float(loss.detach()), abs=1e-5)
    assert step.loss_after < step.loss
    for name, parameter in twin.named_parameters():
        if parameter.grad is not None:
            torch.testing.assert_close(step.gradients[name], parameter.grad, **CLOSE)


def test_what_cannot_be_stepped(monkeypatch: pytest.MonkeyPatch) -> None:
    idx, targets = batch("")
    with pytest.raises(Unsupported, match="by gradient"):
        one_step(tiny_model("bigram"), idx, targets, lr=0.1)
    with pytest.raises(BadSettings, match="adamw"):
        one_step(tiny_model("mlp"), idx, targets, optimizer="muon", lr=0.1)
    monkeypatch.setattr(lab, "MOST", 100)
    with pytest.raises(BadSettings, match="too many"):
        one_step(tiny_model("mlp"), idx, targets, lr=0.1)
