"""The MLP in plain PyTorch."""

import torch
from torch import nn
from torch.nn import functional as F

from lm_core.export.plain.about import MODEL, VOCAB_SIZE


class Model(nn.Module):
    """The last few tokens, each as a vector, side by side through one hidden layer."""

    carries_state = False

    def __init__(self) -> None:
        super().__init__()
        n_in = MODEL["context"] * MODEL["n_embd"]
        self.embedding = nn.Embedding(VOCAB_SIZE + 1, MODEL["n_embd"])  # the last row is "nothing"
        self.layer = nn.Linear(n_in, MODEL["n_hidden"])
        nn.init.normal_(self.layer.weight, std=5 / 3 / n_in**0.5)  # tanh makes numbers smaller
        nn.init.zeros_(self.layer.bias)
        self.head = nn.Linear(MODEL["n_hidden"], VOCAB_SIZE)
        # At first every token is as likely as any other: the loss begins at ln(number of tokens).
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, idx, state=None):  # idx (B, T) -> (B, T, V)
        return self.guess(self.seen(idx)), None

    def seen(self, idx):  # (B, T) -> (B, T, n), oldest first
        n = MODEL["context"]
        nothing = idx.new_full((idx.size(0), n - 1), VOCAB_SIZE)
        return torch.cat([nothing, idx], dim=1).unfold(1, n, 1)

    def guess(self, seen):  # (..., n) -> (..., V)
        h = self.layer(self.embedding(seen).flatten(-2)).tanh()  # (..., C)
        return self.head(F.dropout(h, MODEL["dropout"], self.training))


def surprise(model, idx, targets, state=None):
    """Mean nats of the targets, -ln p. Places without a target are never computed."""
    asked = targets >= 0
    return F.cross_entropy(model.guess(model.seen(idx)[asked]), targets[asked]), None


def outside_muon(model):
    """What Muon leaves to AdamW: the tables of tokens."""
    return [*model.embedding.parameters(), *model.head.parameters()]
