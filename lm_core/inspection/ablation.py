"""Switched off: the same model without some of its heads, attentions or MLPs.

    twin = without(model, [part, another])       # parts, as in `parts_of`
    twin(idx)                                     # as if they added nothing

A head is switched off by zeroing the columns of the output matrix W_o that read it, which is the
same as zeroing its values; the bias of W_o belongs to all heads and stays. A whole attention, and
an MLP, adds nothing at all: its output matrix and bias are zero.

What is given back is a model of its own, which shares every tensor with the first but the few that
are zeroed. So nobody else who uses the model notices, in whichever thread, and every fast path,
as that of writing, serves it as it is.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor, nn

from lm_core.inspection.parts import Part
from lm_core.models.contract import Model


@dataclass(frozen=True)
class Effect:
    """How much more surprised a model is without one part, in nats per token."""

    part: Part
    change: float  # mean over the tokens; below zero: it does better without
    error: float  # standard error of that mean, from token to token; NaN for a single one


def without(model: Model, parts: Iterable[Part]) -> Model:
    """A twin of `model` in which these parts add nothing; itself is not touched.

    Raises:
        IndexError: a part that the model does not have.
    """
    shared = {id(tensor): tensor for tensor in chain(model.parameters(), model.buffers())}
    twin = copy.deepcopy(model, shared)  # new modules around the same tensors
    for part in parts:
        _silence(twin, part)
    return twin


def _silence(twin: Model, part: Part) -> None:
    """Zero what a part adds, in tensors that are the twin's own."""
    try:
        module = twin.get_submodule(part.path)
        last = module.down if part.kind == "mlp" else module.out
    except AttributeError:
        raise IndexError(f"this model has no {part.called}") from None
    weight = last.weight.detach().clone()  # (C, H D) or (C, 4 C)
    if part.head is None:
        weight.zero_()
        if last.bias is not None:
            last.bias = nn.Parameter(torch.zeros_like(last.bias), requires_grad=False)
    else:
        if not 0 <= part.head < module.n_head:
            raise IndexError(f"this model has no {part.called}")
        weight[:, part.head * module.D : (part.head + 1) * module.D] = 0
    last.weight = nn.Parameter(weight, requires_grad=False)


def effects(
    model: Model, parts: Iterable[Part], nats: Callable[[Model], Tensor]
) -> Iterator[Effect]:
    """Each part switched off alone, one after the other.

    Args:
        nats: the surprise of a model at each token of a sample, (N,), the same tokens each time.
    """
    before = nats(model).double()
    for part in parts:
        yield effect(part, before, nats(without(model, [part])).double())


def effect(part: Part, before: Tensor, after: Tensor) -> Effect:
    """What switching off changed, from the surprise of the same N tokens before and after."""
    change = after - before  # (N,): token by token, so that what both find hard falls out
    N = len(change)
    error = float(change.std()) / math.sqrt(N) if N > 1 else math.nan
    return Effect(part, float(change.mean()), error)
