"""Positions: attention sees a bag of tokens; here are four ways to tell it their order.

    sinusoidal   x = sqrt(C) e + PE,   PE[t, 2i] = sin(t / 10000^(2i/C)),  PE[t, 2i+1] = cos(...)
    learned      x = e + P[t]
    rotary       q, k turned by t / 10000^(2i/D), so that q·k depends on the distance alone
    ALiBi        score = q·k / sqrt(D) - slope * distance, a slope for each head

Papers: sinusoidal Vaswani 2017; learned as in GPT (Radford 2018); rotary Su 2021, "RoFormer";
ALiBi Press 2021, "Train Short, Test Long".

Shapes: B batch, T time, S tokens to look at, C width, H heads, D = C / H.
"""

import torch
from torch import Tensor, nn

BASE = 10_000.0  # of the angles: the slowest pair turns so many times slower than the quickest
POSITIONS = ("rotary", "learned", "sinusoidal", "alibi", "none")


class Positions(nn.Module):
    """One of the ways above. Two are added to the embedding, two are handed to attention.

    Args:
        kind: one of `POSITIONS`.
        block_size: the most tokens in one text.
        width, n_head: C and H.
        base: of the angles of rotary positions.
    """

    def __init__(
        self, kind: str, block_size: int, width: int, n_head: int, base: float = BASE
    ) -> None:
        super().__init__()
        self.kind = kind
        if kind == "learned":
            self.table = nn.Embedding(block_size, width)
        elif kind == "sinusoidal":
            self.register_buffer("table", sinusoids(block_size, width), persistent=False)
        elif kind == "rotary":
            cos, sin = rotary_tables(block_size, width // n_head, base)
            cos, sin = both_halves(cos, sin)
            self.register_buffer("cos", cos, persistent=False)
            self.register_buffer("sin", sin, persistent=False)
        elif kind == "alibi":
            self.register_buffer("slopes", alibi_slopes(n_head), persistent=False)

    def add(self, x: Tensor, start: int = 0) -> Tensor:
        """Embeddings x (B, T, C) of tokens start, start + 1, ..., with what their places add."""
        end = start + x.size(1)
        if self.kind == "learned":
            return x + self.table.weight[start:end]
        if self.kind == "sinusoidal":
            return x * x.size(-1) ** 0.5 + self.table[start:end].to(x.dtype)
        return x

    def rotary(self, start: int, end: int) -> tuple[Tensor, Tensor] | None:
        """cos and sin (T, D), as `rotate` takes them, for tokens start to end - 1; None where
        nothing is turned."""
        return (self.cos[start:end], self.sin[start:end]) if self.kind == "rotary" else None

    def bias(self, T: int, S: int) -> Tensor | None:
        """(H, T, S) to add to the scores of the last T of S tokens; None where nothing is added."""
        return alibi_bias(self.slopes, T, S) if self.kind == "alibi" else None


def start_embedding(embedding: nn.Embedding, positions: Positions, *, tied: bool) -> None:
    """Tables of tokens and of learned places, of one size: 1; for sinusoids 1 / sqrt(C), which
    they undo; 0.02 as in GPT-2 where the table is also the head, whose first guess is to be calm.
    """
    std = 0.02 if tied else embedding.embedding_dim**-0.5 if positions.kind == "sinusoidal" else 1.0
    if std != 1.0:  # which is what `nn.Embedding` begins with
        nn.init.normal_(embedding.weight, std=std)
    if positions.kind == "learned":
        nn.init.normal_(positions.table.weight, std=std)


def sinusoids(block_size: int, C: int) -> Tensor:
    """(block_size, C): sines in the even columns, cosines in the odd, the same angle in a pair."""
    angle = angles(block_size, C)  # (block_size, C/2 rounded up)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)[:, :C]


def rotary_tables(block_size: int, D: int, base: float = BASE) -> tuple[Tensor, Tensor]:
    """cos and sin (block_size, D/2) of position times frequency, frequencies 1 ... 1/base."""
    angle = angles(block_size, D, base)
    return angle.cos(), angle.sin()


def both_halves(cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """(T, D/2) each -> (T, D) each, as `rotate` takes them: each cosine twice, each sine with both
    signs."""
    return torch.cat([cos, cos], dim=-1), torch.cat([-sin, sin], dim=-1)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair of numbers (d, d + D/2) by its position's angle, so that the product of a
    query and a key depends on how far apart they are. x (B, H, T, D), cos and sin (T, D).

    (a, b) -> (a cos - b sin, b cos + a sin), both halves at once: x cos + (b, a) (-sin, sin), where
    (b, a) is x rolled by half.
    """
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    return torch.addcmul(x * cos, x.roll(x.size(-1) // 2, dims=-1), sin)


def alibi_slopes(n_head: int) -> Tensor:
    """(H,) how fast each head forgets: 1/2, 1/4, ... 1/256 for 8 heads. Numbers of heads between
    two powers of 2 take every other slope of the next power on top, as the paper's code does."""
    power = 1 << (n_head.bit_length() - 1)  # the largest power of 2 that is not more
    slopes = [2 ** (-8 * i / power) for i in range(1, power + 1)]
    more = [2 ** (-4 * i / power) for i in range(1, 2 * power + 1, 2)]
    return torch.tensor(slopes + more[: n_head - power])


def alibi_bias(slopes: Tensor, T: int, S: int) -> Tensor:
    """(H, T, S): minus slope times distance, for the last T of S tokens, either side."""
    places = torch.arange(S, device=slopes.device)
    distance = (places[S - T :, None] - places).abs()
    return -slopes.view(-1, 1, 1) * distance


def angles(block_size: int, width: int, base: float = BASE) -> Tensor:
    """(block_size, width/2): place t times base^(-2i/width)."""
    frequency = base ** -(torch.arange(0, width, 2, dtype=torch.float32) / width)
    return torch.outer(torch.arange(block_size, dtype=torch.float32), frequency)
