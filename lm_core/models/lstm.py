"""LSTM: one token at a time, with a memory that gates decide what to forget, write and show.

    i, f, o = sigmoid(W_i [x, h]), sigmoid(W_f [x, h]), sigmoid(W_o [x, h])
    c = f * c + i * tanh(W_g [x, h]);   h = o * tanh(c)

Paper: Hochreiter and Schmidhuber 1997, "Long Short-Term Memory"; forget gate Gers et al. 2000.
Left out on purpose: peepholes, projections, two directions.
Strong and weak: It remembers over long stretches in a state of fixed size, so writing costs the
same however long the text is. It goes token by token, where a Transformer reads all at once.

Shapes: B batch, T time, E width of the input, C = n_hidden.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from lm_core.models.contract import models
from lm_core.models.recurrent import Recurrent, RecurrentSettings, Weights
from lm_core.settings import setting


@dataclass(frozen=True)
class LSTMSettings(RecurrentSettings):
    """Sizes of an LSTM, and what holds it back."""

    forget_bias: float = setting(
        1.0,
        title="Forget gate's start",
        low=-10.0,
        high=10.0,
        help="Its bias before training: at 1 a memory keeps 0.73 of itself from token to token, "
        "at 0 half.",
        advanced=True,
    )


def cell(x: Tensor, h: Tensor, c: Tensor, weights: Weights) -> dict[str, Tensor]:
    """One token. x (B, E), h and c (B, C), weights (4C, E), (4C, C), (4C,), (4C,) in the order
    input, forget, candidate, output -> everything that is made on the way, each (B, C)."""
    w_x, w_h, b_x, b_h = weights
    i, f, g, o = (x @ w_x.T + b_x + h @ w_h.T + b_h).chunk(4, dim=-1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    h = o * c.tanh()
    return {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "hidden": h}


@models.register(
    "lstm",
    title="LSTM",
    idea="One token at a time, with a memory that gates decide what to forget, write and show.",
    paper="Hochreiter and Schmidhuber 1997, Long Short-Term Memory",
    settings=LSTMSettings,
    order=70,
)
class LSTM(Recurrent):
    """The fused `nn.LSTM`, and the cell for looking inside. The state is (h, c)."""

    name, module, kept = "lstm", nn.LSTM, ("hidden", "cell")
    # Nearly 16 are the workspace of oneDNN, which computes it on a CPU: read off, to 7 %.
    graph = ("11*C + 6.7*max(E, C)", "17*C")
    activations: ClassVar = {
        **dict.fromkeys(("input", "forget", "output"), "sigmoid"),
        "candidate": "tanh",
    }
    cell, fused = staticmethod(cell), staticmethod(torch.lstm)
    one = staticmethod(torch.lstm_cell)

    def __init__(self, settings: LSTMSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        C = settings.n_hidden
        for layer in range(settings.n_layer):  # a memory that starts open (Gers 2000)
            with torch.no_grad():
                self.weights(layer)[3][C : 2 * C] = settings.forget_bias
