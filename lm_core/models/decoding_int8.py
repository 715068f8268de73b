"""Writing one text with int8 weights: a token reads a quarter of the bytes.

A token through a model that is too wide for the processor's cache takes as long as its weights take
to be read. torch has a product for that, a row of bfloat16 numbers with an int8 matrix; its sums
are float32, and what comes out is rounded to bfloat16. Scales are applied after it, in float32, and
a zero point is a multiple of the sum of what goes in:

    W x = s (Q - z) x = s (Q x) - s z sum(x)

Only products are different here; the rest is `decoding.OneRow`, and so is the twin, whose logits
these are but for the rounding to bfloat16. A model narrower than WIDE is in the cache anyway and
writes with its float32 weights.

Shapes: N rows and K columns of a matrix, C width, H heads, D = C / H, V vocabulary.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.errors import BadCheckpoint
from lm_core.models.attention import Cache
from lm_core.models.contract import NO_NUMBERS, Model
from lm_core.models.decoding import EPS, OneRow
from lm_core.models.network import Network

WIDE = 256  # numbers: n_embd from which on this is the faster one
MATRICES = ("attention.qkv", "attention.out", "mlp.up", "mlp.down")


@dataclass(frozen=True)
class Codes:
    """An int8 matrix (N, K) with scale and zero point (N,) of each row; `zero` is None where all
    are 0."""

    codes: Tensor
    scale: Tensor
    zero: Tensor | None


@dataclass(frozen=True)
class Int8:
    """The codes of a model's weights by name, and the weights that were decoded from them."""

    codes: dict[str, Codes]
    weights: dict[str, tuple[Tensor, int]]

    @classmethod
    def of(cls, model: Model, codes: dict[str, Codes]) -> "Int8":
        known = dict(model.named_parameters())
        return cls(codes, {name: (known[name], known[name]._version) for name in codes})

    def __bool__(self) -> bool:
        return bool(self.codes)

    def still_of(self, model: Model) -> bool:
        """Whether none of the weights was changed since: then the codes are no longer theirs."""
        known = dict(model.named_parameters())
        return all(
            known.get(name) is weight and weight._version == version
            for name, (weight, version) in self.weights.items()
        )


def int8_row(model: Network, cache: Cache) -> OneRow | None:
    """The engine for this model, where it has codes of all its matrices and is wide enough."""
    int8 = model.int8
    if int8 is None or model.settings.n_embd < WIDE or not int8.still_of(model):
        return None
    wanted = [f"blocks.{i}.{name}.weight" for i in range(len(model.blocks)) for name in MATRICES]
    head = "head.weight" if "head.weight" in int8.codes else "embedding.weight"  # one table for two
    if not {*wanted, head} <= int8.codes.keys():
        return None
    return Int8Row(model, cache, int8.codes, head)


class Int8Row(OneRow):
    """`OneRow` with the codes in the place of the matrices."""

    WIDE = math.inf  # the float32 matrices are not laid out anew: they are not used

    def __init__(self, model: Network, cache: Cache, codes: dict[str, Codes], head: str) -> None:
        super().__init__(model, cache)
        self.products = [
            tuple(Product(codes[f"blocks.{i}.{name}.weight"]) for name in MATRICES)
            for i in range(len(model.blocks))
        ]
        self.to_logits = Product(codes[head])

    def __call__(self, ids: Tensor) -> Tensor:
        t, C, H, D = self.length, self.C, self.H, self.D
        turn, least = self.turn.at(t), C * EPS
        places = self.kv.select(2, t).unbind()  # of this token: keys, values, keys ..., each (H, D)
        seen = self.kv.narrow(2, 0, t + 1).unsqueeze(1).unbind()  # each (1, H, t + 1, D)
        x = self.embedding[int(ids)]  # (C,)
        x = x * math.sqrt(C / (x.dot(x).item() + least))
        for i, (to_qkv, out, up, down) in enumerate(self.products):
            square = C / (x.dot(x).item() + least)  # r^2, as in `OneRow`
            if not square:
                raise BadCheckpoint(NO_NUMBERS)
            qkv = to_qkv(x).view(3 * H, D)
            qk = torch.layer_norm(qkv[: 2 * H].mm(turn), (2 * D,), eps=EPS / square)
            places[2 * i].copy_(qk[H:, :D])
            torch.mul(qkv[2 * H :], math.sqrt(square), out=places[2 * i + 1])
            q = qk[:H, :D].view(1, H, 1, D)
            y = F.scaled_dot_product_attention(q, seen[2 * i], seen[2 * i + 1])
            x = x + out(y.view(C))
            square = C / (x.dot(x).item() + least)
            x = torch.add(x, down(up(x).relu_().square_()), alpha=square)
        self.length = t + 1
        x = x * math.sqrt(C / (x.dot(x).item() + least))
        return self.to_logits(x).unsqueeze(0)


class Product:
    """x (K,) float32 -> W x (N,) float32."""

    def __init__(self, of: Codes) -> None:
        self.codes, self.scale = of.codes.contiguous(), of.scale
        self.ones = torch.ones(len(of.scale), dtype=torch.bfloat16)
        self.shift = None if of.zero is None else of.scale * of.zero

    def __call__(self, x: Tensor) -> Tensor:
        short = x.bfloat16().unsqueeze(0)  # (1, K)
        y = torch.ops.aten._weight_int8pack_mm(short, self.codes, self.ones)[0]  # (N,)
        y = y * self.scale
        return y if self.shift is None else y.sub_(self.shift, alpha=short.float().sum().item())
