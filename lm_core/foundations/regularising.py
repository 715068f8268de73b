"""Dropout, weight decay and batch normalisation, on numbers that can be looked at."""

from dataclasses import dataclass

import numpy as np

EPS = 1e-5  # as BatchNorm1d has it


def dropout(x: np.ndarray, p: float, *, seed: int, training: bool = True) -> np.ndarray:
    """Each number is 0 with probability p, and the others are 1 / (1 - p) times as large, so that
    the mean stays; when not training nothing is done."""
    if not training or p == 0:
        return x
    kept = np.random.RandomState(seed).rand(*x.shape) >= p
    return np.where(kept, x / (1 - p), 0.0) if p < 1 else np.zeros_like(x)


def decayed_step(w: float, gradient: float, *, lr: float, weight_decay: float) -> float:
    """One step of SGD: the decay adds a share of the weight to its gradient."""
    return w - lr * (gradient + weight_decay * w)


@dataclass(frozen=True)
class Normalised:
    """Batch normalisation in training, from a batch (B, features)."""

    mean: np.ndarray  # (features,), over the batch
    std: np.ndarray  # the same, divided by B
    standardised: np.ndarray  # (B, features): mean 0, standard deviation 1
    output: np.ndarray  # scaled and shifted by what is learned


def batch_norm(x: np.ndarray, scale: float = 1.0, shift: float = 0.0) -> Normalised:
    """As `nn.BatchNorm1d` does it in training."""
    mean, var = x.mean(0), x.var(0)  # (features,)
    z = (x - mean) / np.sqrt(var + EPS)  # (B, features)
    return Normalised(mean, np.sqrt(var), z, scale * z + shift)


@dataclass(frozen=True)
class Decayed:
    """A linear model after training with a weight decay."""

    weight_decay: float
    weights: np.ndarray  # (features,)
    train: float  # mean squared error
    held: float  # the same, on examples it has not seen


def decays(strengths: tuple[float, ...], *, seed: int, steps: int = 400) -> list[Decayed]:
    """SGD on a problem with 30 features and 40 examples, of which only 3 features matter: what each
    weight decay does to the weights and to the error."""
    chance = np.random.RandomState(seed)
    true = np.zeros(30)
    true[:3] = 2.0, -1.5, 1.0
    x, unseen = chance.normal(size=(40, 30)), chance.normal(size=(400, 30))
    y = x @ true + chance.normal(0, 1.0, 40)
    y_unseen = unseen @ true + chance.normal(0, 1.0, 400)
    first, found = chance.normal(0, 0.5, 30), []
    for strength in strengths:
        w = first.copy()
        for _ in range(steps):
            gradient = 2 * x.T @ (x @ w - y) / len(y)
            w = w - 0.05 * (gradient + strength * w)
        found.append(
            Decayed(
                strength,
                w,
                float(((x @ w - y) ** 2).mean()),
                float(((unseen @ w - y_unseen) ** 2).mean()),
            )
        )
    return found
