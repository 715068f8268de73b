"""N-gram: count what followed the last few tokens; where counts are thin, ask a shorter context.

    p(w | h) = (c(hw) - D) / c(h) + gamma(h) p(w | h'),     h' = h without its oldest token
    gamma(h) = all that the discounts D took from the tokens seen after h, over c(h)

c(hw) counts occurrences for the longest runs. For shorter ones it counts how many different tokens
came before ("Francisco" is frequent, but only after "San"), plus the times the run began a text.
The chain ends at 1 / V, so no token ever has probability 0.

Paper: Kneser and Ney 1995, "Improved Backing-Off for M-Gram Language Modeling"; interpolated, with
the three discounts of Chen and Goodman 1998, "An Empirical Study of Smoothing Techniques".
Left out on purpose: other ways to smooth, and a store that holds millions of runs; here they lie
in dictionaries.

Shapes: B batch, T time, V vocabulary, N tokens of text.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Ngram(nn.Module):
    """Interpolated Kneser-Ney over runs of at most `order` tokens."""

    def __init__(self, vocab_size: int, order: int = 6) -> None:
        super().__init__()
        self.vocab_size, self.order = vocab_size, order
        self.after: dict[tuple, Counter] = {}  # h -> how much each w counts after it
        self.discounts: dict[int, Sequence[float]] = {}  # length of hw -> D of counts 0, 1, 2, 3+

    def fit(self, ids: Tensor, starts: Sequence[int] = (0,)) -> None:
        """Count the runs of a text (N,). Sequences begin at `starts`, no run reaches over one."""
        self.after = defaultdict(Counter)
        ends = [*starts[1:], len(ids) - 1]
        for start, end in zip(starts, ends, strict=True):
            self._count(tuple(ids[start : end + 1].tolist()))
        for length in range(1, self.order + 1):
            alike = [seen.values() for h, seen in self.after.items() if len(h) == length - 1]
            self.discounts[length] = estimate([count for counts in alike for count in counts])

    def _count(self, text: tuple[int, ...]) -> None:
        for i in range(1, len(text)):
            for length in range(min(self.order, i + 1), 0, -1):  # the longest run that ends at i
                h, w = text[i + 1 - length : i], text[i]
                self.after[h][w] += 1
                if self.after[h][w] > 1:
                    break  # its shorter ends have counted this token before them already

    def p(self, h: tuple[int, ...]) -> list[float]:
        """Probability of every token after a context, V numbers."""
        # The chain: what a shorter context says, in the end every token alike.
        below = self.p(h[1:]) if h else [1 / self.vocab_size] * self.vocab_size
        seen = self.after.get(h)
        if not seen:
            return below  # a context that never came has nothing of its own
        total, D = sum(seen.values()), self.discounts[len(h) + 1]
        taken = sum(D[min(count, 3)] for count in seen.values())
        p = [taken / total * share for share in below]
        for w, count in seen.items():
            p[w] += (count - D[min(count, 3)]) / total
        return p

    def forward(self, idx: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Rows from their beginning (B, T) -> log-probabilities, which are logits too (B, T, V)."""
        back = self.order - 1
        p = [
            [self.p(tuple(row[max(0, t + 1 - back) : t + 1])) for t in range(len(row))]
            for row in idx.tolist()
        ]
        return torch.tensor(p, dtype=torch.float64).log().float(), None  # (B, T, V)

    def loss(self, idx: Tensor, targets: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Mean surprise of the targets (B, T), -ln p, in nats; -1 is no target."""
        logits, state = self(idx)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1), state


def estimate(counts: Sequence[int]) -> Sequence[float]:
    """D of the counts 0, 1, 2 and more, from how many runs of this length counted 1, 2, 3, 4."""
    n = Counter(counts)
    if n[1] and n[2] and n[3]:
        y = n[1] / (n[1] + 2 * n[2])
        D = [j - (j + 1) * y * n[j + 1] / n[j] for j in (1, 2, 3)]
        if min(D) > 0:
            return [0.0, *D]
    return [0.0, 0.5, 1.0, 1.5]  # too little text to tell


if __name__ == "__main__":  # counts one half of its own source, and guesses at the other
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    half = len(ids) // 2
    for order in range(1, 7):
        model = Ngram(len(chars), order)
        model.fit(ids[:half])
        loss, _ = model.loss(ids[None, half:-1], ids[None, half + 1 :])
        print(f"runs of {order}: {loss.item():.2f} nats a letter")
