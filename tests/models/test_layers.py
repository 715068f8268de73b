import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lm_core.models.layers import (
    ACTIVATIONS,
    EPS,
    MLP,
    make_norm,
    relu2,
    rms_norm,
    start_at_zero,
    start_linear,
)

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def test_rms_norm_leaves_a_root_mean_square_of_one() -> None:
    x = 7 * torch.randn(4, 64)
    torch.testing.assert_close(rms_norm(x).square().mean(-1).sqrt(), torch.ones(4), **CLOSE)


def test_the_rms_norm_learns_nothing() -> None:
    assert make_norm("rms", 8, bias=True) is rms_norm


@pytest.mark.parametrize("bias", [True, False])
def test_the_layer_norm_is_that_of_the_formula(bias: bool) -> None:
    norm = make_norm("layer", 16, bias=bias)
    assert isinstance(norm, nn.LayerNorm)
    assert sum(p.numel() for p in norm.parameters()) == (32 if bias else 16)
    with torch.no_grad():
        for weight in norm.parameters():
            weight.normal_()
    x = 3 + 7 * torch.randn(5, 16)
    centred = x - x.mean(-1, keepdim=True)
    expected = norm.weight * centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    expected = expected + norm.bias if bias else expected
    torch.testing.assert_close(norm(x), expected, **CLOSE)


def test_activations_are_those_of_the_formulas() -> None:
    x = torch.linspace(-4, 4, 201)
    phi = 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    expected = {
        "relu": x.clamp(min=0),
        "relu2": x.clamp(min=0) ** 2,
        "gelu": x * phi,
        "gelu-tanh": 0.5 * x * (1 + inner.tanh()),
    }
    for name, y in expected.items():
        torch.testing.assert_close(ACTIVATIONS[name](x), y, **CLOSE)
    gate, value = torch.randn(2, 3, 5).unbind(0)
    y = ACTIVATIONS["swiglu"](torch.cat([gate, value], dim=-1))
    torch.testing.assert_close(y, gate * gate.sigmoid() * value, **CLOSE)
    assert set(ACTIVATIONS) == {*expected, "swiglu"}


def test_the_two_gelus_are_near_each_other_and_not_the_same() -> None:
    x = torch.linspace(-6, 6, 1001)
    apart = (ACTIVATIONS["gelu"](x) - ACTIVATIONS["gelu-tanh"](x)).abs().max().item()
    assert 1e-4 < apart < 5e-4


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("bias", [True, False])
def test_every_activation_costs_the_same_and_starts_by_adding_nothing(
    activation: str, bias: bool
) -> None:
    mlp = MLP(48, activation, bias=bias)
    assert mlp.up.weight.numel() + mlp.down.weight.numel() == 8 * 48 * 48
    assert (mlp.up.bias is None) == (mlp.down.bias is None) == (not bias)
    y = mlp(torch.randn(2, 3, 48))
    assert y.shape == (2, 3, 48)
    assert not y.any()


def test_a_matrix_of_too_large_numbers_makes_sums_too_large() -> None:
    """The course's x (1000 x 10) times w (10 x 200), and what our start makes of it."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(1000, 10, generator=generator)
    w = torch.randn(10, 200, generator=generator)
    for factor, std in ((1, 3.2), (5, 15.7), (0.05, 0.16), (10**-0.5, 1.0)):
        assert (x @ (w * factor)).std().item() == pytest.approx(std, rel=0.05)
    layer = nn.Linear(10, 200)
    start_linear(layer)
    assert layer(x).std().item() == pytest.approx(1.0, rel=0.05)
    assert not layer.bias.any()
    start_at_zero(layer)
    assert not layer(x).any()


@pytest.mark.parametrize("shape", [(3, 8), (2, 4, 5, 16)])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("name", ["rms_norm", "relu2"])
def test_the_written_out_gradient_is_that_of_torch(name: str, size: float, shape: tuple) -> None:
    ours = {"rms_norm": rms_norm, "relu2": relu2}[name]
    plain = {
        "rms_norm": lambda x: F.rms_norm(x, (x.size(-1),), eps=EPS),
        "relu2": lambda x: F.relu(x).square(),
    }[name]
    x, g = (
        torch.randn(shape, generator=torch.Generator().manual_seed(k), dtype=torch.float64)
        for k in (0, 1)
    )
    a, b = ((size * x).requires_grad_() for _ in range(2))
    out, expected = ours(a), plain(b)
    out.backward(g)
    expected.backward(g)
    torch.testing.assert_close(out, expected, atol=0, rtol=1e-9)
    torch.testing.assert_close(a.grad, b.grad, atol=1e-12, rtol=1e-9)
    torch.testing.assert_close(ours((size * x).float()), plain((size * x).float()))
