"""GRU: one token at a time, with one state that a gate keeps or renews, number by number.

    r, z = sigmoid(W_r [x, h]), sigmoid(W_z [x, h])
    h = z * h + (1 - z) * tanh(W_n x + r * (U_n h))

Paper: Cho et al. 2014, "Learning Phrase Representations using RNN Encoder-Decoder for Statistical
Machine Translation". The reset gate acts on U_n h and not on h, as in cuDNN and `nn.GRU`: all
products with h are then one.
Left out on purpose: a separate memory (see the LSTM), two directions.
Strong and weak: It keeps what matters with three quarters of an LSTM's weights; a good choice for
short texts and small machines. It goes token by token, which leaves a GPU waiting.

Shapes: B batch, T time, E width of the input, C = n_hidden.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from lm_core.models.contract import models
from lm_core.models.recurrent import Recurrent, RecurrentSettings, Weights


@dataclass(frozen=True)
class GRUSettings(RecurrentSettings):
    """Sizes of a GRU, and what holds it back."""


def cell(x: Tensor, h: Tensor, weights: Weights) -> dict[str, Tensor]:
    """One token. x (B, E), h (B, C), weights (3C, E), (3C, C), (3C,), (3C,) in the order reset,
    update, candidate -> everything that is made on the way, each (B, C)."""
    w_x, w_h, b_x, b_h = weights
    r_x, z_x, n_x = (x @ w_x.T + b_x).chunk(3, dim=-1)
    r_h, z_h, n_h = (h @ w_h.T + b_h).chunk(3, dim=-1)
    r, z = (r_x + r_h).sigmoid(), (z_x + z_h).sigmoid()
    n = (n_x + r * n_h).tanh()
    h = z * h + (1 - z) * n
    return {"reset": r, "update": z, "candidate": n, "hidden": h}


@models.register(
    "gru",
    title="GRU",
    idea="One token at a time, with one state that a gate keeps or renews, number by number.",
    paper="Cho et al. 2014, Learning Phrase Representations using RNN Encoder-Decoder",
    settings=GRUSettings,
    order=60,
)
class GRU(Recurrent):
    """The fused `nn.GRU`, and the cell for looking inside. The state is h."""

    name, module = "gru", nn.GRU
    graph = ("8*C", "8*C")
    activations: ClassVar = {"reset": "sigmoid", "update": "sigmoid", "candidate": "tanh"}
    cell, fused = staticmethod(cell), staticmethod(torch.gru)
    one = staticmethod(torch.gru_cell)
