"""LSTM: one token at a time, with a memory that gates decide what to forget, write and show.

    i, f, g, o = W x + U h + b          four sums of C numbers each
    c = sigmoid(f) * c + sigmoid(i) * tanh(g);   h = sigmoid(o) * tanh(c)

Where the forget gate sigmoid(f) is near 1 a number of the memory c stays as it is, token after
token, and so does an error that is traced back through it.

Paper: Hochreiter and Schmidhuber 1997, "Long Short-Term Memory"; forget gate Gers et al. 2000.
Left out on purpose: peepholes, projections, two directions, and the fused module `nn.LSTM`, which
does what the loop below does in one call.

Shapes: B batch, T time, E = n_embd, C = n_hidden, V vocabulary.
"""

import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Cell(nn.Module):
    """What one layer does with one token. Rows of W and U: input, forget, candidate, output."""

    def __init__(self, n_in: int, n_hidden: int) -> None:
        super().__init__()
        self.W = nn.Parameter(torch.empty(4 * n_hidden, n_in))
        self.U = nn.Parameter(torch.empty(4 * n_hidden, n_hidden))
        self.b = nn.Parameter(torch.empty(4 * n_hidden))
        self.d = nn.Parameter(torch.empty(4 * n_hidden))  # one would do; `nn.LSTM` has two
        bound = 1 / math.sqrt(n_hidden)  # so that a sum of C numbers is not larger than they are
        for weight in self.parameters():
            nn.init.uniform_(weight, -bound, bound)
        with torch.no_grad():
            self.d[n_hidden : 2 * n_hidden] = 1.0  # it remembers at first: forget gates near 0.73

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """A token's vector (B, E), what was shown and the memory (B, C) -> the new two (B, C)."""
        sums = x @ self.W.T + self.b + h @ self.U.T + self.d  # (B, 4 C)
        i, f, g, o = sums.chunk(4, dim=-1)  # (B, C) each
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        c = f * c + i * g  # forget some of the memory, and write something new
        h = o * torch.tanh(c)  # show some of it
        return h, c


class LSTM(nn.Module):
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

    def forward(self, idx: Tensor, state: tuple | None = None) -> tuple[Tensor, tuple]:
        """idx (B, T) -> logits (B, T, V), and h and c of every layer after the last token."""
        if state is None:
            nothing = torch.zeros(len(self.cells), idx.size(0), self.n_hidden)  # (n_layer, B, C)
            state = (nothing, nothing)
        x = F.dropout(self.embedding(idx), self.dropout, self.training)  # (B, T, E)
        x = x.transpose(0, 1)  # (T, B, E): one token after the other
        last = []
        for i, (cell, h, c) in enumerate(zip(self.cells, *state, strict=True)):
            x = F.dropout(x, self.dropout, self.training) if i else x
            steps = []
            for x_t in x:
                h, c = cell(x_t, h, c)  # (B, C) each
                steps.append(h)
            x = torch.stack(steps)  # (T, B, C)
            last.append((h, c))
        y = F.dropout(x.transpose(0, 1), self.dropout, self.training)  # (B, T, C)
        h, c = map(torch.stack, zip(*last, strict=True))  # (n_layer, B, C) each
        return self.head(y), (h, c)  # (B, T, V)

    def loss(
        self, idx: Tensor, targets: Tensor, state: tuple | None = None
    ) -> tuple[Tensor, tuple]:
        """Mean surprise of the targets (B, T), -ln p, in nats; -1 is no target."""
        logits, state = self(idx, state)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1), state


if __name__ == "__main__":  # learns how its own source goes on
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    model = LSTM(len(chars))
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
