"""Tensors as the course makes them, layers as it counts them."""

import pytest
import torch
from torch import nn

from lm_core.foundations.tensors import collapsed, facts, fits, made, parameters, stack


def test_shape_type_and_device() -> None:
    said = facts(made([[1, 2, 3], [4, 5, 6]])["torch.tensor(xs)"])
    assert (said.shape, said.dtype, said.device) == ((2, 3), "int64", "cpu")
    assert (said.numel, said.bytes, said.stride) == (6, 48, (3, 1))
    kinds = [facts(one).dtype for one in made([1.5, 2]).values()]
    assert kinds == ["float32", "float32", "float64"]
    assert torch.equal(made([1, 2])["torch.Tensor(xs)"], torch.Tensor([1, 2]))


@pytest.mark.parametrize(
    ("sizes", "total"),
    [
        *(([8, 4, 2], 46), ([16, 4, 2, 1], 81), ([10, 18, 20, 5], 683)),
        *(([6, 4, 1], 33), ([9, 16, 8, 1], 305), ([64, 128, 256], 41_344)),
    ],
)
def test_parameters_are_those_of_torch(sizes: list[int], total: int) -> None:
    assert sum(map(sum, parameters(sizes))) == total
    assert sum(one.numel() for one in stack(sizes).parameters()) == total


def test_a_frozen_weight_has_no_gradient_at_all() -> None:
    net = stack([64, 128, 256])
    net[0].weight.requires_grad = False
    net(torch.ones(1, 64, dtype=torch.float64)).sum().backward()
    assert net[0].weight.grad is None
    learns = sum(one.numel() for one in net.parameters() if one.requires_grad)
    assert learns == 33_152


def test_a_stack_without_activation_is_one_layer() -> None:
    net, x = stack([10, 18, 20, 5], seed=1), torch.randn(7, 10, dtype=torch.float64)
    W, b = collapsed(net)
    assert W.shape == (5, 10)
    torch.testing.assert_close(net(x), x @ W.T + b, rtol=0, atol=1e-6)
    bent = stack([10, 18, 20, 5], activation="relu", seed=1)
    assert not torch.allclose(bent(x), x @ W.T + b, atol=1e-3)


def test_the_linear_layer_of_the_course() -> None:
    layer = nn.Linear(3, 2)
    layer.weight.data = torch.tensor([[-0.1971, -0.4996, 0.1233], [0.2203, 0.3508, -0.1402]])
    layer.bias.data = torch.tensor([-0.4006, 0.0538])
    out = layer(torch.tensor([[0.3471, 0.4547, -0.2356]]))
    torch.testing.assert_close(out, torch.tensor([[-0.7252, 0.3228]]), rtol=0, atol=5e-5)


def test_the_order_of_layers() -> None:
    """Lines 6, 5, 2, 4 of the course's question."""
    assert fits([(5, 20), (20, 14), (14, 3), (3, 2)]) is None
    assert fits([(5, 20), (14, 3), (20, 14), (3, 2)]) == 1
