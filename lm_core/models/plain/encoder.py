"""Transformer encoder: each token looks at both sides of a text, and guesses what was hidden.

    x = norm(x + Attention(x));   x = norm(x + MLP(x))
    loss = mean of -ln p(w_t | the text, w_t and some others hidden)

Papers: Vaswani et al. 2017, "Attention Is All You Need", for the layers; Devlin et al. 2018,
"BERT", for hiding tokens and guessing them.
Left out on purpose: every other kind of position, norm and activation; scoring a text with each
token hidden once; BERT's second task, and its showing a tenth of the hidden tokens as they are.

Shapes: B batch, T time, C = n_embd channels, H heads, D = C / H, V vocabulary.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def sinusoids(length: int, C: int) -> Tensor:
    """What is added to the token at each place: sines and cosines of slower and slower waves."""
    speed = 10_000 ** -(torch.arange(0, C, 2).float() / C)  # (C/2,), from 1 down to 1/10000
    angle = torch.outer(torch.arange(length).float(), speed)  # (length, C/2)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)[:, :C]  # (length, C)


def start(layer: nn.Linear) -> None:
    """Weights that keep the variance of what comes in: uniform, of variance 1 / in_features."""
    bound = 3**0.5 * layer.in_features**-0.5
    nn.init.uniform_(layer.weight, -bound, bound)
    nn.init.zeros_(layer.bias)


def start_at_zero(layer: nn.Linear) -> None:
    """A part that ends in zeros adds nothing until it has learned something."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)


class Attention(nn.Module):
    """Each token asks, every token answers, and it takes the weighted mean."""

    def __init__(self, n_embd: int, n_head: int, dropout: float) -> None:
        super().__init__()
        self.n_head, self.dropout = n_head, dropout
        self.qkv = nn.Linear(n_embd, 3 * n_embd)
        start(self.qkv)
        self.out = nn.Linear(n_embd, n_embd)
        start_at_zero(self.out)

    def forward(self, x: Tensor, padding: Tensor) -> Tensor:
        B, T, C = x.size()
        H, D = self.n_head, C // self.n_head
        q, k, v = self.qkv(x).split(C, dim=-1)  # (B, T, C) each
        q, k, v = (part.view(B, T, H, D).transpose(1, 2) for part in (q, k, v))  # (B, H, T, D) each
        scores = q @ k.transpose(-2, -1) / D**0.5  # (B, H, T, T): who looks, at whom
        scores = scores.masked_fill(padding[:, None, None, :], float("-inf"))  # nothing is there
        weights = scores.softmax(dim=-1)  # each row sums to 1
        y = F.dropout(weights, self.dropout, self.training) @ v  # (B, H, T, D)
        y = y.transpose(1, 2).reshape(B, T, C)  # heads side by side again
        return F.dropout(self.out(y), self.dropout, self.training)


class Block(nn.Module):
    """Attention, then a small network for each token alone; the stream is normed after both."""

    def __init__(self, n_embd: int, n_head: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.attention = Attention(n_embd, n_head, dropout)
        self.up, self.down = nn.Linear(n_embd, 4 * n_embd), nn.Linear(4 * n_embd, n_embd)
        start(self.up)
        start_at_zero(self.down)
        self.norm_attention, self.norm_mlp = nn.LayerNorm(n_embd), nn.LayerNorm(n_embd)

    def forward(self, x: Tensor, padding: Tensor) -> Tensor:
        x = self.norm_attention(x + self.attention(x, padding))
        h = F.relu(self.up(x))  # (B, T, 4 C)
        return self.norm_mlp(x + F.dropout(self.down(h), self.dropout, self.training))  # (B, T, C)


class Encoder(nn.Module):
    """Embedding, blocks, and a linear layer that guesses the token at each place. The id V stands
    for a hidden token; it is never guessed."""

    carries_state = False

    def __init__(
        self,
        vocab_size: int,
        n_layer: int = 4,
        n_head: int = 4,
        n_embd: int = 128,
        block_size: int = 64,
        dropout: float = 0.0,
        masked: float = 0.15,
    ) -> None:
        super().__init__()
        self.vocab_size, self.dropout, self.masked = vocab_size, dropout, masked
        self.embedding = nn.Embedding(vocab_size, n_embd)
        nn.init.normal_(self.embedding.weight, std=n_embd**-0.5)
        # A text is the first input and block_size targets.
        self.register_buffer("places", sinusoids(block_size + 1, n_embd), persistent=False)
        self.blocks = nn.ModuleList(Block(n_embd, n_head, dropout) for _ in range(n_layer))
        self.mask = nn.Parameter(torch.empty(n_embd))  # the vector of a hidden token
        nn.init.normal_(self.mask, std=n_embd**-0.5)
        # At first every token is as likely as any other: the loss begins at ln V.
        self.head = nn.Linear(n_embd, vocab_size, bias=False)
        nn.init.zeros_(self.head.weight)

    def forward(
        self, idx: Tensor, state: None = None, padding: Tensor | None = None
    ) -> tuple[Tensor, None]:
        """idx (B, T) -> logits (B, T, V) of the token at each place; padding (B, T) is True where
        there is none."""
        if padding is None:
            padding = torch.zeros_like(idx, dtype=torch.bool)
        table = torch.cat([self.embedding.weight, self.mask.unsqueeze(0)])  # (V + 1, C)
        # The vectors are made as large as the waves that are added to them.
        x = table[idx] * table.size(1) ** 0.5 + self.places[: idx.size(1)]  # (B, T, C)
        x = F.dropout(x, self.dropout, self.training)
        for block in self.blocks:
            x = block(x, padding)
        return self.head(x), None

    def loss(self, idx: Tensor, targets: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Mean surprise of the targets (B, T) that are hidden now, -ln p, in nats; -1 is no target.

        The text is the first of idx and then the targets.
        """
        there = targets >= 0  # (B, T)
        text = torch.cat([idx[:, :1], targets.where(there, 0)], dim=1)  # (B, T + 1)
        padding = F.pad(~there, (1, 0))  # (B, T + 1)
        chance = torch.rand(targets.shape).masked_fill(~there, 2.0)
        least = chance.amin(dim=1, keepdim=True)  # (B, 1): at least one a row
        hidden = there & ((chance < self.masked) | (chance == least))  # (B, T)
        shown = text.masked_fill(F.pad(hidden, (1, 0)), self.vocab_size)  # (B, T + 1)
        logits, _ = self(shown, padding=padding)  # (B, T + 1, V)
        return F.cross_entropy(logits[:, 1:][hidden], targets[hidden]), None


if __name__ == "__main__":  # learns what is missing in its own source
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    model = Encoder(len(chars))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for step in range(101):
        begin = torch.randint(len(ids) - 64, (8, 1))
        rows = ids[begin + torch.arange(65)]  # (8, 65)
        loss, _ = model.loss(rows[:, :-1], rows[:, 1:])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 20 == 0:
            print(f"step {step}: {loss.item():.2f} nats a hidden letter")
