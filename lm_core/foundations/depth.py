"""What first weights do in a deep network: how large signals and gradients are from layer to layer,
and how large the first loss is."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lm_core.foundations.activations import ACTIVATIONS, Activation
from lm_core.foundations.regularising import EPS

Chance = np.random.RandomState


def uniform(low: float, high: float) -> Callable[[Chance, int, int], np.ndarray]:
    return lambda chance, fan_in, fan_out: chance.uniform(low, high, (fan_in, fan_out))


def bounded(bound: Callable[[int, int], float]) -> Callable[[Chance, int, int], np.ndarray]:
    """Uniform between minus and plus what `bound` says of (fan_in, fan_out)."""

    def drawn(chance: Chance, fan_in: int, fan_out: int) -> np.ndarray:
        reach = bound(fan_in, fan_out)
        return chance.uniform(-reach, reach, (fan_in, fan_out))

    return drawn


def default_bound(fan_in: int, fan_out: int = 0) -> float:
    """Of `nn.Linear`: 0.125 for 64 inputs."""
    return 1 / math.sqrt(fan_in)


def kaiming_bound(fan_in: int, fan_out: int = 0) -> float:
    """Of `kaiming_uniform_` for ReLU: 0.3062 for 64 inputs (He et al. 2015)."""
    return math.sqrt(6 / fan_in)


def xavier_bound(fan_in: int, fan_out: int) -> float:
    """Of `xavier_uniform_` (Glorot and Bengio 2010): for sigmoid and tanh."""
    return math.sqrt(6 / (fan_in + fan_out))


# What it is called -> how weights (fan_in, fan_out) are drawn.
STARTS: dict[str, Callable[[Chance, int, int], np.ndarray]] = {
    "Kaiming (for ReLU)": bounded(kaiming_bound),
    "Xavier (for tanh and sigmoid)": bounded(xavier_bound),
    "nn.Linear's own": bounded(default_bound),
    "normal, spread 1": lambda chance, fan_in, fan_out: chance.normal(0, 1, (fan_in, fan_out)),
    "normal, spread 0.01": lambda chance, fan_in, fan_out: chance.normal(
        0, 0.01, (fan_in, fan_out)
    ),
    "uniform from 0 to 1": uniform(0, 1),
    "all zero": lambda chance, fan_in, fan_out: np.zeros((fan_in, fan_out)),
}


@dataclass(frozen=True)
class Signals:
    """By layer, from the first on, each (layers,)."""

    activations: np.ndarray  # standard deviation of what the layer gives on
    gradients: np.ndarray  # standard deviation of the loss's gradient there
    weight_gradients: np.ndarray  # mean absolute gradient of the layer's weights
    dead: np.ndarray  # share of units that are 0 for every example of the batch


def signals(
    start: str,
    activation: str,
    *,
    layers: int,
    width: int = 100,
    batch: int = 64,
    seed: int = 0,
    normalised: bool = False,
) -> Signals:
    """One forward and one backward pass through layers of one width, inputs standard normal.

    Args:
        normalised: batch normalisation after each layer, before its activation.
    """
    chance, kind = np.random.RandomState(seed), ACTIVATIONS[activation]
    h = chance.normal(size=(batch, width))
    kept = []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(layers):
            W = STARTS[start](chance, width, width)
            raw = h @ W  # (B, width)
            std = np.sqrt(raw.var(0) + EPS)
            z = (raw - raw.mean(0)) / std if normalised else raw
            kept.append((h, W, z, std))
            h = kind.f(z)
        gradient = chance.normal(size=h.shape) / h.size  # of some loss, at the end
        return _back(kept, h, gradient, kind, normalised)


def _back(
    kept: list, last: np.ndarray, gradient: np.ndarray, kind: Activation, normalised: bool
) -> Signals:
    outputs = [*(h for h, *_ in kept[1:]), last]
    found = []
    for (h, W, z, std), output in zip(reversed(kept), reversed(outputs), strict=True):
        dead = float((np.abs(output) < 1e-12).all(0).mean())
        here = float(gradient.std())
        g = gradient * kind.gradient(z)
        if normalised:
            g = (g - g.mean(0) - z * (g * z).mean(0)) / std
        found.append((float(output.std()), here, float(np.abs(h.T @ g).mean()), dead))
        gradient = g @ W.T  # (B, width)
    columns = zip(*reversed(found), strict=True)
    return Signals(*(np.array(column) for column in columns))


def first_losses(
    scales: tuple[float, ...], *, classes: int, seed: int = 0, examples: int = 400
) -> list[float]:
    """The mean cross-entropy (nats) of logits that are drawn at each spread, before any learning:
    ln(classes) where they are all alike, and more the further they lie apart."""
    chance = np.random.RandomState(seed)
    logits = chance.normal(size=(examples, classes))
    labels = chance.randint(0, classes, examples)
    found = []
    for scale in scales:
        z = scale * logits
        total = np.log(np.exp(z - z.max(1, keepdims=True)).sum(1)) + z.max(1)  # (examples,)
        found.append(float((total - z[np.arange(examples), labels]).mean()))
    return found
