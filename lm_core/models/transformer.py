"""Transformer decoder: each token looks back at the ones before it and takes something from each.

    Attention(Q, K, V) = softmax(Q Kᵀ / sqrt(D) + mask) V
    x = x + Attention(norm(x));   x = x + MLP(norm(x))

Paper: Vaswani et al. 2017, "Attention Is All You Need"; decoder only, as in GPT (Radford 2018).
Since then, and kept because each pays at this size: rotary positions (Su 2021), RMSNorm before
each part (Zhang 2019), normed queries and keys (Henry 2020), squared ReLU (So 2021), output
projections that start at zero so that an untrained model says "every token alike" (loss ln V).
Left out on purpose: biases, tied head, grouped heads.

Shapes: B batch, T time, C = n_embd channels, H heads, D = C / H, V vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.errors import BadSettings, ContextTooLong
from lm_core.models.contract import LanguageModel, models
from lm_core.models.tracing import record, tracing
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class TransformerSettings(Settings):
    """Sizes of a decoder-only Transformer."""

    n_layer: int = setting(4, title="Layers", low=1, high=48, help="Blocks on top of each other.")
    n_head: int = setting(
        4, title="Heads", low=1, high=64, help="Attentions side by side in each layer."
    )
    n_embd: int = setting(
        128, title="Width", low=4, high=4096, unit="numbers", help="Numbers that stand for a token."
    )
    block_size: int = setting(
        64, title="Context", low=2, high=8192, unit="tokens", help="How far back it can look."
    )
    dropout: float = setting(
        0.0, title="Dropout", low=0.0, high=0.9, help="Share of numbers hidden while training."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_embd % self.n_head or (self.n_embd // self.n_head) % 2:
            raise BadSettings(
                f"n_embd ({self.n_embd}) must be n_head ({self.n_head}) times an even number."
            )


class Cache:
    """Keys and values of the tokens read so far: per layer two (B, H, capacity, D) tensors.

    The buffers are shared between a state and the one that follows it: going back to an older
    state and writing on from there overwrites what the newer one held.
    """

    def __init__(self, layers: list[tuple[Tensor, Tensor]], length: int) -> None:
        self.layers, self.length = layers, length

    def grown(self, capacity: int) -> "Cache":
        """The same content in buffers that hold `capacity` tokens; itself where they already do."""
        if self.layers[0][0].size(2) >= capacity:
            return self
        grown = []
        for k, v in self.layers:
            B, H, _, D = k.shape
            pair = (k.new_empty(B, H, capacity, D), v.new_empty(B, H, capacity, D))
            pair[0][:, :, : self.length] = k[:, :, : self.length]
            pair[1][:, :, : self.length] = v[:, :, : self.length]
            grown.append(pair)
        return Cache(grown, self.length)


class Attention(nn.Module):
    """Causal self-attention of all heads, with a fast path and its explicit twin."""

    def __init__(self, s: TransformerSettings) -> None:
        super().__init__()
        self.n_head, self.dropout = s.n_head, s.dropout
        self.qkv = nn.Linear(s.n_embd, 3 * s.n_embd, bias=False)
        self.out = nn.Linear(s.n_embd, s.n_embd, bias=False)

    def forward(
        self, x: Tensor, cos: Tensor, sin: Tensor, past: tuple[Tensor, Tensor] | None, start: int
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        B, T, C = x.size()
        qkv = self.qkv(x).view(B, T, 3, self.n_head, C // self.n_head)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each (B, H, T, D)
        q, k = rotate(rms_norm(q), cos, sin), rotate(rms_norm(k), cos, sin)
        kv = (k, v)
        if past is not None:  # write into the preallocated buffers, read everything up to here
            past[0][:, :, start : start + T] = k
            past[1][:, :, start : start + T] = v
            kv = past
            k, v = past[0][:, :, : start + T], past[1][:, :, : start + T]
        if tracing():
            record(self, "q", q), record(self, "k", k), record(self, "v", v)
            y, weights = attend(q, k, v)  # without dropout: it is looked into as it is used
            record(self, "weights", weights)  # (B, H, T, start + T)
        elif start == 0:
            p = self.dropout if self.training else 0.0
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=p)
        else:  # one new token sees everything; several see all of the past and a triangle
            mask = None if T == 1 else causal_mask(T, start + T, x.device)
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        y = y.transpose(1, 2).reshape(B, T, C)  # heads side by side again
        return F.dropout(self.out(y), self.dropout, self.training), kv


class Block(nn.Module):
    """Attention, then a small network applied to each token alone; both add to the stream."""

    def __init__(self, s: TransformerSettings) -> None:
        super().__init__()
        self.attention = Attention(s)
        self.up = nn.Linear(s.n_embd, 4 * s.n_embd, bias=False)
        self.down = nn.Linear(4 * s.n_embd, s.n_embd, bias=False)
        self.dropout = s.dropout

    def forward(
        self, x: Tensor, cos: Tensor, sin: Tensor, past: tuple[Tensor, Tensor] | None, start: int
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        y, kv = self.attention(rms_norm(x), cos, sin, past, start)
        x = x + y
        hidden = F.relu(self.up(rms_norm(x))).square()  # (B, T, 4C)
        record(self, "mlp", hidden)
        x = x + F.dropout(self.down(hidden), self.dropout, self.training)
        record(self, "stream", x)
        return x, kv


@models.register(
    "transformer",
    title="Transformer",
    idea="Each token looks back at all the tokens before it and takes something from each.",
    paper="Vaswani et al. 2017, Attention Is All You Need",
    settings=TransformerSettings,
    order=80,
)
class Transformer(LanguageModel):
    """Decoder-only Transformer. The state is a `Cache`."""

    def __init__(self, settings: TransformerSettings, vocab_size: int) -> None:
        super().__init__(settings, vocab_size)
        s = settings
        self.embedding = nn.Embedding(vocab_size, s.n_embd)
        self.blocks = nn.ModuleList(Block(s) for _ in range(s.n_layer))
        self.head = nn.Linear(s.n_embd, vocab_size, bias=False)
        cos, sin = rotary_tables(s.block_size, s.n_embd // s.n_head)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        bound = 3**0.5 * s.n_embd**-0.5  # uniform with the variance 1/C
        for block in self.blocks:
            nn.init.uniform_(block.attention.qkv.weight, -bound, bound)
            nn.init.uniform_(block.up.weight, -bound, bound)
            nn.init.zeros_(block.attention.out.weight)
            nn.init.zeros_(block.down.weight)
        nn.init.zeros_(self.head.weight)

    @property
    def context_size(self) -> int:
        return self.settings.block_size

    def forward(self, idx: Tensor, state: Cache | None = None) -> tuple[Tensor, Cache]:
        T, start = idx.size(1), 0 if state is None else state.length
        end = start + T
        if end > self.settings.block_size:
            raise ContextTooLong(
                f"{end} tokens do not fit this model's context of {self.settings.block_size}: "
                "give fewer, or train with a larger block_size."
            )
        cache = None if state is None else state.grown(self.settings.block_size)
        cos, sin = self.cos[start:end], self.sin[start:end]
        x = rms_norm(self.embedding(idx))  # (B, T, C)
        x = F.dropout(x, self.settings.dropout, self.training)
        record(self, "stream", x)
        layers = []
        for i, block in enumerate(self.blocks):
            x, kv = block(x, cos, sin, None if cache is None else cache.layers[i], start)
            layers.append(kv)
        logits = self.head(rms_norm(x))  # (B, T, V)
        return logits, Cache(layers, end)


def attend(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Attention written out. q (B, H, T, D), k and v (B, H, S, D), the last T of S asking.

    Returns:
        the mixed values (B, H, T, D) and the weights (B, H, T, S), each row summing to 1.
    """
    scores = q @ k.transpose(-2, -1) * q.size(-1) ** -0.5
    scores = scores.masked_fill(~causal_mask(q.size(2), k.size(2), q.device), float("-inf"))
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


def causal_mask(T: int, S: int, device: torch.device) -> Tensor:
    """(T, S) bool, True where the i-th of the last T tokens may look at token j."""
    return torch.ones(T, S, dtype=torch.bool, device=device).tril(diagonal=S - T)


def rms_norm(x: Tensor) -> Tensor:
    """x over its root mean square along the last dimension; no learned scale."""
    return F.rms_norm(x, (x.size(-1),), eps=1e-6)


def rotary_tables(block_size: int, D: int) -> tuple[Tensor, Tensor]:
    """cos and sin (block_size, D/2) of position times frequency, frequencies 1 ... 1/10000."""
    frequency = 10_000 ** -(torch.arange(0, D, 2, dtype=torch.float32) / D)
    angle = torch.outer(torch.arange(block_size, dtype=torch.float32), frequency)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair of numbers (d, d + D/2) by its position's angle, so that the product of a
    query and a key depends on how far apart they are. x (B, H, T, D), cos and sin (T, D/2)."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)
