"""The laboratory against a plain loop, and against what the course says."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lm_core.doctor.starting import GAINS, SHOWN, StackSettings, kept, stack
from lm_core.errors import BadSettings

NEAR = {"rel": 2e-4, "abs": 1e-12}
MODULES = {
    "tanh": nn.Tanh(),
    "relu": nn.ReLU(),
    "relu2": lambda x: nn.ReLU()(x).pow(2),
    "gelu": nn.GELU(),
    "sigmoid": nn.Sigmoid(),
    "linear": nn.Identity(),
}


def spread(activation: str, gain: float, **more) -> list[dict]:
    return stack(StackSettings(activation=activation, gain=gain, **more))


@pytest.mark.parametrize("activation", SHOWN)
def test_every_figure_is_that_of_a_plain_loop(activation: str) -> None:
    found = spread(activation, 1.2, width=30, depth=4, rows=50)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(50, 30, generator=generator).requires_grad_()
    made = []
    for _ in range(4):
        layer = nn.Linear(30, 30, bias=False)
        layer.weight = nn.Parameter((torch.randn(30, 30, generator=generator) * 1.2 / 30**0.5).T)
        sums = layer(x)
        x = MODULES[activation](sums)
        x.retain_grad()
        made.append((sums, x))
    x.backward(torch.randn(50, 30, generator=generator))
    for ours, (sums, h) in zip(found, made, strict=True):
        assert ours["sums"] == pytest.approx(sums.std().item(), **NEAR)
        assert ours["std"] == pytest.approx(h.std().item(), **NEAR)
        assert ours["mean"] == pytest.approx(h.mean().item(), rel=2e-4, abs=1e-6)
        assert ours["gradient"] == pytest.approx(h.grad.std().item(), **NEAR)
        assert sum(ours["counts"]) == 1500
        if activation == "tanh":
            assert ours["idle"] == pytest.approx((h.abs() > 0.97).float().mean().item(), **NEAR)
        if activation in ("gelu", "linear"):
            assert ours["idle"] is None


def test_gains_are_those_of_torch() -> None:
    for activation, gain in GAINS.items():
        assert gain == pytest.approx(nn.init.calculate_gain(activation))


def test_five_thirds_keeps_tanh_and_less_or_more_does_not() -> None:
    right = spread("tanh", 5 / 3, depth=20, width=200)
    assert kept(right[4:]) == pytest.approx(1, abs=0.1)
    assert all(0.55 < layer["std"] < 0.85 for layer in right)
    assert all(layer["idle"] < 0.25 for layer in right)
    assert spread("tanh", 0.5, depth=20, width=200)[-1]["std"] < 1e-4
    much = spread("tanh", 5.0, depth=20, width=200)[-1]
    assert much["std"] > 0.9
    assert much["idle"] > 0.5


def test_root_two_keeps_relu_and_less_or_more_does_not() -> None:
    right = spread("relu", math.sqrt(2), depth=20, width=400)
    assert 0.6 < kept(right) < 1.6
    assert 0.5 < right[0]["gradient"] / right[-1]["gradient"] < 2
    assert kept(spread("relu", 1.0, depth=20, width=400)) < 0.005
    assert kept(spread("relu", 2.0, depth=20, width=400)) > 100


def test_gradients_fade_and_grow_as_the_numbers_do() -> None:
    for gain, low, high in ((1.0, 0, 0.01), (2.0, 100, math.inf)):
        found = spread("relu", gain, depth=20, width=400)
        assert low < found[0]["gradient"] / found[-1]["gradient"] < high


@given(st.sampled_from(list(SHOWN)), st.floats(0, 100), st.integers(2, 40), st.integers(1, 12))
def test_any_stack_has_figures(activation: str, gain: float, width: int, depth: int) -> None:
    """Also one whose numbers leave what float32 holds: those are None."""
    found = spread(activation, gain, width=width, depth=depth, rows=10)
    assert [layer["layer"] for layer in found] == list(range(1, depth + 1))
    for layer in found:
        assert layer["std"] is None or layer["std"] >= 0


def test_the_seed_decides_and_the_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    settings = StackSettings(depth=2, width=10, rows=10)
    assert stack(settings, 1) == stack(settings, 1) != stack(settings, 2)
    assert torch.equal(before, torch.get_rng_state())


def test_a_stack_that_is_too_large_is_one_sentence() -> None:
    with pytest.raises(BadSettings, match="fewer"):
        StackSettings(width=2048, depth=100)
    with pytest.raises(BadSettings, match="gain"):
        StackSettings(gain=math.nan)
