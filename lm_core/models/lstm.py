"""LSTM: one token at a time, with a memory that gates decide what to forget, write and show.

    i, f, o = sigmoid(W_i [x, h]), sigmoid(W_f [x, h]), sigmoid(W_o [x, h])
    c = f * c + i * tanh(W_g [x, h]);   h = o * tanh(c)

Paper: Hochreiter and Schmidhuber 1997, "Long Short-Term Memory"; forget gate Gers et al. 2000.
Left out on purpose: weight drop and the other regularisers of AWD-LSTM.

Shapes: B batch, T time, E = n_embd, C = hidden width, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.models.contract import LanguageModel, models
from lm_core.models.tracing import record, tracing
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class LSTMSettings(Settings):
    """Sizes of an LSTM."""

    n_layer: int = setting(1, title="Layers", low=1, high=16, help="LSTMs on top of each other.")
    n_embd: int = setting(
        64, title="Width of a token", low=1, high=4096, help="Numbers that stand for a token."
    )
    n_hidden: int = setting(
        256, title="Memory", low=1, high=8192, unit="cells", help="Cells that carry the past on."
    )
    block_size: int = setting(
        64,
        title="Truncation",
        low=2,
        high=8192,
        unit="tokens",
        help="How many tokens back an error is traced while training.",
    )
    dropout: float = setting(
        0.0, title="Dropout", low=0.0, high=0.9, help="Share of numbers hidden while training."
    )
    tied: bool = setting(
        False,
        title="Shared embedding",
        help="Use one table to read tokens and to guess them (needs equal widths).",
        advanced=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tied and self.n_embd != self.n_hidden:
            raise BadSettings(
                f"tied needs n_embd ({self.n_embd}) equal to n_hidden ({self.n_hidden})."
            )


State = tuple[Tensor, Tensor]  # h and c, each (n_layer, B, C)


@models.register(
    "lstm",
    title="LSTM",
    idea="One token at a time, with a memory that gates decide what to forget, write and show.",
    paper="Hochreiter and Schmidhuber 1997, Long Short-Term Memory",
    settings=LSTMSettings,
    order=70,
)
class LSTM(LanguageModel):
    """The fused `nn.LSTM` with the unrolled cell beside it. The state is (h, c)."""

    carries_state = True

    def __init__(self, settings: LSTMSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        s = settings
        self.embedding = nn.Embedding(vocab_size, s.n_embd)
        between = s.dropout if s.n_layer > 1 else 0.0
        self.lstm = nn.LSTM(s.n_embd, s.n_hidden, s.n_layer, batch_first=True, dropout=between)
        self.head = nn.Linear(s.n_hidden, vocab_size)
        nn.init.normal_(self.embedding.weight, std=0.1)
        if s.tied:
            self.head.weight = self.embedding.weight
        else:
            nn.init.zeros_(self.head.weight)  # an untrained model says "every token alike"
        nn.init.zeros_(self.head.bias)
        for layer in range(s.n_layer):  # a memory that starts open: forget gate near 0.73
            with torch.no_grad():
                bias = getattr(self.lstm, f"bias_hh_l{layer}")
                bias[s.n_hidden : 2 * s.n_hidden] = 1.0

    def forward(self, idx: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        x = F.dropout(self.embedding(idx), self.settings.dropout, self.training)  # (B, T, E)
        y, state = self.unrolled(x, state) if tracing() else self.lstm(x, state)
        y = F.dropout(y, self.settings.dropout, self.training)
        return self.head(y), state  # (B, T, V)

    def unrolled(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """What `nn.LSTM` does, written out; records every gate. x (B, T, E) -> (B, T, C)."""
        B, T, _ = x.size()
        s = self.settings
        if state is None:
            zeros = x.new_zeros(s.n_layer, B, s.n_hidden)
            state = (zeros, zeros)
        last_h, last_c = [], []
        for layer in range(s.n_layer):
            w_x, w_h, b_x, b_h = (
                getattr(self.lstm, f"{name}_l{layer}")
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            )
            h, c = state[0][layer], state[1][layer]  # (B, C)
            if layer > 0:
                x = F.dropout(x, s.dropout, self.training)
            steps = []
            for t in range(T):
                mixed = x[:, t] @ w_x.T + b_x + h @ w_h.T + b_h  # (B, 4C)
                i, f, g, o = mixed.chunk(4, dim=-1)
                i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
                c = f * c + i * g
                h = o * c.tanh()
                steps.append((i, f, g, o, c, h))
            names = ("input", "forget", "candidate", "output", "cell", "hidden")
            for name, tensors in zip(names, zip(*steps, strict=True), strict=True):
                record(self, f"{layer}.{name}", torch.stack(tensors, dim=1))  # (B, T, C)
            x = torch.stack([step[-1] for step in steps], dim=1)
            last_h.append(h), last_c.append(c)
        return x, (torch.stack(last_h), torch.stack(last_c))
