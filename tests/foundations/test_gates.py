"""Neurons that become gates: what each kind can and cannot, and gradients as torch has them."""

from itertools import islice

import numpy as np
import pytest
import torch

from lm_core.foundations.gates import (
    GATES,
    INPUTS,
    UNDECIDED,
    Layer,
    Net,
    called,
    gradients,
    is_right,
    learn,
    loss_of,
    neuron,
    right,
    three_neurons,
    xor_by_hand,
)


def trained(net: Net, gate: str, steps: int = 2000, lr: float = 5.0) -> Net:
    return next(islice(learn(net, gate, lr=lr), steps, None))


def test_the_truth_table_of_xor_is_made_of_others() -> None:
    x, y = INPUTS.T.astype(int)
    assert ((x | y) & ~(x & y)).tolist() == list(GATES["XOR"]) == [0, 1, 1, 0]


def test_xor_has_nine_parameters() -> None:
    assert three_neurons(0).n_parameters == xor_by_hand().n_parameters == 9
    assert neuron(0).n_parameters == 3
    assert neuron(0, bias=False).n_parameters == 2


def test_without_a_bias_a_sigmoid_cannot_give_0_at_0() -> None:
    net = neuron(3, bias=False)
    assert net.answer(INPUTS[:1]) == 0.5
    assert trained(net, "AND").answer(INPUTS)[0] == 0.5
    assert not is_right(trained(net, "AND"), "AND")
    assert called(net.answer(INPUTS)) == UNDECIDED


def test_a_plain_neuron_fits_and_and_or_as_a_line_can() -> None:
    for gate, third in (("AND", 1), ("OR", 2)):
        net = trained(neuron(0, squashed=False, bias=False), gate, lr=0.5)
        expected = np.array([0, third, third, 2 * third]) / 3
        np.testing.assert_allclose(net.answer(INPUTS), expected, atol=1e-6)
        assert is_right(net, gate)


@pytest.mark.parametrize("gate", ["AND", "OR", "NAND", "NOR"])
def test_with_a_bias_it_becomes_the_gate(gate: str) -> None:
    net = trained(neuron(0), gate)
    assert is_right(net, gate)
    assert loss_of(net, gate) < 0.01
    assert called(net.answer(INPUTS)) == gate


def test_one_neuron_cannot_be_xor_and_three_can() -> None:
    one = trained(neuron(0), "XOR")
    assert loss_of(one, "XOR") == pytest.approx(0.25, abs=1e-3)
    assert right(one, "XOR") == 0
    three = trained(three_neurons(4), "XOR", steps=800)
    assert is_right(three, "XOR")
    assert loss_of(three, "XOR") < 0.01
    hidden = three.forward(INPUTS)[1]
    assert [called(one) for one in hidden.T] == ["OR", "NAND"]


def test_put_in_by_hand_it_is_or_nand_and() -> None:
    net = xor_by_hand()
    assert [called(one) for one in net.forward(INPUTS)[1].T] == ["OR", "NAND"]
    assert called(net.answer(INPUTS)) == "XOR"
    assert loss_of(net, "XOR") < 1e-4


def test_every_gate_has_a_name_of_its_own() -> None:
    assert len(set(GATES.values())) == len(GATES) == 16
    assert all(called(np.array(outputs)) == name for name, outputs in GATES.items())


@pytest.mark.parametrize(
    "net",
    [three_neurons(1), neuron(2), neuron(2, bias=False), neuron(2, squashed=False, bias=False)],
)
def test_gradients_are_those_of_torch(net: Net) -> None:
    def leaf(array: np.ndarray | None) -> torch.Tensor | None:
        return None if array is None else torch.tensor(array, requires_grad=True)

    layers = [(leaf(layer.weight), leaf(layer.bias)) for layer in net.layers]
    x = torch.tensor(INPUTS)
    for layer, (weight, bias) in zip(net.layers, layers, strict=True):
        x = x @ weight + (0 if bias is None else bias)
        x = x.sigmoid() if layer.squashed else x
    loss = torch.nn.functional.mse_loss(x[:, 0], torch.tensor(GATES["XOR"], dtype=torch.float64))
    loss.backward()
    assert loss_of(net, "XOR") == pytest.approx(loss.item())
    for (weight, bias), ours in zip(layers, gradients(net, "XOR"), strict=True):
        np.testing.assert_allclose(ours[0], weight.grad.numpy(), atol=1e-12)
        if bias is not None:
            np.testing.assert_allclose(ours[1], bias.grad.numpy(), atol=1e-12)


def test_a_layer_says_how_many_numbers_it_has() -> None:
    assert Layer(np.zeros((2, 3)), np.zeros(3)).n_parameters == 9
