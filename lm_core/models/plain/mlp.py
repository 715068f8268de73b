"""MLP: the last n tokens, each as a vector, side by side through one hidden layer.

    x = [e(t-n+1), ..., e(t)];   h = tanh(W x + b);   p = softmax(U h + c)

Tokens that are used alike get vectors that are alike, so what is learned of one run of tokens holds
for others that were never seen: what counting cannot do.

Paper: Bengio et al. 2003, "A Neural Probabilistic Language Model"; starting weights He et al. 2015,
"Delving Deep into Rectifiers".
Left out on purpose: other starts, batch normalisation, the direct connection past the hidden layer.

Shapes: B batch, T time, n context, E = n_embd, C = n_hidden, V vocabulary.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MLP(nn.Module):
    """A neural n-gram."""

    carries_state = False

    def __init__(
        self,
        vocab_size: int,
        context: int = 8,
        n_embd: int = 24,
        n_hidden: int = 512,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.vocab_size, self.context, self.dropout = vocab_size, context, dropout
        self.embedding = nn.Embedding(vocab_size + 1, n_embd)  # the last row is "nothing"
        self.layer = nn.Linear(context * n_embd, n_hidden)
        # The sum of many numbers is large and tanh makes it smaller: this undoes both.
        nn.init.normal_(self.layer.weight, std=5 / 3 / (context * n_embd) ** 0.5)
        nn.init.zeros_(self.layer.bias)
        self.head = nn.Linear(n_hidden, vocab_size)
        # At first every token is as likely as any other: the loss begins at ln V.
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, idx: Tensor, state: None = None) -> tuple[Tensor, None]:
        """idx (B, T) -> logits (B, T, V)."""
        return self.guess(self.windows(idx)), None

    def windows(self, idx: Tensor) -> Tensor:
        """The n tokens that each place may look at, oldest first."""
        n = self.context
        nothing = idx.new_full((idx.size(0), n - 1), self.vocab_size)  # before the beginning
        return torch.cat([nothing, idx], dim=1).unfold(1, n, 1)  # (B, T, n)

    def guess(self, seen: Tensor) -> Tensor:
        x = self.embedding(seen)  # (..., n, E)
        x = x.flatten(-2)  # (..., n E), side by side
        h = self.layer(x).tanh()  # (..., C)
        return self.head(F.dropout(h, self.dropout, self.training))  # (..., V)

    def loss(self, idx: Tensor, targets: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Mean surprise of the targets (B, T), -ln p, in nats; -1 is no target."""
        asked = targets >= 0  # each place is guessed by itself, so the others need not be computed
        seen = self.windows(idx)[asked]  # (N, n), N places
        return F.cross_entropy(self.guess(seen), targets[asked]), None


if __name__ == "__main__":  # learns how its own source goes on
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    model = MLP(len(chars))
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
