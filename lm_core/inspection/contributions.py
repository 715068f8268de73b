"""Direct contributions: how much each part of a Transformer adds to the logit of a token.

    logit = w · norm(x),    x = embedding + sum of what each head, each MLP and the biases add

Once the scale of the norm is kept at the value it has there, all this is a sum, and each part has
its share of the logit: w · (its share of x, scaled). So it is, too, where a norm stands after each
part (2017): every one of them is kept at its scale. Where a norm takes off a mean, each part's own
is taken off; what it adds by a bias is counted with the biases.

    found = contributions(model, ids)
    found.to(token)                # (P,), which sum to the logit
    found.parts                    # of what each is

It is the direct way alone: what a head wrote that a later part read and answered counts for that
later part. Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; called
direct logit attribution there and since.

Shapes: P parts, T tokens, S that are looked at, C width, H heads, D = C / H, V vocabulary.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lm_core.errors import BadText, Unsupported
from lm_core.inspection.parts import BIAS, EMBEDDING, Part
from lm_core.models.attention import Attention
from lm_core.models.contract import Model, evaluating, numbers_only
from lm_core.models.heads import LinearHead
from lm_core.models.layers import EPS, ScaledRMSNorm
from lm_core.models.tracing import Trace, trace

NONE = "This model is no Transformer with a linear head: its guess does not fall into such parts."


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each part adds to what the head reads at one place."""

    parts: tuple[Part, ...]  # P: the embedding, then layer by layer, the biases last
    vectors: Tensor  # (P, C) float64, scaled as by the last norm
    weight: Tensor  # (V, C) of the head
    logits: Tensor  # (V,) of the model itself

    def to(self, token: int) -> Tensor:
        """(P,) float64, the share of each part in the logit of `token`."""
        return self.vectors @ self.weight[token].double()


def can_contribute(model: Model) -> bool:
    """Whether `contributions` can serve this model."""
    return _stack(model) is not None and isinstance(getattr(model, "head", None), LinearHead)


def contributions(
    model: Model, ids: Tensor, at: int = -1, *, source: Tensor | None = None
) -> Contributions:
    """The parts of the guess at place `at`.

    Args:
        ids: (T,) that the model reads; of a translator what its decoder reads, boundary first.
        at: whose guess; of a decoder it is about the token after that place.
        source: (S,) what a translator translates.

    Raises:
        Unsupported: no Transformer, or a head that is no matrix.
        BadText: no token.
        ContextTooLong: more than it reads.
        BadCheckpoint: weights too large to compute with.
    """
    if not can_contribute(model):
        raise Unsupported(NONE)
    if not len(ids):
        raise BadText("There is no token to look at: write some text.")
    idx = ids.view(1, -1)
    with evaluating(model), torch.inference_mode(), trace(model) as trail:
        logits = model(idx)[0] if source is None else model.answer(source.view(1, -1), idx)
        numbers_only(logits)
        parts, vectors = _parts(model, trail, at)
    return Contributions(parts, vectors, model.head.weight.detach(), logits[0, at].clone())


def _stack(model: Model) -> tuple[str, nn.Module] | None:
    """The stack that the head reads, and how the paths of its parts begin."""
    for prefix, of in (("", ""), ("stack.", "stack"), ("decoder.", "decoder")):
        holder = getattr(model, of, None) if of else model
        if isinstance(getattr(holder, "blocks", None), nn.ModuleList):
            return prefix, holder
    return None


def _parts(model: Model, trail: Trace, at: int) -> tuple[tuple[Part, ...], Tensor]:
    """Every part and what it adds (P, C), norm after norm kept at its scale."""
    prefix, stack = _stack(model)
    name = "decoder" if prefix == "decoder." else ""
    parts = [Part(EMBEDDING)]
    x = trail["stream"][0, at].double().unsqueeze(0)  # (1, C), a row more for each part
    bias = torch.zeros_like(x)
    for n, block in enumerate(stack.blocks):
        for kind in ("attention", "cross", "mlp"):
            module = getattr(block, kind, None)
            if module is None:
                continue
            path = f"{prefix}blocks.{n}.{kind}"
            if isinstance(module, Attention):
                rows, last = _heads(module, trail, path, at), module.out
                parts += [Part(kind, path, name, n, head) for head in range(len(rows))]
            else:
                rows, last = (
                    trail[path][:1, at].double() @ _double(module.down.weight).T,
                    module.down,
                )
                parts.append(Part(kind, path, name, n))
            x = torch.cat([x, rows])
            bias = bias if last.bias is None else bias + _double(last.bias)
            if not block.norm_first:
                x, bias = _normed(getattr(block, f"norm_{kind}"), x, bias)
    if stack.norm is not None:
        x, bias = _normed(stack.norm, x, bias)
    if bias.any():
        parts, x = [*parts, Part(BIAS)], torch.cat([x, bias])
    return tuple(parts), x


def _heads(module: Attention, trail: Trace, path: str, at: int) -> Tensor:
    """(H, C), what each head adds, without the bias."""
    weights, v = trail[f"{path}.weights"][0, :, at], trail[f"{path}.v"][0]  # (H, S), (H, S, D)
    taken = torch.einsum("hs,hsd->hd", weights.double(), v.double())  # (H, D)
    out = _double(module.out.weight).unflatten(1, (module.n_head, -1))  # (C, H, D)
    return torch.einsum("hd,chd->hc", taken, out)


def _normed(norm: Callable[[Tensor], Tensor], x: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Parts x (P, C) and biases (1, C) behind a norm whose scale is that of their sum."""
    whole = x.sum(0) + bias[0]  # (C,)
    if not isinstance(norm, nn.LayerNorm):
        scaled = isinstance(norm, ScaledRMSNorm)
        scale = torch.rsqrt(whole.square().mean() + (norm.eps if scaled else EPS))
        scale = scale * _double(norm.weight) if scaled else scale  # (C,)
        return x * scale, bias * scale
    scale = torch.rsqrt(whole.var(correction=0) + norm.eps) * _double(norm.weight)  # (C,)
    x, bias = ((part - part.mean(-1, keepdim=True)) * scale for part in (x, bias))
    return x, bias if norm.bias is None else bias + _double(norm.bias)


def _double(weight: Tensor) -> Tensor:
    return weight.detach().double()
