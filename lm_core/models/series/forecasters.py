"""Forecasters: a recurrent network reads a window and says all that follows at once.

    h_t = cell((x_t - x_n, x_t - x_(t-s)), h_(t-1)), t = 1 ... n
    y_h = x_(n+h-s) + (W dropout(h_n) + b)_h,        h = 1 ... m

It begins with the forecast "as it was a season ago" (s steps) and learns what is to be added. All
it reads are differences: to the last value, so that a level it has never met, as the next winter's
may be, does not trouble it; and to the value a season before, where what is new is seen at once.

Papers: Elman 1990 (RNN); Hochreiter and Schmidhuber 1997 (LSTM); Cho et al. 2014 (GRU); seasonal
differences: Box and Jenkins 1970, "Time series analysis: forecasting and control".
Left out on purpose: other series beside this one, the calendar, and how sure it is.
Strong and weak: It learns which of many earlier values matter; beside a straight line of them it
wins little where a series is regular, and it needs far longer to learn.

Shapes: B batch, n = n_seen values of a window, m = n_ahead that follow, s = season, C = n_hidden.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.models import fields
from lm_core.models.contract import Model, models
from lm_core.models.tracing import record
from lm_core.settings import Settings, setting

PAPERS = {
    "rnn": "Elman 1990, Finding structure in time",
    "gru": "Cho et al. 2014, Learning phrase representations using RNN encoder-decoder",
    "lstm": "Hochreiter and Schmidhuber 1997, Long short-term memory",
}
TRAIN = {"lr": 5e-3, "batch_size": 32, "weight_decay": 0.0}
SEASON, LAST = "season", "last"  # what a forecast begins with


@dataclass(frozen=True)
class ForecasterSettings(Settings):
    """Sizes of the memory, and what the level of a window is."""

    n_layer: int = setting(1, title="Layers", low=1, high=8, help="Memories on top of each other.")
    n_hidden: int = setting(
        32, title="Memory", low=1, high=2048, unit="units", help="Numbers kept from step to step."
    )
    dropout: float = fields.dropout()
    begins: str = setting(
        SEASON,
        title="Begins with",
        choices=(SEASON, LAST),
        help="What it adds to: season, the same time a day (or a week of days) before; last, the "
        "last value.",
    )


class Forecaster(Model):
    """(B, n_seen) scaled values -> (B, n_ahead)."""

    tasks = ("forecast",)
    module: ClassVar[type[nn.RNNBase]]  # all steps and layers in one call

    def __init__(
        self, settings: ForecasterSettings, n_seen: int, n_ahead: int, season: int
    ) -> None:
        super().__init__(settings)
        s = settings
        self.season = season if s.begins == SEASON else 1
        between = s.dropout if s.n_layer > 1 else 0.0
        self.memory = self.module(2, s.n_hidden, s.n_layer, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(s.dropout)
        self.head = nn.Linear(s.n_hidden, n_ahead)
        nn.init.zeros_(self.head.weight)  # its first forecast is the one that it adds to
        nn.init.zeros_(self.head.bias)

    def forward(self, seen: Tensor) -> Tensor:
        s = self.season
        before = F.pad(seen[:, s:] - seen[:, :-s], (s, 0))  # (B, n_seen), 0 where none is seen
        read = torch.stack([seen - seen[:, -1:], before], -1)  # (B, n_seen, 2)
        h, _ = self.memory(read)  # (B, n_seen, C)
        record(self.memory, "hidden", h, activation="tanh")
        ahead = torch.arange(self.head.out_features, device=seen.device) % s
        start = seen[:, seen.shape[1] - s + ahead]  # (B, n_ahead), as it was a season ago
        return start + self.head(self.dropout(h[:, -1]))


@models.register(
    "lstm-forecaster",
    title="LSTM forecaster",
    idea="A memory with gates reads the window step by step, then says all that follows.",
    paper=PAPERS["lstm"],
    settings=ForecasterSettings,
    order=210,
    train=TRAIN,
)
class LSTMForecaster(Forecaster):
    module = nn.LSTM


@models.register(
    "gru-forecaster",
    title="GRU forecaster",
    idea="The same with two gates in place of three, and one memory in place of two.",
    paper=PAPERS["gru"],
    settings=ForecasterSettings,
    order=211,
    train=TRAIN,
)
class GRUForecaster(Forecaster):
    module = nn.GRU


@models.register(
    "rnn-forecaster",
    title="RNN forecaster",
    idea="The same without gates: what it kept is mixed anew at every step, and soon forgotten.",
    paper=PAPERS["rnn"],
    settings=ForecasterSettings,
    order=212,
    train=TRAIN,
)
class RNNForecaster(Forecaster):
    module = nn.RNN
