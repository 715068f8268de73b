"""Transformer decoder: each token looks back at the ones before it and takes something from each.

    Attention(Q, K, V) = softmax(Q Kᵀ / sqrt(D) + mask) V
    x = x + Attention(norm(x));   x = x + MLP(norm(x))

Paper: Vaswani et al. 2017, "Attention Is All You Need"; decoder only, as in GPT (Radford 2018).
With what came since and pays at this size: rotary positions (Su 2021), RMSNorm before each part
(Zhang 2019), normed queries and keys (Henry 2020), squared ReLU (So 2021).
Left out on purpose: every other way to do each of these, the cache of keys and values that makes
writing quick, and the fused kernels.

Shapes: B batch, T time, C = n_embd channels, H heads, D = C / H, V vocabulary.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def rms_norm(x: Tensor) -> Tensor:
    """x over its root mean square along the last dimension."""
    return x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + 1e-6)


def rotary_tables(block_size: int, D: int) -> tuple[Tensor, Tensor]:
    """cos and sin of how far each place is turned: place t by t / 10000^(2i/D), each pair i of
    numbers at a speed of its own."""
    speed = 10_000 ** -(torch.arange(0, D, 2).float() / D)  # (D/2,), from 1 down to 1/10000
    angle = torch.outer(torch.arange(block_size).float(), speed)  # (block_size, D/2)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair of numbers (d, d + D/2) by the angle of its place. A product of a query and a
    key then depends on how far apart they are, and not on where."""
    a, b = x.chunk(2, dim=-1)  # (B, H, T, D/2) each
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)  # (B, H, T, D)


def start(layer: nn.Linear) -> None:
    """Weights that keep the variance of what comes in: uniform, of variance 1 / in_features."""
    bound = 3**0.5 * layer.in_features**-0.5
    nn.init.uniform_(layer.weight, -bound, bound)


class Attention(nn.Module):
    """Each token asks, every token before it answers, and it takes the weighted mean."""

    def __init__(self, n_embd: int, n_head: int, dropout: float) -> None:
        super().__init__()
        self.n_head, self.dropout = n_head, dropout
        self.qkv = nn.Linear(n_embd, 3 * n_embd, bias=False)
        start(self.qkv)
        self.out = nn.Linear(n_embd, n_embd, bias=False)
        nn.init.zeros_(self.out.weight)  # adds nothing until it has learned something

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        B, T, C = x.size()
        H, D = self.n_head, C // self.n_head
        q, k, v = self.qkv(x).split(C, dim=-1)  # (B, T, C) each
        q, k, v = (part.view(B, T, H, D).transpose(1, 2) for part in (q, k, v))  # (B, H, T, D) each
        q, k = rotate(rms_norm(q), cos, sin), rotate(rms_norm(k), cos, sin)
        scores = q @ k.transpose(-2, -1) / D**0.5  # (B, H, T, T): who looks, at whom
        past = torch.ones(T, T, dtype=torch.bool).tril()  # nobody looks ahead
        weights = scores.masked_fill(~past, float("-inf")).softmax(dim=-1)  # each row sums to 1
        y = F.dropout(weights, self.dropout, self.training) @ v  # (B, H, T, D)
        y = y.transpose(1, 2).reshape(B, T, C)  # heads side by side again
        return F.dropout(self.out(y), self.dropout, self.training)


class Block(nn.Module):
    """Attention, then a small network for each token alone; both add to the stream."""

    def __init__(self, n_embd: int, n_head: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.attention = Attention(n_embd, n_head, dropout)
        self.up = nn.Linear(n_embd, 4 * n_embd, bias=False)
        self.down = nn.Linear(4 * n_embd, n_embd, bias=False)
        start(self.up)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.attention(rms_norm(x), cos, sin)
        h = F.relu(self.up(rms_norm(x))).square()  # (B, T, 4 C)
        return x + F.dropout(self.down(h), self.dropout, self.training)  # (B, T, C)


class Transformer(nn.Module):
    """Embedding, blocks, and a linear layer that guesses the next token."""

    carries_state = False

    def __init__(
        self,
        vocab_size: int,
        n_layer: int = 4,
        n_head: int = 4,
        n_embd: int = 128,
        block_size: int = 64,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.dropout = dropout
        self.embedding = nn.Embedding(vocab_size, n_embd)
        cos, sin = rotary_tables(block_size, n_embd // n_head)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.blocks = nn.ModuleList(Block(n_embd, n_head, dropout) for _ in range(n_layer))
        # At first every token is as likely as any other: the loss begins at ln V.
        self.head = nn.Linear(n_embd, vocab_size, bias=False)
        nn.init.zeros_(self.head.weight)

    def forward(self, idx: Tensor, state: None = None) -> tuple[Tensor, None]:
        """idx (B, T), T at most block_size -> logits (B, T, V)."""
        T = idx.size(1)
        x = rms_norm(self.embedding(idx))  # (B, T, C)
        x = F.dropout(x, self.dropout, self.training)
        for block in self.blocks:
            x = block(x, self.cos[:T], self.sin[:T])
        return self.head(rms_norm(x)), None

    def loss(self, idx: Tensor, targets: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Mean surprise of the targets (B, T), -ln p, in nats; -1 is no target."""
        logits, state = self(idx)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1), state


if __name__ == "__main__":  # learns how its own source goes on
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    model = Transformer(len(chars))
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
