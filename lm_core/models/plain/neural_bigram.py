"""Neural bigram: the pair table of counting, found by going downhill instead.

    logits = one_hot(x) W;   p = softmax(logits)

Row x of W holds the logits of whatever follows token x, so at its best softmax(W[x]) is the share
of each token among those that followed x: the very table that counting gives.

Paper: the simplest case of Bengio et al. 2003, "A Neural Probabilistic Language Model": one token
of context and no hidden layer.
Left out on purpose: a bias, which would only count how frequent each token is over again; the
penalty that pulls W to zero.

Shapes: B batch, T time, V vocabulary.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class NeuralBigram(nn.Module):
    """One table W (V, V)."""

    carries_state = False

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.table = nn.Embedding(vocab_size, vocab_size)
        nn.init.normal_(self.table.weight, std=0.01)  # close to "every token alike"

    def forward(self, idx: Tensor, state: None = None) -> tuple[Tensor, None]:
        """idx (B, T) -> logits (B, T, V)."""
        # F.one_hot(idx, V) @ W picks the rows that the ones point at; looking them up is the same.
        return self.table(idx), None

    def loss(self, idx: Tensor, targets: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Mean surprise of the targets (B, T), -ln p, in nats; -1 is no target."""
        logits, state = self(idx)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1), state


if __name__ == "__main__":  # learns how its own source goes on
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    model = NeuralBigram(len(chars))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    for step in range(101):
        begin = torch.randint(len(ids) - 64, (8, 1))
        rows = ids[begin + torch.arange(65)]  # (8, 65)
        loss, _ = model.loss(rows[:, :-1], rows[:, 1:])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 20 == 0:
            print(f"step {step}: {loss.item():.2f} nats a letter")
