"""WaveNet: neighbours are fused two by two, level by level, until one vector has read them all.

    y(t) = x(t) + tanh(W [x(t-d), x(t)] + b),   d = 1, 2, 4, ...

    level 3                  y(t)                  reads 8 tokens
    level 2         y(t-4)          y(t)           4 each
    level 1     y(t-6)  y(t-4)  y(t-2)  y(t)       2 each

An MLP squeezes its whole context through one layer; here the first layer only has to learn about
pairs, the next about pairs of pairs.

Paper: van den Oord et al. 2016, "WaveNet: A Generative Model for Raw Audio"; as a tree over
characters Karpathy 2022, makemore.
Left out on purpose: gates, repeated stacks of levels, and speed: the trees of neighbouring places
share most of their nodes, and each is computed here for every place anew.

Shapes: B batch, T time, n = 2^n_layer context, E = n_embd, C = n_hidden, V vocabulary.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Fuse(nn.Module):
    """Two neighbours become one vector; from the second level on it adds to the later of them."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.pair, self.adds = nn.Linear(2 * n_in, n_out), n_in == n_out
        nn.init.normal_(self.pair.weight, std=(2 * n_in) ** -0.5)
        nn.init.zeros_(self.pair.bias)

    def forward(self, earlier: Tensor, later: Tensor) -> Tensor:
        y = torch.cat([earlier, later], dim=-1)  # (..., 2 n_in)
        y = self.pair(y).tanh()  # (..., n_out)
        return later + y if self.adds else y


class WaveNet(nn.Module):
    """The hierarchical MLP."""

    carries_state = False

    def __init__(
        self,
        vocab_size: int,
        n_layer: int = 4,
        n_embd: int = 24,
        n_hidden: int = 256,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.vocab_size, self.context, self.dropout = vocab_size, 2**n_layer, dropout
        self.embedding = nn.Embedding(vocab_size + 1, n_embd)  # the last row is "nothing"
        widths = [n_embd, *[n_hidden] * (n_layer - 1)]
        self.levels = nn.ModuleList(Fuse(width, n_hidden) for width in widths)
        self.head = nn.Linear(n_hidden, vocab_size)
        # At first every token is as likely as any other: the loss begins at ln V.
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, idx: Tensor, state: None = None) -> tuple[Tensor, None]:
        """idx (B, T) -> logits (B, T, V)."""
        n = self.context
        nothing = idx.new_full((idx.size(0), n - 1), self.vocab_size)  # before the beginning
        seen = torch.cat([nothing, idx], dim=1).unfold(1, n, 1)  # (B, T, n), oldest first
        x = self.embedding(seen)  # (B, T, n, E)
        for fuse in self.levels:
            x = fuse(x[:, :, 0::2], x[:, :, 1::2])  # (B, T, half as many, C)
        x = F.dropout(x.squeeze(2), self.dropout, self.training)  # (B, T, C)
        return self.head(x), None

    def loss(self, idx: Tensor, targets: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Mean surprise of the targets (B, T), -ln p, in nats; -1 is no target."""
        logits, state = self(idx)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1), state


if __name__ == "__main__":  # learns how its own source goes on
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    model = WaveNet(len(chars))
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
