"""Neurons that become logical gates: one for AND and OR, three for XOR, their gradients by hand.

    z = x W + b,   a = sigmoid(z)                  one layer of neurons
    loss = mean (a - y)^2                          over the four rows of the truth table
    dz = da * a (1 - a),  dW = x^T dz,  db = sum dz,  dx = dz W^T        the way back

Shapes: N rows (4), I inputs and O outputs of a layer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lm_core.foundations.autograd import sigmoid

INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (4, 2)
GATES: dict[str, tuple[int, int, int, int]] = {  # what each gives for these four
    "AND": (0, 0, 0, 1),
    "OR": (0, 1, 1, 1),
    "NAND": (1, 1, 1, 0),
    "NOR": (1, 0, 0, 0),
    "XOR": (0, 1, 1, 0),
    "XNOR": (1, 0, 0, 1),
    "x1": (0, 0, 1, 1),
    "x2": (0, 1, 0, 1),
    "not x1": (1, 1, 0, 0),
    "not x2": (1, 0, 1, 0),
    "x1 and not x2": (0, 0, 1, 0),
    "x2 and not x1": (0, 1, 0, 0),
    "x1 or not x2": (1, 0, 1, 1),
    "x2 or not x1": (1, 1, 0, 1),
    "always 0": (0, 0, 0, 0),
    "always 1": (1, 1, 1, 1),
}
AT_HALF, UNDECIDED = 0.005, "not decided"  # so near to one half is neither 0 nor 1
_NAMES = {outputs: name for name, outputs in GATES.items()}
_sigmoid = np.vectorize(sigmoid, otypes=[float])


@dataclass(frozen=True, eq=False)
class Layer:
    """Neurons side by side."""

    weight: np.ndarray  # (I, O)
    bias: np.ndarray | None  # (O,)
    squashed: bool = True  # through a sigmoid

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """x (N, I) -> (N, O)"""
        z = x @ self.weight  # (N, O)
        z = z if self.bias is None else z + self.bias
        return _sigmoid(z) if self.squashed else z

    @property
    def n_parameters(self) -> int:
        return self.weight.size + (0 if self.bias is None else self.bias.size)


@dataclass(frozen=True, eq=False)
class Net:
    """Layers one after the other."""

    layers: tuple[Layer, ...]

    def forward(self, x: np.ndarray) -> list[np.ndarray]:
        """x (N, 2) -> what each layer makes of it, the input first, the answer (N, 1) last."""
        made = [x]
        for layer in self.layers:
            made.append(layer(made[-1]))
        return made

    def answer(self, x: np.ndarray) -> np.ndarray:
        """x (N, 2) -> (N,)"""
        return self.forward(x)[-1][:, 0]

    @property
    def n_parameters(self) -> int:
        return sum(layer.n_parameters for layer in self.layers)


def neuron(seed: int, *, squashed: bool = True, bias: bool = True) -> Net:
    """One neuron of two inputs, its weights drawn from [0, 1)."""
    rng = np.random.default_rng(seed)
    return Net((Layer(rng.random((2, 1)), rng.random(1) if bias else None, squashed),))


def three_neurons(seed: int) -> Net:
    """Two hidden neurons and one that reads them: 9 parameters, drawn from [-1, 1)."""
    rng = np.random.default_rng(seed)

    def layer(out: int) -> Layer:
        return Layer(rng.uniform(-1, 1, (2, out)), rng.uniform(-1, 1, out))

    return Net((layer(2), layer(1)))


def xor_by_hand() -> Net:
    """(x1 or x2) and not (x1 and x2), put in by hand: OR and NAND, and an AND of both."""
    hidden = Layer(np.array([[20.0, -20.0], [20.0, -20.0]]), np.array([-10.0, 30.0]))
    return Net((hidden, Layer(np.array([[20.0], [20.0]]), np.array([-30.0]))))


def loss_of(net: Net, gate: str) -> float:
    """The mean squared error over the truth table."""
    return float(np.mean((net.answer(INPUTS) - GATES[gate]) ** 2))


def gradients(net: Net, gate: str) -> list[tuple[np.ndarray, np.ndarray | None]]:
    """Of each layer: how the loss changes with its weights (I, O) and its biases (O,)."""
    made = net.forward(INPUTS)
    back = 2 * (made[-1] - np.array(GATES[gate])[:, None]) / len(INPUTS)  # (N, 1)
    found = []
    for layer, x, a in zip(net.layers[::-1], made[-2::-1], made[:0:-1], strict=True):
        dz = back * a * (1 - a) if layer.squashed else back  # (N, O)
        found.append((x.T @ dz, None if layer.bias is None else dz.sum(0)))
        back = dz @ layer.weight.T  # (N, I)
    return found[::-1]


def stepped(net: Net, gate: str, lr: float) -> Net:
    """The net after one step against its gradient."""
    layers = [
        replace(
            layer,
            weight=layer.weight - lr * weight,
            bias=None if bias is None else layer.bias - lr * bias,
        )
        for layer, (weight, bias) in zip(net.layers, gradients(net, gate), strict=True)
    ]
    return Net(tuple(layers))


def learn(net: Net, gate: str, *, lr: float) -> Iterator[Net]:
    """The net as it is, and after each step."""
    while True:
        yield net
        net = stepped(net, gate, lr)


def right(net: Net, gate: str) -> int:
    """How many of the four answers lie on their side of one half, and not at it."""
    sides = np.where(np.array(GATES[gate], dtype=bool), 1, -1)
    return int(np.sum(sides * (net.answer(INPUTS) - 0.5) > AT_HALF))


def is_right(net: Net, gate: str) -> bool:
    """Whether all four do."""
    return right(net, gate) == len(INPUTS)


def called(outputs: np.ndarray) -> str:
    """The gate that a neuron is, by its four outputs, each rounded at one half; "undecided" where
    one of them is one half."""
    if np.any(np.abs(outputs - 0.5) <= AT_HALF):
        return UNDECIDED
    return _NAMES[tuple(int(one > 0.5) for one in outputs)]
