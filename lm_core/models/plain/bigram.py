"""Bigram: count which token followed which, and say what the counts say.

    p(w | v) = (c(vw) + k) / (c(v) + k V)

c(vw) is how often w stood right after v, c(v) the sum over w. k is added to every count, so that a
pair which never came is unlikely and not impossible.

Paper: Markov 1913, "An Example of Statistical Investigation of the Text Eugene Onegin"; Shannon
1948, "A Mathematical Theory of Communication".
Left out on purpose: speed (pairs are counted one by one), longer contexts (`ngram.py`).

Shapes: B batch, T time, V vocabulary, N tokens of text.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Bigram(nn.Module):
    """One table of counts: a row for each token, a column for each that may follow it."""

    def __init__(self, vocab_size: int, k: float = 1.0) -> None:
        super().__init__()
        self.k = k
        self.register_buffer("counts", torch.zeros(vocab_size, vocab_size, dtype=torch.int64))

    def fit(self, ids: Tensor) -> None:
        """Count every pair of neighbours in a text (N,)."""
        self.counts.zero_()
        for v, w in zip(ids[:-1].tolist(), ids[1:].tolist(), strict=True):
            self.counts[v, w] += 1

    def probabilities(self) -> Tensor:
        """p of every token after every token (V, V); each row sums to 1."""
        table = self.counts.double() + self.k  # (V, V)
        total = table.sum(dim=1, keepdim=True)  # (V, 1)
        # With k = 0 nothing is known of a token that nothing ever followed: all are alike.
        return torch.where(total > 0, table / total, 1 / len(table))

    def forward(self, idx: Tensor, state: None = None) -> tuple[Tensor, None]:
        """idx (B, T) -> logits (B, T, V); there is nothing to carry on."""
        return self.probabilities().log().float()[idx], None  # the row of each token

    def loss(self, idx: Tensor, targets: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Mean surprise of the targets (B, T), -ln p, in nats; -1 is no target."""
        logits, state = self(idx)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1), state


if __name__ == "__main__":  # counts the letters of its own source, and writes a line like them
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    model = Bigram(len(chars))
    model.fit(ids)
    loss, _ = model.loss(ids[None, :-1], ids[None, 1:])
    print(f"{len(chars)} letters, {loss.item():.2f} nats a letter")
    token, p = ids[0], model.probabilities()
    for _ in range(80):
        token = torch.multinomial(p[token], 1)[0]
        print(chars[token], end="")
    print()
