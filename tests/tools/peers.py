"""Small programs with the names that the comparisons look for in a peer's checkout."""

from pathlib import Path

NANOGPT = '''
from dataclasses import dataclass
import torch
from torch import nn
from torch.nn import functional as F

@dataclass
class GPTConfig:
    block_size: int = 8
    vocab_size: int = 65
    n_layer: int = 1
    n_head: int = 1
    n_embd: int = 8
    dropout: float = 0.0
    bias: bool = False

class GPT(nn.Module):
    """Guesses from the last token alone."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.table = nn.Embedding(config.vocab_size, config.vocab_size)
        print("number of parameters: few")

    def configure_optimizers(self, weight_decay, learning_rate, betas, device_type):
        print("using fused AdamW: False")
        return torch.optim.AdamW(
            self.parameters(), lr=learning_rate, betas=betas, weight_decay=weight_decay
        )

    def forward(self, idx, targets=None):
        assert idx.size(1) <= self.config.block_size
        logits = self.table(idx)
        if targets is None:
            return logits[:, [-1]], None
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)

    @torch.no_grad()
    def generate(self, idx, max_new_tokens, temperature=1.0):
        for _ in range(max_new_tokens):
            logits, _ = self(idx[:, -self.config.block_size :])
            idx = torch.cat([idx, torch.multinomial(logits[:, -1].softmax(-1), 1)], dim=1)
        return idx
'''

WORD_LANGUAGE_MODEL = """
from torch import nn
from torch.nn import functional as F

class RNNModel(nn.Module):
    def __init__(self, rnn_type, ntoken, ninp, nhid, nlayers, dropout=0.5, tie_weights=False):
        super().__init__()
        self.encoder, self.decoder = nn.Embedding(ntoken, ninp), nn.Linear(nhid, ntoken)
        self.rnn = getattr(nn, rnn_type)(ninp, nhid, nlayers, dropout=dropout)
        self.sizes = nlayers, nhid

    def forward(self, input, hidden):
        output, hidden = self.rnn(self.encoder(input), hidden)
        decoded = self.decoder(output)
        return F.log_softmax(decoded.view(-1, decoded.size(-1)), dim=1), hidden

    def init_hidden(self, bsz):
        weight, (layers, wide) = next(self.parameters()), self.sizes
        return tuple(weight.new_zeros(layers, bsz, wide) for _ in range(2))
"""


def checkout(folder: Path, text: str) -> Path:
    """A folder that holds the peer's model.py."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.py").write_text(text)
    return folder
