"""A recurrent model in plain PyTorch; `script.py` puts LSTM, GRU or RNN in the place of KIND."""

import torch
from torch import nn
from torch.nn import functional as F

from lm_core.export.plain.about import MODEL, VOCAB_SIZE

KIND = "lstm"


class Model(nn.Module):
    """Embedding, a stack of recurrent layers, and a linear layer that guesses the next token."""

    carries_state = True  # reads the text from front to back and remembers

    def __init__(self) -> None:
        super().__init__()
        n_layer, n_embd, n_hidden = MODEL["n_layer"], MODEL["n_embd"], MODEL["n_hidden"]
        self.embedding = nn.Embedding(VOCAB_SIZE, n_embd)
        layers = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[KIND]
        between = MODEL["dropout"] if n_layer > 1 else 0.0
        body = layers(n_embd, n_hidden, n_layer, batch_first=True, dropout=between)
        self.add_module(KIND, body)
        if KIND == "lstm":  # a memory that starts open: forget gate near 0.73
            for layer in range(n_layer):
                with torch.no_grad():
                    getattr(body, f"bias_hh_l{layer}")[n_hidden : 2 * n_hidden] = 1.0
        self.head = nn.Linear(n_hidden, VOCAB_SIZE)
        # At first every token is as likely as any other: the loss begins at ln(number of tokens).
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, idx, state=None):  # idx (B, T)
        x = F.dropout(self.embedding(idx), MODEL["dropout"], self.training)  # (B, T, E)
        y, state = self.get_submodule(KIND)(x, state)  # (B, T, C)
        return self.head(F.dropout(y, MODEL["dropout"], self.training)), state  # (B, T, V)


def outside_muon(model):
    """What Muon leaves to AdamW: the tables of tokens."""
    return [*model.embedding.parameters(), *model.head.parameters()]
