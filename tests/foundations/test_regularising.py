"""Dropout, weight decay, batch normalisation and first weights, held to torch."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from lm_core.foundations.depth import (
    STARTS,
    default_bound,
    first_losses,
    kaiming_bound,
    signals,
    xavier_bound,
)
from lm_core.foundations.regularising import batch_norm, decayed_step, decays, dropout


def test_dropout_drops_a_share_and_keeps_the_mean() -> None:
    x = np.ones((20, 16))
    after = dropout(x, 0.2, seed=0)
    assert (after == 0).mean() == pytest.approx(0.2, abs=0.09)  # the course drew 0.1925
    assert set(np.unique(after)) == {0.0, 1.25}
    assert dropout(np.ones((300, 300)), 0.5, seed=1).mean() == pytest.approx(1, abs=0.02)
    assert dropout(x, 0.2, seed=0, training=False) is x
    assert not dropout(x, 1.0, seed=0).any()
    torch_kept = nn.Dropout(0.2)(torch.ones(20, 16)).unique().tolist()
    assert torch_kept == [0.0, 1.25]


def test_one_step_of_decay_is_that_of_torch() -> None:
    w = torch.tensor([2.0], requires_grad=True)
    w.grad = torch.tensor([3.0])
    torch.optim.SGD([w], lr=0.1, weight_decay=0.5).step()
    assert decayed_step(2.0, 3.0, lr=0.1, weight_decay=0.5) == pytest.approx(w.item()) == 1.6


def test_decay_makes_weights_smaller() -> None:
    none, some, much = decays((0.0, 0.1, 3.0), seed=1)
    sizes = [np.abs(one.weights).mean() for one in (none, some, much)]
    assert sizes == sorted(sizes, reverse=True)
    assert none.train < some.train < much.train
    assert some.held < none.held


def test_batch_normalisation_is_that_of_torch() -> None:
    x = np.random.RandomState(0).normal(3, 5, (16, 4))
    found = batch_norm(x)
    theirs = nn.BatchNorm1d(4).double()(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(found.output, theirs, atol=1e-9)
    np.testing.assert_allclose(found.standardised.mean(0), 0, atol=1e-9)
    np.testing.assert_allclose(found.standardised.std(0), 1, atol=1e-5)
    np.testing.assert_allclose(batch_norm(x, 2.0, 1.0).output, 2 * theirs + 1, atol=1e-9)


def test_bounds_are_those_of_torch() -> None:
    assert default_bound(64) == 0.125
    assert kaiming_bound(64) == pytest.approx(0.3062, abs=5e-5)
    assert nn.Linear(64, 128).weight.abs().max().item() == pytest.approx(0.125, abs=1e-3)
    W = torch.empty(128, 64)
    nn.init.kaiming_uniform_(W, nonlinearity="relu")
    assert W.abs().max().item() == pytest.approx(kaiming_bound(64), abs=2e-3)
    nn.init.xavier_uniform_(W)
    assert W.abs().max().item() == pytest.approx(xavier_bound(64, 128), abs=2e-3)
    nn.init.uniform_(W)
    assert (W.min().item(), W.max().item()) == pytest.approx((0, 1), abs=2e-3)


@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("kind", ["relu", "tanh", "sigmoid"])
def test_signals_and_gradients_are_those_of_autograd(kind: str, normalised: bool) -> None:
    """The same weights in torch, the same gradient at the end."""
    name, layers, width, batch = "Kaiming (for ReLU)", 4, 12, 8
    found = signals(name, kind, layers=layers, width=width, batch=batch, normalised=normalised)
    chance = np.random.RandomState(0)
    h = torch.tensor(chance.normal(size=(batch, width)))
    act = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[kind]
    weights, spreads, outputs = [], [], []
    for _ in range(layers):
        W = torch.tensor(STARTS[name](chance, width, width), requires_grad=True)
        z = h @ W
        if normalised:
            z = nn.functional.batch_norm(z, None, None, training=True)
        h = act(z)
        h.retain_grad()
        weights.append(W)
        outputs.append(h)
        spreads.append(h.std(correction=0).item())
    h.backward(torch.tensor(chance.normal(size=(batch, width)) / h.numel()))
    np.testing.assert_allclose(found.activations, spreads, rtol=1e-6)
    sizes = [W.grad.abs().mean().item() for W in weights]
    np.testing.assert_allclose(found.weight_gradients, sizes, rtol=1e-3 if normalised else 1e-9)
    at = [one.grad.std(correction=0).item() for one in outputs]
    np.testing.assert_allclose(found.gradients, at, rtol=1e-3 if normalised else 1e-9)


def test_weights_of_0_give_nothing_on() -> None:
    found = signals("all zero", "relu", layers=3)
    assert found.dead.tolist() == [1, 1, 1]


def test_the_first_loss_is_ln_of_the_classes_where_logits_are_alike() -> None:
    alike, apart, far = first_losses((0.0, 1.0, 10.0), classes=27)
    assert alike == pytest.approx(math.log(27))
    assert alike < apart < far
