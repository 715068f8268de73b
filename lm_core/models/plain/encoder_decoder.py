"""Encoder-decoder: one Transformer reads a text from both sides, another writes the next from it.

    memory = [nothing, Encoder(source)]
    x = norm(x + Attention(x));   x = norm(x + Attention(x, memory));   x = norm(x + MLP(x))

    logits = model.answer(source, target)       # one text to another, as in the paper

A plain text becomes such a pair when it is cut in two: the first S tokens are written from a
learned vector that stands for "nothing before", all further ones from what the encoder makes of the
first S. The decoder looks back to the cut and no further: what it knows of the first part has come
through the memory.

Paper: Vaswani et al. 2017, "Attention Is All You Need".
Left out on purpose: every other kind of position, norm and activation; the cache of keys and values
that makes writing quick; beam search.

Shapes: B batch, T time, S tokens of the source, C = n_embd channels, H heads, D = C / H, V
vocabulary.
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


def start(*layers: nn.Linear) -> None:
    """Weights that keep the variance of what comes in: uniform, of variance 1 / in_features."""
    for layer in layers:
        bound = 3**0.5 * layer.in_features**-0.5
        nn.init.uniform_(layer.weight, -bound, bound)
        nn.init.zeros_(layer.bias)


def start_at_zero(layer: nn.Linear) -> None:
    """A part that ends in zeros adds nothing until it has learned something."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)


class Attention(nn.Module):
    """Each token of a text asks, tokens of the same text or of a memory answer, and it takes the
    weighted mean."""

    def __init__(self, n_embd: int, n_head: int, dropout: float, *, cross: bool = False) -> None:
        super().__init__()
        self.n_head, self.dropout, self.cross = n_head, dropout, cross
        if cross:  # asks of one text, and is answered by another
            self.q, self.kv = nn.Linear(n_embd, n_embd), nn.Linear(n_embd, 2 * n_embd)
            start(self.q, self.kv)
        else:
            self.qkv = nn.Linear(n_embd, 3 * n_embd)
            start(self.qkv)
        self.out = nn.Linear(n_embd, n_embd)
        start_at_zero(self.out)

    def forward(self, x: Tensor, may: Tensor | None, memory: Tensor | None = None) -> Tensor:
        """x (B, T, C) -> the same shape; may is True where a token may look, None is everywhere."""
        B, T, C = x.size()
        if self.cross:
            q, (k, v) = self.q(x), self.kv(memory).split(C, dim=-1)  # (B, T, C), (B, 1 + S, C) each
        else:
            q, k, v = self.qkv(x).split(C, dim=-1)  # (B, T, C) each
        q, k, v = (part.view(B, -1, self.n_head, C // self.n_head) for part in (q, k, v))
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)  # (B, H, ..., D) each
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5  # (B, H, T, T or 1 + S)
        if may is not None:
            scores = scores.masked_fill(~may, float("-inf"))
        weights = scores.softmax(dim=-1)  # each row sums to 1
        y = F.dropout(weights, self.dropout, self.training) @ v  # (B, H, T, D)
        y = y.transpose(1, 2).reshape(B, T, C)  # heads side by side again
        return F.dropout(self.out(y), self.dropout, self.training)


class Block(nn.Module):
    """Attention, then a small network for each token alone; the stream is normed after both. In
    the decoder there is an attention to the memory between the two."""

    def __init__(self, n_embd: int, n_head: int, dropout: float, *, decodes: bool) -> None:
        super().__init__()
        self.dropout = dropout
        self.attention = Attention(n_embd, n_head, dropout)
        self.up, self.down = nn.Linear(n_embd, 4 * n_embd), nn.Linear(4 * n_embd, n_embd)
        start(self.up)
        start_at_zero(self.down)
        self.norm_attention, self.norm_mlp = nn.LayerNorm(n_embd), nn.LayerNorm(n_embd)
        if decodes:
            self.cross = Attention(n_embd, n_head, dropout, cross=True)
            self.norm_cross = nn.LayerNorm(n_embd)

    def forward(self, x: Tensor, may: Tensor | None, *memory: Tensor | None) -> Tensor:
        x = self.norm_attention(x + self.attention(x, may))
        if memory:  # where it may look there, and what it is
            x = self.norm_cross(x + self.cross(x, *memory))
        h = F.relu(self.up(x))  # (B, T, 4 C)
        return self.norm_mlp(x + F.dropout(self.down(h), self.dropout, self.training))  # (B, T, C)


class EncoderDecoder(nn.Module):
    """The Transformer of 2017; one table reads the tokens of both texts."""

    carries_state = False

    def __init__(
        self,
        vocab_size: int,
        n_layer: int = 2,
        n_head: int = 4,
        n_embd: int = 128,
        block_size: int = 64,
        dropout: float = 0.0,
        source: int = 0,
    ) -> None:
        super().__init__()
        self.dropout, self.cut = dropout, source or block_size // 2  # S
        self.embedding = nn.Embedding(vocab_size, n_embd)
        nn.init.normal_(self.embedding.weight, std=n_embd**-0.5)
        self.register_buffer("places", sinusoids(block_size, n_embd), persistent=False)

        def blocks(*, decodes: bool) -> nn.ModuleList:
            sizes = (n_embd, n_head, dropout)
            return nn.ModuleList(Block(*sizes, decodes=decodes) for _ in range(n_layer))

        self.encoder, self.decoder = blocks(decodes=False), blocks(decodes=True)
        self.nothing = nn.Parameter(torch.randn(n_embd))  # of the size of a normed vector
        # At first every token is as likely as any other: the loss begins at ln V.
        self.head = nn.Linear(n_embd, vocab_size, bias=False)
        nn.init.zeros_(self.head.weight)

    def placed(self, idx: Tensor, first: int = 0) -> Tensor:
        """Ids (B, T) of the places from `first` on -> what the first block reads (B, T, C)."""
        x = self.embedding(idx)  # (B, T, C)
        # The vectors are made as large as the waves that are added to them.
        x = x * x.size(-1) ** 0.5 + self.places[first : first + idx.size(1)]
        return F.dropout(x, self.dropout, self.training)

    def encode(self, source: Tensor, there: Tensor | None = None) -> Tensor:
        """Ids (B, S) -> memory (B, 1 + S, C), the first of which is "nothing before"."""
        nothing = self.nothing.expand(source.size(0), 1, -1)  # (B, 1, C)
        x = self.placed(source)  # (B, S, C)
        for block in self.encoder:
            x = block(x, there)
        return torch.cat([nothing, x], dim=1)

    def decode(
        self, target: Tensor, memory: Tensor, first: int = 0, there: Tensor | None = None
    ) -> Tensor:
        """Ids (B, T) that were written so far, the first of them at the place `first` -> logits
        (B, T, V) of the one after each."""
        x = self.placed(target, first)  # (B, T, C)
        past = torch.ones(x.size(1), x.size(1), dtype=torch.bool).tril()  # nobody looks ahead
        there = None if there is None else F.pad(there, (1, 0), value=True)  # "nothing" always is
        for block in self.decoder:
            x = block(x, past, there, memory)
        return self.head(x)

    def answer(self, source: Tensor, target: Tensor) -> Tensor:
        """Ids (B, S) and (B, T), -1 is padding -> logits (B, T, V) of what follows each target."""
        there = (source >= 0)[:, None, None]  # (B, 1, 1, S): alike for all heads and tokens
        source, target = source.clamp(min=0), target.clamp(min=0)  # ids that a table has
        return self.decode(target, self.encode(source, there), there=there)

    def forward(self, idx: Tensor, state: None = None) -> tuple[Tensor, None]:
        """A text (B, T), T at most block_size -> logits (B, T, V)."""
        source, target = idx[:, : self.cut], idx[:, self.cut :]  # (B, S), (B, T - S)
        logits = self.decode(source, self.encode(source[:, :0]))  # (B, S, V), from "nothing"
        if target.size(1):
            more = self.decode(target, self.encode(source), first=self.cut)  # (B, T - S, V)
            logits = torch.cat([logits, more], dim=1)  # (B, T, V)
        return logits, None

    def loss(self, idx: Tensor, targets: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Mean surprise of the targets (B, T), -ln p, in nats; -1 is no target."""
        logits, state = self(idx)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1), state


if __name__ == "__main__":  # learns how its own source goes on
    text = Path(__file__).read_text(encoding="utf-8")
    chars = sorted(set(text))
    ids = torch.tensor([chars.index(char) for char in text])
    model = EncoderDecoder(len(chars))
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
