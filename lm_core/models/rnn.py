"""RNN: one token at a time, mixed into a state that is all the network knows of the past.

    h = tanh(W x + U h + b)

Paper: Elman 1990, "Finding Structure in Time"; as a language model Mikolov et al. 2010.
Left out on purpose: gates. Without them an error that is traced back is multiplied by U at each
token, and fades or grows: what the LSTM and the GRU were invented for.
Strong and weak: It is the simplest memory: any past in a fixed number of numbers. Errors fade on
their way back, so it hardly learns what is far away.

Shapes: B batch, T time, E width of the input, C = n_hidden.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lm_core.models.contract import models
from lm_core.models.recurrent import Recurrent, RecurrentSettings, Weights
from lm_core.settings import setting

SQUASH = {"tanh": torch.tanh, "relu": torch.relu}
FUSED = {"tanh": torch.rnn_tanh, "relu": torch.rnn_relu}
ONE = {"tanh": torch.rnn_tanh_cell, "relu": torch.rnn_relu_cell}


@dataclass(frozen=True)
class RNNSettings(RecurrentSettings):
    """Sizes of an RNN, and what holds it back."""

    activation: str = setting(
        "tanh",
        title="Activation",
        choices=tuple(SQUASH),
        help="tanh keeps the state between -1 and 1; relu lets it grow.",
        advanced=True,
    )


def cell(x: Tensor, h: Tensor, weights: Weights, activation: str = "tanh") -> dict[str, Tensor]:
    """One token. x (B, E), h (B, C), weights (C, E), (C, C), (C,), (C,) -> the new state (B, C)."""
    w_x, w_h, b_x, b_h = weights
    return {"hidden": SQUASH[activation](x @ w_x.T + b_x + h @ w_h.T + b_h)}


@models.register(
    "rnn",
    title="RNN",
    idea="One token at a time, mixed into a state that is all the network knows of the past.",
    paper="Elman 1990, Finding Structure in Time",
    settings=RNNSettings,
    order=50,
)
class RNN(Recurrent):
    """The fused `nn.RNN`, and the cell for looking inside. The state is h."""

    name, module = "rnn", nn.RNN
    graph = ("2*C", "2*C")

    def __init__(self, settings: RNNSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size, nonlinearity=settings.activation)
        self.activations = {"hidden": settings.activation}

    def cell(self, x: Tensor, h: Tensor, weights: Weights) -> dict[str, Tensor]:
        return cell(x, h, weights, self.settings.activation)

    def fused(self, *arguments: object) -> tuple[Tensor, ...]:
        return FUSED[self.settings.activation](*arguments)

    def one(self, *arguments: object) -> Tensor:
        return ONE[self.settings.activation](*arguments)
