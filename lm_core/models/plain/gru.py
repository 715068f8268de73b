"""GRU: one token at a time, with one state that a gate keeps or renews, number by number.

    r, z = sigmoid(W_r x + U_r h + b_r), sigmoid(W_z x + U_z h + b_z)
    h = z * h + (1 - z) * tanh(W_n x + b_n + r * (U_n h + d_n))

Where z is near 1 a number of the state stays as it is, token after token, and so does an error that
is traced back through it.

Paper: Cho et al. 2014, "Learning Phrase Representations using RNN Encoder-Decoder for Statistical
Machine Translation". The reset gate acts on U_n h and not on h, as in cuDNN and `nn.GRU`.
Left out on purpose: a separate memory (see the LSTM), two directions, and the fused module
`nn.GRU`, which does what the loop below does in one call.

Shapes: B batch, T time, E = n_embd, C = n_hidden, V vocabulary.
"""

import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Cell(nn.Module):
    """What one layer does with one token. Rows of W and U: reset, update, candidate."""

    def __init__(self, n_in: int, n_hidden: int) -> None:
        super().__init__()
        self.W = nn.Parameter(torch.empty(3 * n_hidden, n_in))
        self.U = nn.Parameter(torch.empty(3 * n_hidden, n_hidden))
        self.b = nn.Parameter(torch.empty(3 * n_hidden))
        self.d = nn.Parameter(torch.empty(3 * n_hidden))
        bound = 1 / math.sqrt(n_hidden)  # so that a sum of C numbers is not larger than they are
        for weight in self.parameters():
            nn.init.uniform_(weight, -bound, bound)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        """A token's vector (B, E) and the state so far (B, C) -> the new state (B, C)."""
        r_x, z_x, n_x = (x @ self.W.T + self.b).chunk(3, dim=-1)  # (B, C) each
        r_h, z_h, n_h = (h @ self.U.T + self.d).chunk(3, dim=-1)  # (B, C) each
        r, z = torch.sigmoid(r_x + r_h), torch.sigmoid(z_x + z_h)
        n = torch.tanh(n_x + r * n_h)  # r near 0 makes it from the new token alone
        return z * h + (1 - z) * n


class GRU(nn.Module):
    """Embedding, a stack of cells, and a linear layer that guesses the next token."""

    carries_state = True  # a text may be read in pieces: the state goes from one to the next

    def __init__(
        self,
        vocab_size: int,
        n_layer: int = 1,
        n_embd: int = 64,
        n_hidden: int = 256,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.n_hidden, self.dropout = n_hidden, dropout
        self.embedding = nn.Embedding(vocab_size, n_embd)
        widths = [n_embd, *[n_hidden] * (n_layer - 1)]  # of what each layer reads
        self.cells = nn.ModuleList(Cell(width, n_hidden) for width in widths)
        self.head = nn.Linear(n_hidden, vocab_size)
        # At first every token is as likely as any other: the loss begins at ln V.
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, idx: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """idx (B, T) -> logits (B, T, V), and h of every layer after the last token."""
        if state is None:
            state = torch.zeros(len(self.cells), idx.size(0), self.n_hidden)  # (n_layer, B, C)
        x = F.dropout(self.embedding(idx), self.dropout, self.training)  # (B, T, E)
        x = x.transpose(0, 1)  # (T, B, E): one token after the other
        last = []
        for i, (cell, h) in enumerate(zip(self.cells, state, strict=True)):
            x = F.dropout(x, self.dropout, self.training) if i else x
            steps = []
            for x_t in x:
                h = cell(x_t, h)  # (B, C)
                steps.append(h)
            x = torch.stack(steps)  # (T, B, C)
            last.append(h)
        y = F.dropout(x.transpose(0, 1), self.dropout, self.training)  # (B, T, C)
        return self.head(y), torch.stack(last)  # (B, T, V), (n_layer, B, C)

    def loss(
        self, idx: Tensor, targets: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Mean surprise of the targets (B, T), -ln p, in nats; -1 is no target."""
        logits, state = self(idx, state)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1), state


if __name__ == "__main__":  # learns how its own source goes on
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    model = GRU(len(chars))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for step in range(101):
        begin = torch.randint(len(ids) - 64, (8, 1))
        rows = ids[begin + torch.arange(65)]  # (8, 65)
        loss, _ = model.loss(rows[:, :-1], rows[:, 1:])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 20 == 0:
            print(f"step {step}: {loss.item():.2f} nats a letter")
