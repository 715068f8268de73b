"""One token at a time through a Transformer, with nothing left that a token does not need.

For a small model the time of a token goes into calling Python modules, not into arithmetic. So the
writing path is written out: no module is called, queries and keys of all heads are
normed and rotated together (a rotation by an angle is a product with a small matrix), keys and
values written into buffers that are there already, each product that is added to the stream done
in one call. The plain twin is `Transformer.forward` with its cache; a test holds them equal.

Three ways, each of which a test holds equal to the twin: `Steps` for any rows; `OneRow` for one row
on a CPU, where a norm is one number and moves through the products it stands before; `Captured` for
a GPU, where a token's kernels are recorded once as a CUDA graph and then started by a single call.

They cover the default recipe in all sizes; `Transformer.written_out` says whether a model is one of
these. Others write by `forward`.

Shapes: B rows, C width, H heads, D = C / H, S context, V vocabulary.
"""

import math
from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.errors import BadCheckpoint
from lm_core.models.attention import Cache
from lm_core.models.contract import NO_NUMBERS
from lm_core.models.network import Network
from lm_core.models.positions import rotary_tables

EPS = 1e-6


def steps(model: Network, cache: Cache) -> Callable[[Tensor], Tensor]:
    """The quickest way to go on from `cache` one token at a time: ids (B,) -> logits (B, V).

    Args:
        model: a Transformer of the default recipe.
    """
    device, rows = model.device, cache.layers[0][0].size(0)
    if device.type == "cpu":
        return OneRow(model, cache) if rows == 1 else Steps(model, cache)
    return Captured(model, cache) if device.type == "cuda" else Steps(model, cache)


class Steps:
    """Goes on from `cache`: each call takes the next ids (B,) and gives logits (B, V), without
    gradients.

    The model's weights are used as they are, so it must not learn meanwhile. The caller asks for no
    more tokens than the context holds.
    """

    def __init__(self, model: Network, cache: Cache) -> None:
        s = model.settings
        self.length = cache.length
        self.C, self.H, self.D = s.n_embd, s.n_head, s.n_embd // s.n_head
        self.layers = []
        for b, (k, v) in zip(model.blocks, cache.grown(s.block_size).layers, strict=True):
            layers = b.attention.qkv, b.attention.out, b.mlp.up, b.mlp.down
            qkv, out, up, down = (layer.weight.detach() for layer in layers)
            self.layers.append((qkv, out.t(), up, down.t(), k.detach(), v.detach()))
        self.embedding, self.head = model.embedding.weight.detach(), model.head.weight.detach()
        self.turn = Turn(s.block_size, self.D, str(self.embedding.device))

    def __call__(self, ids: Tensor) -> Tensor:
        t, C, H, D, B = self.length, self.C, self.H, self.D, len(ids)
        turn = self.turn.at(t)
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


class OneRow:
    """Steps of one row on a CPU, where everything is a vector and calling takes the time.

    W (r x) = r W x, so the norm's one number r never touches x: queries and keys are normed
    themselves, values take r, and (r relu(u))^2 = r^2 relu(u)^2 leaves r^2 to the last product.
    A rotation leaves lengths as they are, so queries and keys are turned first, beside their own
    negatives: of [x, -x] the mean is 0, and the LayerNorm of torch, one call, is an RMS norm.

    A token reads every weight once, so that a model too wide for the processor's cache writes as
    fast as memory is read: nearly twice as fast along the longer side of a matrix. The two matrices
    that widen are therefore laid out by columns, which takes about the time of some tokens. The
    square one has no longer side. It is read twice, first in one go by the product of all its
    numbers with themselves, then from the cache.
    """

    WIDE = 256

    def __init__(self, model: Network, cache: Cache) -> None:
        s, self.length = model.settings, cache.length
        self.C, self.H, self.D = s.n_embd, s.n_head, s.n_embd // s.n_head
        wide = self.C >= self.WIDE
        widen = _by_columns if wide else Tensor.detach
        self.layers = [
            (
                widen(b.attention.qkv.weight.detach()),
                b.attention.out.weight.detach(),
                widen(b.mlp.up.weight.detach()),
                b.mlp.down.weight.detach(),
            )
            for b in model.blocks
        ]
        self.square = [out.view(-1) for _, out, _, _ in self.layers] if wide else []
        past = [tensor.detach()[0, :, : self.length] for pair in cache.layers for tensor in pair]
        self.kv = past[0].new_empty(len(past), self.H, s.block_size, self.D)
        self.kv[:, :, : self.length] = torch.stack(past)
        self.embedding, self.head = model.embedding.weight.detach(), model.head.weight.detach()
        self.turn = Turn(s.block_size, self.D, both_signs=True)

    def __call__(self, ids: Tensor) -> Tensor:
        t, C, H, D = self.length, self.C, self.H, self.D
        turn, least = self.turn.at(t), C * EPS
        places = self.kv.select(2, t).unbind()  # of this token: keys, values, keys ..., each (H, D)
        seen = self.kv.narrow(2, 0, t + 1).unsqueeze(1).unbind()  # each (1, H, t + 1, D)
        x = self.embedding[int(ids)]  # (C,)
        x = x * math.sqrt(C / (x.dot(x).item() + least))
        for i, (to_qkv, out, up, down) in enumerate(self.layers):
            square = C / (x.dot(x).item() + least)  # r^2, as `layers.rms_norm` multiplies by r
            if not square:  # the length of x is past all numbers
                raise BadCheckpoint(NO_NUMBERS)
            qkv = torch.mv(to_qkv, x).view(3 * H, D)
            qk = torch.layer_norm(qkv[: 2 * H].mm(turn), (2 * D,), eps=EPS / square)
            places[2 * i].copy_(qk[H:, :D])
            torch.mul(qkv[2 * H :], math.sqrt(square), out=places[2 * i + 1])
            q = qk[:H, :D].view(1, H, 1, D)
            y = F.scaled_dot_product_attention(q, seen[2 * i], seen[2 * i + 1])
            if self.square:
                self.square[i].dot(self.square[i])  # what it comes to is not asked
            x = torch.addmv(x, out, y.view(C))
            square = C / (x.dot(x).item() + least)
            x = torch.addmv(x, down, torch.mv(up, x).relu_().square_(), alpha=square)
        self.length = t + 1
        x = x * math.sqrt(C / (x.dot(x).item() + least))
        return torch.mv(self.head, x).unsqueeze(0)


def _by_columns(weight: Tensor) -> Tensor:
    """A matrix as it is, column after column in memory."""
    return weight.t().contiguous().t()


class Captured(Steps):
    """Steps on a GPU, recorded once as a CUDA graph: starting a hundred small kernels takes longer
    than running them.

    A graph repeats the same shapes at the same addresses, so the ids, the place t and the logits
    live in tensors that stay, and a token looks at all places of the buffers, those after t masked.
    Recording takes as long as some tokens do, so that the first are written as `Steps` does it.
    """

    FIRST = 16

    def __init__(self, model: Network, cache: Cache) -> None:
        super().__init__(model, cache)
        self.graph, self.written = None, 0

    def __call__(self, ids: Tensor) -> Tensor:
        self.written += 1
        if self.written <= self.FIRST:
            return super().__call__(ids)
        if self.graph is None:
            self._record()
        self.ids.copy_(ids)
        self.t.fill_(self.length)
        self.graph.replay()
        self.length += 1
        return self.logits.clone()

    def _record(self) -> None:
        K = self.layers[0][4]
        for *_, keys, values in self.layers:  # a masked place must hold numbers all the same
            keys[:, :, self.length :], values[:, :, self.length :] = 0, 0
        self.ids = torch.zeros(K.size(0), dtype=torch.int64, device=K.device)
        self.t = torch.full((1,), self.length, dtype=torch.int64, device=K.device)
        self.places = torch.arange(K.size(2), device=K.device)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):  # a first time outside, for what a first time sets up
            self._token()
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.logits = self._token()

    def _token(self) -> Tensor:
        C, H, D, B = self.C, self.H, self.D, len(self.ids)
        turn = self.turn.at_tensor(self.t)
        mask = (self.places <= self.t).view(1, 1, 1, -1)
        x = normed(self.embedding[self.ids], C)  # (B, C)
        for to_qkv, to_out, up, down, K, V in self.layers:
            qkv = F.linear(normed(x, C), to_qkv)
            qk = normed(qkv[:, : 2 * C].view(B, 2 * H, 1, D), D) @ turn
            K.index_copy_(2, self.t, qk[:, H:])
            V.index_copy_(2, self.t, qkv[:, 2 * C :].view(B, H, 1, D))
            y = F.scaled_dot_product_attention(qk[:, :H], K, V, attn_mask=mask)
            x = torch.addmm(x, y.reshape(B, C), to_out)
            hidden = F.linear(normed(x, C), up).relu_()
            x = torch.addmm(x, hidden.square_(), down)
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


class Turn:
    """The matrix that turns a row vector at each place as `positions.rotate` does: (D, D), or with
    `both_signs` (D, 2 D), which gives what was turned and, beside it, its negative.

    Four of its diagonals are not zero (eight with both signs), and only those are kept for all
    places. The matrices are there for a FEW places at a time, the next few written over them.
    """

    FEW = 16

    def __init__(self, S: int, D: int, device: str = "cpu", *, both_signs: bool = False) -> None:
        half, width = D // 2, 2 * D if both_signs else D
        self.places = diagonals(S, D, device, both_signs=both_signs)
        matrices = torch.zeros(self.FEW, D, width, device=device)
        shape, steps = self.places.shape[1:], (D * width, half * width, half, width + 1)
        self.here = matrices.as_strided((self.FEW, *shape), steps)  # the diagonals in the matrices
        self.matrices, self.first = matrices.unbind(), -1

    def at(self, t: int) -> Tensor:
        """The matrix of place t; it may change when that of another place is asked for."""
        k = t % self.FEW
        if self.first != t - k:
            self.first = t - k
            some = self.places[t - k : t - k + self.FEW]
            self.here[: len(some)].copy_(some)
        return self.matrices[k]

    def at_tensor(self, t: Tensor) -> Tensor:
        """The matrix of a place that is only known on the device, t (1,)."""
        self.first = -1
        self.here[:1].copy_(self.places.index_select(0, t))
        return self.matrices[0]


@lru_cache(maxsize=8)
def diagonals(S: int, D: int, device: str, *, both_signs: bool) -> Tensor:
    """(S, 2, 2, D/2), or (S, 2, 4, D/2) with both signs: of each place's matrix the diagonals that
    begin in the first row, and those that begin in the middle one."""
    with torch.inference_mode(False):
        cos, sin = (table.to(device) for table in rotary_tables(S, D))  # each (S, D/2)
        turned = torch.stack([torch.stack([cos, sin], 1), torch.stack([-sin, cos], 1)], 1)
        return torch.cat([turned, -turned], dim=2) if both_signs else turned
