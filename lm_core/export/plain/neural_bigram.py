"""The neural bigram in plain PyTorch."""

from torch import nn

from lm_core.export.plain.about import VOCAB_SIZE


class Model(nn.Module):
    """One table: row x holds the logits of whatever follows token x."""

    carries_state = False

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(VOCAB_SIZE, VOCAB_SIZE)
        nn.init.normal_(self.table.weight, std=0.01)  # close to "every token alike"

    def forward(self, idx, state=None):  # (B, T) -> (B, T, V)
        return self.table(idx), None


def outside_muon(model):
    """What Muon leaves to AdamW: the table of tokens."""
    return list(model.parameters())
