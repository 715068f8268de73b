"""The step of one weight by hand: every quantity that an optimizer makes of its gradient.

    SGD      w <- w - lr (g + decay w)
    Adam     m <- b1 m + (1 - b1) g;   v <- b2 v + (1 - b2) g^2
             w <- w - lr m^ / (sqrt(v^) + eps),   m^ = m / (1 - b1^t),   v^ = v / (1 - b2^t)
    AdamW    the same, and w <- (1 - lr decay) w before it

Papers: Robbins and Monro 1951; Polyak 1964; Kingma and Ba 2015; Loshchilov and Hutter 2019.
Everything is plain Python numbers; a test holds the last one equal to what `torch.optim` makes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BY_HAND = ("adamw", "adam", "sgd-momentum", "sgd")  # optimizers whose weights move one by one


@dataclass(frozen=True)
class Quantity:
    """One line of the arithmetic."""

    symbol: str  # "m"
    words: str  # what it is
    formula: str  # in symbols
    numbers: str  # with the numbers of this step
    value: float


def update(
    optimizer: str, w: float, g: float, group: Mapping[str, Any], memory: Mapping[str, Any]
) -> list[Quantity]:
    """From the weight to the weight after the step, the last quantity.

    Args:
        optimizer: one of BY_HAND.
        w, g: the weight, and its gradient after clipping.
        group: that it belongs to, as `param_groups` of the optimizer has it.
        memory: what the optimizer kept of this weight before the step, by the names of its state;
            empty before the first.
    """
    lr, decay = float(group["lr"]), float(group["weight_decay"])
    begin = [
        Quantity("w", "the weight", "", "", w),
        Quantity("g", "its gradient", "", "", g),
    ]
    if optimizer.startswith("sgd"):
        return begin + _sgd(w, g, lr, decay, float(group["momentum"]), memory)
    return begin + _adam(w, g, lr, decay, group, memory, apart=optimizer == "adamw")


def _sgd(
    w: float, g: float, lr: float, decay: float, momentum: float, memory: Mapping[str, Any]
) -> list[Quantity]:
    found = []
    name, d = "g", g
    if decay:
        name, d = "d", g + decay * w
        found.append(
            Quantity(
                "d",
                "with weight decay",
                "g + decay · w",
                f"{said(g)} + {said(decay)} · {said(w)}",
                d,
            )
        )
    if momentum:
        before = memory.get("momentum_buffer")
        b = d if before is None else momentum * float(before) + d
        words = f"{said(momentum)} · {said(float(before or 0.0))} + {said(d)}"
        formula = f"momentum · b + {name}"
        found.append(Quantity("b", "the direction, with its past", formula, words, b))
        name, d = "b", b
    after = w - lr * d
    words = f"{said(w)} − {said(lr)} · {said(d)}"
    return [*found, Quantity("w′", "after the step", f"w − lr · {name}", words, after)]


def _adam(
    w: float,
    g: float,
    lr: float,
    decay: float,
    group: Mapping[str, Any],
    memory: Mapping[str, Any],
    *,
    apart: bool,
) -> list[Quantity]:
    b1, b2 = (float(b) for b in group["betas"])
    eps, t = float(group["eps"]), int(memory.get("step", 0)) + 1
    m0, v0 = (float(memory.get(name, 0.0)) for name in ("exp_avg", "exp_avg_sq"))
    found, name, d, kept, pulled = [], "g", g, "w", w
    if decay and apart:
        kept, pulled = "p", w * (1 - lr * decay)
        words = f"(1 − {said(lr)} · {said(decay)}) · {said(w)}"
        found.append(Quantity("p", "pulled toward 0", "(1 − lr · decay) · w", words, pulled))
    elif decay:
        name, d = "d", g + decay * w
        words = f"{said(g)} + {said(decay)} · {said(w)}"
        found.append(Quantity("d", "with weight decay", "g + decay · w", words, d))
    m, v = b1 * m0 + (1 - b1) * d, b2 * v0 + (1 - b2) * d * d
    m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
    move = lr * m_hat / (math.sqrt(v_hat) + eps)
    return [
        *found,
        Quantity(
            "m",
            "mean of the gradients",
            f"β₁ · m + (1 − β₁) · {name}",
            f"{said(b1)} · {said(m0)} + {said(1 - b1)} · {said(d)}",
            m,
        ),
        Quantity(
            "v",
            "mean of their squares",
            f"β₂ · v + (1 − β₂) · {name}²",
            f"{said(b2)} · {said(v0)} + {said(1 - b2)} · {said(d)}²",
            v,
        ),
        Quantity(
            "m̂",
            "as if it had no beginning",
            "m / (1 − β₁ᵗ)",
            f"{said(m)} / {said(1 - b1**t)}",
            m_hat,
        ),
        Quantity(
            "v̂", "the same of the squares", "v / (1 − β₂ᵗ)", f"{said(v)} / {said(1 - b2**t)}", v_hat
        ),
        Quantity(
            "Δ",
            "the step",
            "lr · m̂ / (√v̂ + ε)",
            f"{said(lr)} · {said(m_hat)} / (√{said(v_hat)} + {said(eps)})",
            move,
        ),
        Quantity(
            "w′", "after the step", f"{kept} − Δ", f"{said(pulled)} − {said(move)}", pulled - move
        ),
    ]


def said(x: float) -> str:
    """Five digits, with a real minus sign."""
    return f"{x:.5g}".replace("-", "−")
