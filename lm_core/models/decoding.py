"""One token at a time through a Transformer, with nothing left that a token does not need.

For a small model the time of a token goes into calling Python modules, not into arithmetic. So the
writing path is written out: no module is called, queries and keys of all heads are
normed and rotated together (a rotation by an angle is a product with a small matrix), keys and
values written into buffers that are there already, each product that is added to the stream done
in one call. The plain twin is `Transformer.forward` with its cache; a test holds them equal.

It covers the default recipe in all sizes; `fits` says whether a model is one of these. Others write
by `forward`.

Shapes: B rows, C width, H heads, D = C / H, S context, V vocabulary.
"""

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.models.attention import Cache
from lm_core.models.heads import LinearHead
from lm_core.models.positions import rotary_tables
from lm_core.models.tracing import tracing
from lm_core.models.transformer import Transformer, TransformerSettings

RECIPE = ("position", "attention", "qk_norm", "activation", "norm", "norm_place", "bias", "head")
EPS = 1e-6


def fits(model: object) -> bool:
    """Whether `Steps` can stand in for the model's `forward`."""
    if type(model) is not Transformer or tracing() or not isinstance(model.head, LinearHead):
        return False
    s, usual = model.settings, TransformerSettings()
    return s.n_kv_head in (0, s.n_head) and all(getattr(s, k) == getattr(usual, k) for k in RECIPE)


class Steps:
    """Goes on from `cache`: each call takes the next ids (B,) and gives logits (B, V).

    The model's weights are used as they are, so it must not learn meanwhile. The caller asks for no
    more tokens than the context holds.
    """

    def __init__(self, model: Transformer, cache: Cache) -> None:
        s = model.settings
        self.length = cache.length
        self.C, self.H, self.D = s.n_embd, s.n_head, s.n_embd // s.n_head
        self.layers = []
        for block, (k, v) in zip(model.blocks, cache.grown(s.block_size).layers, strict=True):
            a = block.attention
            self.layers.append(
                (a.qkv.weight, a.out.weight.t(), block.up.weight, block.down.weight.t(), k, v)
            )
        self.embedding = model.embedding.weight
        self.rotations = rotations(s.block_size, self.D, str(self.embedding.device))
        self.head = model.head.weight

    def __call__(self, ids: Tensor) -> Tensor:
        t, C, H, D, B = self.length, self.C, self.H, self.D, len(ids)
        turn = self.rotations[t]
        x = normed(self.embedding[ids], C)  # (B, C)
        for to_qkv, to_out, up, down, K, V in self.layers:
            qkv = F.linear(normed(x, C), to_qkv)
            qk = normed(qkv[:, : 2 * C].view(B, 2 * H, 1, D), D) @ turn
            K[:, :, t], V[:, :, t] = qk[:, H:, 0], qkv[:, 2 * C :].view(B, H, D)
            y = F.scaled_dot_product_attention(qk[:, :H], K[:, :, : t + 1], V[:, :, : t + 1])
            x = torch.addmm(x, y.view(B, C), to_out)
            hidden = F.linear(normed(x, C), up).relu_()
            x = torch.addmm(x, hidden.square_(), down)
        self.length = t + 1
        return F.linear(normed(x, C), self.head)


def normed(x: Tensor, C: int) -> Tensor:
    """`layers.rms_norm` for one place, where torch's own takes longer: x sqrt(C) / |x|, with eps
    where it stands there, sqrt(|x|^2 + C eps) being the hypotenuse of the two roots."""
    length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x * torch.hypot(length, _roots(C, x.device)[0]).reciprocal_().mul_(C**0.5)


@lru_cache(maxsize=64)
def _roots(C: int, device: torch.device) -> tuple[Tensor]:
    with torch.inference_mode(False):
        return (torch.tensor((C * EPS) ** 0.5, device=device),)


@lru_cache(maxsize=8)
def rotations(S: int, D: int, device: str = "cpu") -> Tensor:
    """Matrices (S, D, D) that turn a row vector at each place as `positions.rotate` does."""
    cos, sin = (table.to(device) for table in rotary_tables(S, D))  # each (S, D/2)
    half = D // 2
    i = torch.arange(half, device=cos.device)
    turn = cos.new_zeros(S, 2 * half, 2 * half)
    turn[:, i, i], turn[:, i + half, i + half] = cos, cos
    turn[:, i + half, i], turn[:, i, i + half] = -sin, sin
    return turn
