"""The second half of attention: what a token takes from the values, and what a head adds.

    output = sum over the tokens of weight * v        added = output W_o, of this head's rows

    taken = take_values(model, view, layer, head, row)
    taken.shares.sum(0) == taken.output

What all heads of a layer add, and the bias where there is one, is what the attention of that layer
adds to the stream.

Shapes: N tokens that the row may look at, D numbers of a head, C of the stream, H heads.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lm_core.errors import Unsupported
from lm_core.inspection.views import AttentionView, view_of
from lm_core.models.attention import Attention
from lm_core.models.contract import Model


@dataclass(frozen=True, eq=False)
class Taken:
    """What one token takes through one head."""

    seen: Tensor  # (N,) which tokens it may look at
    weights: Tensor  # (N,) sum to 1
    values: Tensor  # (N, D)
    shares: Tensor  # (N, D) weight times value
    output: Tensor  # (D,) their sum
    added: Tensor  # (C,) what the head adds to the stream
    together: Tensor  # (C,) what all heads of the layer add, with the bias
    stream: Tensor | None  # (C,) what it is added to; None where nobody recorded it


def take_values(model: Model, view: AttentionView, layer: int, head: int, row: int) -> Taken:
    """Follow `view.weights[layer, head, row]` to the end.

    Args:
        model: that the view is of.
        layer, head, row: counted from 0.

    Raises:
        IndexError: no such place.
        Unsupported: this attention has no values of its own.
    """
    if view.v is None:
        raise Unsupported("This attention hands on what it looked at, without values of its own.")
    layers, H, T, _ = view.weights.shape
    if not (0 <= layer < layers and 0 <= head < H and 0 <= row < T):
        raise IndexError(f"no layer {layer}, head {head}, token {row}")
    seen = view.seen[row].nonzero()[:, 0]  # (N,)
    weights, values = view.weights[layer, head, row, seen], view.v[layer, head, seen]
    shares = weights.unsqueeze(-1) * values  # (N, D)
    attention = attentions(model, view.name)[layer]
    with torch.inference_mode():
        out = attention.out.weight.float().cpu()  # (C, H D)
        each = torch.einsum("hs,hsd->hd", view.weights[layer, :, row], view.v[layer])  # (H, D)
        by_head = torch.einsum("hd,chd->hc", each, out.unflatten(1, (H, -1)))  # (H, C)
        bias = 0.0 if attention.out.bias is None else attention.out.bias.float().cpu()
        together = by_head.sum(0) + bias
    return Taken(
        seen=seen,
        weights=weights,
        values=values,
        shares=shares,
        output=shares.sum(0),
        added=by_head[head],
        together=together,
        stream=None if view.stream is None else view.stream[layer, row],
    )


def attentions(model: Model, view: str) -> list[Attention]:
    """The layers that a view is of, the first at the beginning."""
    return [
        module
        for name, module in model.named_modules()
        if view_of(name) == view and isinstance(module, Attention)
    ]
