"""Activations with their gradients, softmax with a temperature, one-hot and cross-entropy by hand.

Everything works on float64 arrays of NumPy and is held to torch by its test.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lm_core.errors import BadSettings

Curve = Callable[[np.ndarray], np.ndarray]
LEAK = 0.01  # the slope of LeakyReLU below zero, as PyTorch has it unless told otherwise
_erf = np.vectorize(math.erf, otypes=[float])


@dataclass(frozen=True)
class Activation:
    """A function of one number, and its gradient."""

    title: str
    equation: str
    slope: str  # the equation of the gradient
    f: Curve
    gradient: Curve


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow on either side."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def _phi(x: np.ndarray) -> np.ndarray:
    return (1 + _erf(x / math.sqrt(2))) / 2


def leaky(slope: float = LEAK) -> Activation:
    """LeakyReLU with a slope of one's own."""
    return Activation(
        "LeakyReLU",
        rf"\max(x, 0) + {slope:g} \min(x, 0)",
        rf"1 \text{{ or }} {slope:g}",
        lambda x: np.where(x > 0, x, slope * x),
        lambda x: np.where(x > 0, 1.0, slope),
    )


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation(
        "Sigmoid",
        r"\sigma(x) = \frac{1}{1 + e^{-x}}",
        r"\sigma(x) (1 - \sigma(x))",
        sigmoid,
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
    ),
    "tanh": Activation(
        "Tanh",
        r"\tanh(x) = 2 \sigma(2x) - 1",
        r"1 - \tanh^2(x)",
        np.tanh,
        lambda x: 1 - np.tanh(x) ** 2,
    ),
    "relu": Activation(
        "ReLU",
        r"\max(x, 0)",
        r"1 \text{ or } 0",
        lambda x: np.maximum(x, 0.0),
        lambda x: np.where(x > 0, 1.0, 0.0),
    ),
    "leaky-relu": leaky(),
    "gelu": Activation(
        "GELU",
        r"x \, \Phi(x)",
        r"\Phi(x) + x \, \varphi(x)",
        lambda x: x * _phi(x),
        lambda x: _phi(x) + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi),
    ),
    "silu": Activation(
        "SiLU",
        r"x \, \sigma(x)",
        r"\sigma(x) (1 + x (1 - \sigma(x)))",
        lambda x: x * sigmoid(x),
        lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x))),
    ),
}


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """exp(z / T), divided by the sum over the last dimension. At temperature 0 all goes to the
    largest, in equal parts where several are."""
    z = np.asarray(logits, dtype=float)
    if temperature <= 0:
        best = (z == z.max(-1, keepdims=True)).astype(float)
        return best / best.sum(-1, keepdims=True)
    z = (z - z.max(-1, keepdims=True)) / temperature  # the largest 0: nothing overflows
    e = np.exp(z)
    return e / e.sum(-1, keepdims=True)


def one_hot(label: int, classes: int) -> np.ndarray:
    """A 1 at the place of the class, 0 elsewhere, (classes,).

    Raises:
        BadSettings: there is no such class.
    """
    if not 0 <= label < classes:
        raise BadSettings(f"With {classes} classes a label is from 0 to {classes - 1}.")
    row = np.zeros(classes)
    row[label] = 1.0
    return row


@dataclass(frozen=True)
class Loss:
    """Cross-entropy, put together: all (classes,) but the last."""

    probabilities: np.ndarray
    surprises: np.ndarray  # -log p of each class, nats
    parts: np.ndarray  # target times surprise
    gradient: np.ndarray  # of the loss with regard to the logits: p - target
    nats: float


def cross_entropy(logits: np.ndarray, target: np.ndarray) -> Loss:
    """-sum of target times log p, as `nn.CrossEntropyLoss` has it: from logits, softmax within.

    Args:
        logits: (classes,).
        target: (classes,), shares that add up to one: a one-hot row or any distribution.
    """
    z = np.asarray(logits, dtype=float)
    target = np.asarray(target, dtype=float)
    surprises = np.log(np.exp(z - z.max()).sum()) - (z - z.max())
    parts = np.where(target > 0, target * surprises, 0.0)
    p = softmax(z)
    return Loss(p, surprises, parts, p * target.sum() - target, float(parts.sum()))


def binary_cross_entropy(logit: float, target: float) -> float:
    """-y log s - (1 - y) log(1 - s), s being the sigmoid of the logit, nats."""
    return max(logit, 0.0) - logit * target + math.log1p(math.exp(-abs(logit)))
