"""Optimizers by hand, each the few lines of its rule, and the path that it takes on a surface.

    SGD        w ← w - lr g
    momentum   v ← m v + g              w ← w - lr v
    RMSProp    s ← a s + (1 - a) g²     w ← w - lr g / (√s + ε)
    Adam       both of these, each divided by what its beginning at 0 takes from it
    AdamW      w ← w - lr λ w first, then as Adam

Every step equals that of torch.optim in float64 (its test).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lm_core.foundations.surfaces import Surface

BETAS, ALPHA, EPS, DECAY = (0.9, 0.999), 0.99, 1e-8, 0.01  # as torch has them
State = dict[str, Any]
Rule = Callable[[np.ndarray, np.ndarray, State, "How"], np.ndarray]


@dataclass(frozen=True)
class How:
    """What an optimizer is told."""

    lr: float
    momentum: float = 0.9
    weight_decay: float = 0.0


def _sgd(w: np.ndarray, g: np.ndarray, state: State, how: How) -> np.ndarray:
    return w - how.lr * (g + how.weight_decay * w)


def _momentum(w: np.ndarray, g: np.ndarray, state: State, how: How) -> np.ndarray:
    g = g + how.weight_decay * w
    v = state["v"] = how.momentum * state["v"] + g if "v" in state else g
    return w - how.lr * v


def _rmsprop(w: np.ndarray, g: np.ndarray, state: State, how: How) -> np.ndarray:
    g = g + how.weight_decay * w
    s = state["s"] = ALPHA * state.get("s", 0.0) + (1 - ALPHA) * g**2
    return w - how.lr * g / (np.sqrt(s) + EPS)


def _adam(w: np.ndarray, g: np.ndarray, state: State, how: How) -> np.ndarray:
    g = g + how.weight_decay * w
    return _moments(w, g, state, how)


def _adamw(w: np.ndarray, g: np.ndarray, state: State, how: How) -> np.ndarray:
    w = w - how.lr * how.weight_decay * w
    return _moments(w, g, state, how)


def _moments(w: np.ndarray, g: np.ndarray, state: State, how: How) -> np.ndarray:
    one, two = BETAS
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = one * state.get("m", 0.0) + (1 - one) * g
    s = state["s"] = two * state.get("s", 0.0) + (1 - two) * g**2
    return w - how.lr * (m / (1 - one**t)) / (np.sqrt(s / (1 - two**t)) + EPS)


RULES: dict[str, Rule] = {
    "SGD": _sgd,
    "momentum": _momentum,
    "RMSProp": _rmsprop,
    "Adam": _adam,
    "AdamW": _adamw,
}


def descend(
    surface: Surface, rule: str, how: How, steps: int, start: tuple[float, ...] | None = None
) -> np.ndarray:
    """The places (steps + 1, D) from the start on; NaN from where it has left all bounds."""
    w = np.array(surface.start if start is None else start, dtype=float)
    state: State = {}
    path = np.full((steps + 1, len(w)), np.nan)
    path[0] = w
    for step in range(1, steps + 1):
        w = RULES[rule](w, surface.gradient(w), state, how)
        if not np.all(np.abs(w) < 1e6):
            break
        path[step] = w
    return path


def by_torch(
    surface: Surface, rule: str, how: How, steps: int, start: tuple[float, ...] | None = None
) -> np.ndarray:
    """The path that torch.optim takes, with the surface's own gradient."""
    import torch

    w = torch.tensor(surface.start if start is None else start, dtype=torch.float64)
    w.requires_grad_()
    kinds = {
        "SGD": (torch.optim.SGD, {}),
        "momentum": (torch.optim.SGD, {"momentum": how.momentum}),
        "RMSProp": (torch.optim.RMSprop, {"alpha": ALPHA, "eps": EPS}),
        "Adam": (torch.optim.Adam, {"betas": BETAS, "eps": EPS}),
        "AdamW": (torch.optim.AdamW, {"betas": BETAS, "eps": EPS}),
    }
    kind, more = kinds[rule]
    optimizer = kind([w], lr=how.lr, weight_decay=how.weight_decay, **more)
    path = np.full((steps + 1, len(w)), np.nan)
    path[0] = w.detach().numpy()
    for step in range(1, steps + 1):
        w.grad = torch.from_numpy(surface.gradient(w.detach().numpy()))
        optimizer.step()
        if not bool((w.abs() < 1e6).all()):
            break
        path[step] = w.detach().numpy()
    return path


def arrived(surface: Surface, path: np.ndarray, near: float = 0.05) -> int | None:
    """After how many steps the path came for good within `near` of a low; None where it did not."""
    lows = np.array(surface.lows)  # (L, D)
    far = np.linalg.norm(path[:, None] - lows, axis=-1).min(1)  # (steps + 1,)
    outside = np.flatnonzero(~(far <= near))
    first = int(outside[-1]) + 1 if len(outside) else 0
    return first if first < len(path) else None
