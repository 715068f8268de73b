"""Attention: each token asks, every token it may look at answers, and it takes the weighted mean.

    Attention(Q, K, V) = softmax(Q Kᵀ / sqrt(D) + mask) V

Papers: Vaswani et al. 2017, "Attention Is All You Need"; one head of keys for all queries (multi-
query) Shazeer 2019, for groups of them Ainslie 2023; normed queries and keys Henry 2020.

The step before it, from the course: no asking, only the mean of the past (the end of this file).

Shapes: B batch, T tokens that ask, S tokens to look at, C width, H heads, G heads of keys and
values (H, or fewer that the H share), D = C / H.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.models.layers import AS_CPU, rms_norm, start_at_zero, start_linear
from lm_core.models.positions import rotate
from lm_core.models.tracing import record, tracing

ATTENTIONS = ("softmax", "average")
SHORT = 128  # tokens
LOWEST = torch.finfo(torch.bfloat16).min  # of a score, and in float32 it is a number too


class Cache:
    """Keys and values of the tokens read so far: per layer two (B, G, capacity, D) tensors.

    The buffers are shared between a state and the one that follows it: going back to an older
    state and writing on from there overwrites what the newer one held.
    """

    def __init__(self, layers: list[tuple[Tensor, Tensor]], length: int) -> None:
        self.layers, self.length = layers, length

    def grown(self, capacity: int) -> "Cache":
        """Its content in buffers that hold `capacity` tokens; itself where they already do."""
        if self.layers[0][0].size(2) >= capacity:
            return self
        grown = []
        for k, v in self.layers:
            B, G, _, D = k.shape
            pair = (k.new_empty(B, G, capacity, D), v.new_empty(B, G, capacity, D))
            pair[0][:, :, : self.length] = k[:, :, : self.length]
            pair[1][:, :, : self.length] = v[:, :, : self.length]
            grown.append(pair)
        return Cache(grown, self.length)

    def pick(self, rows: Tensor) -> "Cache":
        """Those of these rows of the batch (K,), in buffers of their own."""
        return Cache([(k[rows], v[rows]) for k, v in self.layers], self.length)


class Attention(nn.Module):
    """All heads of one attention, with a fast path and its explicit twin `attend`.

    Args:
        width, n_head: C and H; H divides C.
        n_kv_head: G, which divides H; None or 0 is H, 1 is multi-query.
        bias: whether the matrices have one.
        qk_norm: norm queries and keys, so that no score runs away.
        causal: nobody looks ahead; False is both sides.
        cross: queries come from x, keys and values from another text, the `memory`.
        kind: "average" asks nothing: every score is 0 and each token takes the plain mean (of its
            own text: not together with `cross`).
    """

    def __init__(
        self,
        width: int,
        n_head: int,
        *,
        n_kv_head: int | None = None,
        bias: bool = False,
        qk_norm: bool = True,
        dropout: float = 0.0,
        causal: bool = True,
        cross: bool = False,
        kind: str = "softmax",
    ) -> None:
        super().__init__()
        self.n_head, self.n_kv_head, self.D = n_head, n_kv_head or n_head, width // n_head
        self.qk_norm, self.dropout = qk_norm, dropout
        self.causal, self.cross, self.kind = causal and not cross, cross, kind
        asked, answered = n_head * self.D, self.n_kv_head * self.D
        if kind == "average":
            self.v = nn.Linear(width, answered, bias=bias)
        elif cross:
            self.q = nn.Linear(width, asked, bias=bias)
            self.kv = nn.Linear(width, 2 * answered, bias=bias)
        else:
            self.qkv = nn.Linear(width, asked + 2 * answered, bias=bias)
        for layer in self.children():
            start_linear(layer)
        self.out = nn.Linear(asked, width, bias=bias)
        start_at_zero(self.out)

    def forward(
        self,
        x: Tensor,
        *,
        mask: Tensor | None = None,
        rotary: tuple[Tensor, Tensor] | None = None,
        memory: Tensor | None = None,
        past: tuple[Tensor, Tensor] | None = None,
        start: int = 0,
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x (B, T, C) -> what each token takes (B, T, C), and the keys and values.

        Args:
            mask: from `make_mask`, for padding or ALiBi; None is all that `causal` allows.
            rotary: cos and sin (T, D) of the tokens in x, as `rotate` takes them.
            memory: (B, S, C), what a cross attention looks at; may be left out with `past`.
            past: keys and values so far. Of a cross attention all there is; else buffers
                (B, G, capacity, D) into which those of x are written at `start`.
        """
        q, k, v = self.project(x, memory, past)  # (B, H, T, D), and twice (B, G, S, D)
        if rotary is not None:
            q, k = rotate(q, *rotary), rotate(k, *rotary)
        kv = k, v
        if past is not None and not self.cross:
            k, v, kv = *write(past, k, v, start), past
        y = self.take(q, k, v, mask, start)  # (B, H, T, D)
        y = self.out(y.transpose(1, 2).flatten(2))  # (B, T, C): heads side by side again
        return F.dropout(y, self.dropout, self.training), kv

    def project(
        self, x: Tensor, memory: Tensor | None, past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Queries (B, H, T, D), keys and values (B, G, S, D), each head with its own numbers."""
        H, G = self.n_head, self.n_kv_head
        if self.kind == "average":
            (v,) = self.heads(self.v(x), G)
            return v.new_zeros(len(x), H, x.size(1), self.D), torch.zeros_like(v), v
        norm = rms_norm if self.qk_norm else _same
        if not self.cross:
            both, v = self.heads(self.qkv(x), H + G, G)
            q, k = norm(both).split((H, G), dim=1)  # one call for two is quicker
            return q, k, v
        (q,) = self.heads(self.q(x), H)
        if past is not None:
            return norm(q), *past
        k, v = self.heads(self.kv(memory), G, G)
        return norm(q), norm(k), v

    def heads(self, x: Tensor, *counts: int) -> tuple[Tensor, ...]:
        """(B, T, n D) -> one (B, count, T, D) for each count."""
        B, T, _ = x.size()
        return x.view(B, T, -1, self.D).transpose(1, 2).split(counts, dim=1)

    def take(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, start: int) -> Tensor:
        """What each query takes from the values, (B, H, T, D): by the fused kernel, or written out
        where that is quicker or somebody looks."""
        T = q.size(2)
        mask = mask if mask is None or mask.dtype == torch.bool else mask.to(q.dtype)
        triangle = self.causal and mask is None and T > 1  # a single new token sees everything
        written_out = tracing() or _short(q, k)
        if triangle and (start > 0 or written_out):  # the fused one knows square triangles only
            mask = causal_mask(T, k.size(2), q.device)
        dropout = self.dropout if self.training else 0.0
        if not written_out:
            return F.scaled_dot_product_attention(
                q,
                k,
                v,
                attn_mask=mask,
                is_causal=triangle and mask is None,
                dropout_p=dropout,
                enable_gqa=self.n_kv_head < self.n_head,
            )
        # Looked into as it is used: without dropout.
        y, weights = attend(q, k, v, mask, dropout=0.0 if tracing() else dropout)
        if tracing():
            k, v = spread(k, self.n_head), spread(v, self.n_head)
            for name, tensor in (("q", q), ("k", k), ("v", v), ("weights", weights)):
                record(self, name, tensor)
            if mask is not None:  # what is added, (1 or B, H, T, S), or bool that fits it
                record(self, "bias" if mask.is_floating_point() else "may", mask)
        return y


def write(past: tuple[Tensor, Tensor], k: Tensor, v: Tensor, start: int) -> tuple[Tensor, Tensor]:
    """Keys and values (B, G, T, D) of new tokens into buffers (B, G, capacity, D) from `start` on;
    all there are up to their end."""
    end = start + k.size(2)
    past[0][:, :, start:end], past[1][:, :, start:end] = k, v
    return past[0][:, :, :end], past[1][:, :, :end]


def attend(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, *, dropout: float = 0.0
) -> tuple[Tensor, Tensor]:
    """Attention written out. q (B, H, T, D), k and v (B, G, S, D); the mask as in `make_mask`.

    Args:
        dropout: share of the weights hidden.

    Returns:
        the mixed values (B, H, T, D) and the weights (B, H, T, S), each row summing to 1.
    """
    k, v = spread(k, q.size(1)), spread(v, q.size(1))
    scores = (q * q.size(-1) ** -0.5) @ k.transpose(-2, -1)  # (B, H, T, S)
    if mask is not None and mask.dtype == torch.bool:
        scores = scores.masked_fill(~mask, float("-inf"))
    elif mask is not None:
        scores = scores + mask
    weights = scores.softmax(dim=-1)
    if mask is not None and mask.dim() > 2:  # of each text: one may be all padding
        nothing = scores.isneginf().all(dim=-1, keepdim=True)
        weights = weights.masked_fill(nothing, 0.0)
    if dropout:
        weights = F.dropout(weights, dropout)
    return weights @ v, weights


def _short(q: Tensor, k: Tensor) -> bool:
    """Whether a CPU learns faster from attention written out than from the fused one, which saves
    memory that short texts do not need. Measured forward and back, 64 x 24 tokens 4.4 times, 12 x
    64 1.4, 16 x 128 1.05 (in bfloat16 6, 4.6 and 4 times); 8 x 256 0.85."""
    learns = q.device.type in AS_CPU and q.requires_grad and not torch.compiler.is_compiling()
    return learns and k.size(2) <= SHORT


def spread(x: Tensor, n_head: int) -> Tensor:
    """(B, G, S, D) -> (B, H, S, D): each head of keys or values serves H / G neighbours."""
    return x if x.size(1) == n_head else x.repeat_interleave(n_head // x.size(1), dim=1)


def _same(x: Tensor) -> Tensor:
    return x


def causal_mask(T: int, S: int, device: torch.device) -> Tensor:
    """(T, S) bool, True where the i-th of the last T tokens may look at token j."""
    return torch.ones(T, S, dtype=torch.bool, device=device).tril(diagonal=S - T)


def make_mask(
    T: int,
    S: int,
    device: torch.device,
    *,
    causal: bool,
    padding: Tensor | None = None,
    bias: Tensor | None = None,
) -> Tensor | None:
    """What the last T of S tokens may look at; None where `Attention` knows by itself.

    Args:
        padding: (B, S) bool, True where there is no token.
        bias: (H, T, S) to add to the scores (ALiBi).

    Returns:
        bool, True where one may look, or what is added to the scores, the lowest number where one
        may not; fits (B, H, T, S). (Minus infinity in a whole row would make gradients NaN.)
    """
    if padding is None and bias is None:
        return None
    may = None if padding is None else ~padding[:, None, None, :]  # (B, 1, 1, S)
    if causal and T > 1:
        triangle = causal_mask(T, S, device)
        may = triangle if may is None else may & triangle  # (B, 1, T, S)
    if bias is None:
        return may
    bias = bias.unsqueeze(0)  # (1, H, T, S)
    return bias if may is None else bias.masked_fill(~may, LOWEST)


def mean_by_loop(x: Tensor) -> Tensor:
    """The mean of each token and all before it, (B, T, C) -> (B, T, C); the course's version 1."""
    return torch.stack([x[:, : t + 1].mean(dim=1) for t in range(x.size(1))], dim=1)


def mean_by_matrix(x: Tensor) -> Tensor:
    """The mean of the past by one product with a triangle whose rows sum to 1; version 2."""
    triangle = torch.ones(x.size(1), x.size(1), device=x.device).tril()
    return (triangle / triangle.sum(dim=1, keepdim=True)) @ x


def mean_by_softmax(x: Tensor) -> Tensor:
    """The mean of the past as a softmax of zeros, minus infinity where nobody may look; version 3.
    Real attention has scores in place of the zeros."""
    T = x.size(1)
    scores = torch.zeros(T, T, device=x.device)
    scores = scores.masked_fill(~causal_mask(T, T, x.device), float("-inf"))
    return scores.softmax(dim=-1) @ x
