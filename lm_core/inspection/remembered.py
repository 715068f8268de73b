"""What the memory of an LSTM or a GRU is made of: how much each token read has left in it.

    LSTM   c(t) = f(t) c(t-1) + i(t) g(t)             c(T) = sum_t  f(t+1) ... f(T) i(t) g(t)
    GRU    h(t) = z(t) h(t-1) + (1 - z(t)) n(t)       h(T) = sum_t  z(t+1) ... z(T) (1 - z(t)) n(t)

The parts sum to the state, unit by unit, with nothing left over: what token t wrote is what its own
gate let in, and each later gate kept its share of it. What was written at t depends on the state
before it, too, and so on earlier tokens; that is not taken apart.

Shapes: T tokens, C = n_hidden units of one layer.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import Unsupported
from lm_core.inspection.gates import Gates

# The gate that keeps, and the state that is kept.
KEEPS = {"forget": "cell", "update": "hidden"}


@dataclass(frozen=True, eq=False)
class Remembered:
    """The state after the last token, in parts."""

    parts: Tensor  # (T, C), of each token what it wrote and what later gates left of it
    kept: Tensor  # (T, C), the share (0 to 1) that is left of it
    name: str  # of the state

    @property
    def shares(self) -> Tensor:
        """(T,): of the size of all parts, |parts| summed over the units, the share of each token;
        0 where the memory is empty."""
        size = self.parts.abs().sum(-1)  # (T,)
        return size / size.sum().clamp(min=torch.finfo(size.dtype).tiny)


def keeps_by_a_gate(recorded: Gates) -> bool:
    """Whether a gate decides what is kept; an RNN has none."""
    return any(gate in recorded.values for gate in KEEPS)


def remembered(recorded: Gates, layer: int = -1) -> Remembered:
    """The state of one layer after the last token that was recorded.

    Raises:
        Unsupported: no gate decides what is kept.
    """
    gate = next((name for name in KEEPS if name in recorded.values), None)
    if gate is None:
        raise Unsupported("An RNN has no gate that keeps: choose a GRU or an LSTM.")
    keep = recorded.values[gate][layer]  # (T, C)
    enters = recorded.values["input"][layer] if gate == "forget" else 1 - keep  # (T, C)
    later = torch.ones_like(keep)
    later[:-1] = keep[1:].flip(0).cumprod(0).flip(0)  # the product of the gates after t
    return Remembered(enters * recorded.values["candidate"][layer] * later, later, KEEPS[gate])
