"""Activations, softmax and cross-entropy, held to torch and to the course's numbers."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.foundations import activations as ours

THEIRS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky-relu": F.leaky_relu,
    "gelu": F.gelu,
    "silu": F.silu,
}
X = np.concatenate([np.linspace(-9, 9, 50), [-700.0, 700.0, 1e-3]])
LOGITS = st.lists(st.floats(-50, 50), min_size=2, max_size=6)


@pytest.mark.parametrize("name", THEIRS)
def test_values_and_gradients_are_those_of_torch(name: str) -> None:
    x = torch.tensor(X, requires_grad=True)
    y = THEIRS[name](x)
    y.sum().backward()
    kind = ours.ACTIVATIONS[name]
    np.testing.assert_allclose(kind.f(X), y.detach(), atol=1e-12)
    np.testing.assert_allclose(kind.gradient(X), x.grad, atol=1e-12)


def test_identities() -> None:
    """Of the course and those that follow from it."""
    sigmoid, tanh = (ours.ACTIVATIONS[name] for name in ("sigmoid", "tanh"))
    assert ours.sigmoid(np.array(6.0)) == pytest.approx(0.9975, abs=5e-5)
    assert ours.sigmoid(np.array(0.0)) == 0.5
    np.testing.assert_allclose(np.tanh(X), 2 * ours.sigmoid(2 * X) - 1, atol=1e-12)
    s = sigmoid.f(X)
    np.testing.assert_allclose(sigmoid.gradient(X), s * (1 - s))
    np.testing.assert_allclose(tanh.gradient(X), 1 - np.tanh(X) ** 2)
    assert sigmoid.gradient(np.array(0.0)) == 0.25
    assert tanh.gradient(np.array(0.0)) == 1.0
    ten_layers = sigmoid.gradient(np.zeros(10)).prod()
    assert ten_layers == pytest.approx(9.5e-7, rel=0.01)
    assert nn.LeakyReLU().negative_slope == ours.LEAK == 0.01
    assert ours.ACTIVATIONS["leaky-relu"].f(np.array(-1.0)) == -0.01
    assert ours.leaky(0.05).gradient(np.array(-1.0)) == 0.05


def test_softmax_one_hot_and_loss_of_the_course() -> None:
    p = ours.softmax(np.array([4.3, 6.1, 2.3]))
    assert p == pytest.approx([0.1392, 0.8420, 0.0188], abs=5e-5)
    assert ours.one_hot(0, 3).tolist() == [1, 0, 0]
    assert F.one_hot(torch.tensor(0), num_classes=3).tolist() == [1, 0, 0]
    loss = ours.cross_entropy(np.array([-0.1211, 0.1059]), ours.one_hot(0, 2))
    assert loss.nats == pytest.approx(0.8131, abs=5e-5)
    four = ours.cross_entropy(np.array([0.1, 6.0, -2.0, 3.2]), ours.one_hot(2, 4))
    assert four.nats == pytest.approx(8.0619, abs=5e-5)
    assert sum([0.57492, 0.034961, 0.15669]) == pytest.approx(0.7666, abs=5e-5)  # is none
    with pytest.raises(BadSettings):
        ours.one_hot(3, 3)


@pytest.mark.parametrize("K", [2, 3, 27])
def test_who_knows_nothing_pays_ln_of_the_classes(K: int) -> None:
    loss = ours.cross_entropy(np.zeros(K), ours.one_hot(K - 1, K))
    assert loss.nats == pytest.approx(math.log(K))


def test_binary_cross_entropy_at_0_is_ln_2() -> None:
    assert ours.binary_cross_entropy(0.0, 1.0) == pytest.approx(0.6931, abs=5e-5)
    theirs = F.binary_cross_entropy_with_logits(torch.tensor(-800.0), torch.tensor(1.0))
    assert ours.binary_cross_entropy(-800.0, 1.0) == pytest.approx(theirs.item())


@given(LOGITS, st.integers(0, 5), st.floats(0.05, 5))
def test_any_loss_and_its_gradient_are_torchs(logits: list, label: int, T: float) -> None:
    label %= len(logits)
    z = torch.tensor([logits], dtype=torch.float64, requires_grad=True)
    theirs = F.cross_entropy(z, torch.tensor([label]))
    theirs.backward()
    loss = ours.cross_entropy(np.array(logits), ours.one_hot(label, len(logits)))
    assert loss.nats == pytest.approx(theirs.item(), abs=1e-9)
    np.testing.assert_allclose(loss.gradient, z.grad[0], atol=1e-12)
    p = ours.softmax(np.array(logits), T)
    np.testing.assert_allclose(p, torch.softmax(z.detach()[0] / T, -1), atol=1e-12)
    assert p.sum() == pytest.approx(1)


def test_at_temperature_0_the_largest_has_all() -> None:
    assert ours.softmax(np.array([1.0, 3.0, 2.0]), 0).tolist() == [0, 1, 0]
    assert ours.softmax(np.array([3.0, 3.0]), 0).tolist() == [0.5, 0.5]
