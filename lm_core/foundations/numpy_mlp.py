"""A multilayer perceptron from scratch, in NumPy: forward, backward, train.

    forward    z = h W + b,  h = activation(z), layer by layer; at the end a softmax
    backward   ∂L/∂z at the end is p - y; then layer by layer  ∂L/∂W = hᵀ ∂L/∂z,
               ∂L/∂h = ∂L/∂z Wᵀ,  ∂L/∂z = ∂L/∂h · activation'(z)
    train      W ← W - lr ∂L/∂W, after how many examples the regime says

Regimes: the gradient of *all* examples (batch gradient descent), of *one* (stochastic gradient
descent), of a *mini-batch*. Without a hidden layer it is logistic regression. Losses are nats per
example. Equal to torch's gradients and to its steps (its test).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lm_core.errors import BadText
from lm_core.foundations.activations import ACTIVATIONS, softmax
from lm_core.settings import Settings, setting

REGIMES = ("full batch", "mini-batch", "single example")


@dataclass(frozen=True)
class MLPSettings(Settings):
    """What the network is, and how it learns."""

    layers: int = setting(1, title="Hidden layers", low=0, high=4, help="0: logistic regression.")
    neurons: int = setting(16, title="Neurons in each", low=1, high=128, help="Of a hidden layer.")
    activation: str = setting(
        "tanh",
        title="Activation",
        choices=("sigmoid", "tanh", "relu"),
        help="What each neuron does with its sum.",
    )
    lr: float = setting(0.1, title="Learning rate", low=1e-5, high=100.0, help="How far to step.")
    regime: str = setting(
        "mini-batch",
        title="Examples a step",
        choices=REGIMES,
        help="That a step sees.",
    )
    batch_size: int = setting(
        16, title="Mini-batch", low=1, high=1000, help="Examples in a mini-batch."
    )
    seed: int = setting(0, title="Seed", low=0, high=2**31 - 1, help="Of weights and order.")


@dataclass(frozen=True)
class Layer:
    """What one layer did with a batch; the gradients come with the way back."""

    name: str
    given: np.ndarray  # h, (B, fan_in)
    z: np.ndarray  # h W + b, (B, fan_out)
    output: np.ndarray  # (B, fan_out)


class MLP:
    """The network: `weights[i]` is (fan_in, fan_out), `biases[i]` is (fan_out,)."""

    def __init__(self, settings: MLPSettings, features: int, classes: int) -> None:
        self.settings = settings
        chance = np.random.RandomState(settings.seed)
        sizes = [features, *[settings.neurons] * settings.layers, classes]
        gain = 6.0 if settings.activation == "relu" else 3.0
        self.weights, self.biases = [], []
        for fan_in, fan_out in pairwise(sizes):
            bound = np.sqrt(gain / fan_in)
            self.weights.append(chance.uniform(-bound, bound, (fan_in, fan_out)))
            self.biases.append(np.zeros(fan_out))
        self._order = np.random.RandomState(settings.seed + 1)

    def __repr__(self) -> str:
        sizes = [W.shape[0] for W in self.weights] + [self.weights[-1].shape[1]]
        return f"MLP({'-'.join(map(str, sizes))}, {self.settings.activation})"

    @property
    def n_parameters(self) -> int:
        return sum(W.size + b.size for W, b in zip(self.weights, self.biases, strict=True))

    def forward(self, x: np.ndarray) -> list[Layer]:
        """Every layer's numbers for x (B, features); the last output is probabilities (B, K)."""
        f = ACTIVATIONS[self.settings.activation].f
        layers, h, last = [], np.asarray(x, dtype=float), len(self.weights) - 1
        for i, (W, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = h @ W + b  # (B, fan_out)
            output = softmax(z) if i == last else f(z)
            layers.append(Layer("output" if i == last else f"hidden {i + 1}", h, z, output))
            h = output
        return layers

    def backward(self, layers: list[Layer], y: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """The gradients of the mean loss: (of W, of b) of each layer, the first layer first.

        Args:
            layers: of `forward`.
            y: classes, (B,) whole numbers.
        """
        slope = ACTIVATIONS[self.settings.activation].gradient
        B = len(y)
        gz = layers[-1].output.copy()  # (B, K)
        gz[np.arange(B), y] -= 1.0
        gz /= B
        gradients = []
        for i in range(len(layers) - 1, -1, -1):
            gradients.append((layers[i].given.T @ gz, gz.sum(0)))
            if i:
                gz = (gz @ self.weights[i].T) * slope(layers[i - 1].z)  # (B, fan_in)
        return gradients[::-1]

    def step(self, x: np.ndarray, y: np.ndarray) -> None:
        """One step against the gradient of these examples."""
        for i, (gW, gb) in enumerate(self.backward(self.forward(x), y)):
            self.weights[i] = self.weights[i] - self.settings.lr * gW
            self.biases[i] = self.biases[i] - self.settings.lr * gb

    def batches(self, N: int) -> list[np.ndarray]:
        """The examples of each step of the next epoch: places among N, in a new order each time."""
        match self.settings.regime:
            case "full batch":
                return [np.arange(N)]
            case "single example":
                size = 1
            case _:
                size = self.settings.batch_size
        order = self._order.permutation(N)
        return [order[at : at + size] for at in range(0, N, size)]

    def train(self, x: np.ndarray, y: np.ndarray) -> Iterator[int]:
        """Epoch after epoch, each example once in it; yields the number of steps so far.

        Raises:
            BadText: its numbers have become infinite.
        """
        steps = 0
        while True:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                for at in self.batches(len(y)):
                    self.step(x[at], y[at])
                    steps += 1
            if not all(np.isfinite(W).all() for W in self.weights):
                raise BadText(
                    "The weights have grown beyond all numbers: choose a smaller learning rate."
                )
            yield steps

    def loss(self, x: np.ndarray, y: np.ndarray) -> float:
        """Mean cross-entropy, nats per example."""
        with np.errstate(over="ignore", invalid="ignore"):
            z = self.forward(x)[-1].z
            z = z - z.max(1, keepdims=True)
            return float((np.log(np.exp(z).sum(1)) - z[np.arange(len(y)), y]).mean())

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The likeliest class of each example, (B,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.forward(x)[-1].z.argmax(1)

    def accuracy(self, x: np.ndarray, y: np.ndarray) -> float:
        """The share that is right."""
        return float((self.predict(x) == y).mean())
