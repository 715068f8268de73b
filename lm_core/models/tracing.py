"""A recorded forward pass: named tensors out of the inside of a model.

    with trace(model) as t:
        model(idx)
    t["blocks.0.attention.weights"]   # (B, H, T, T)

A module offers a tensor with `record(self, "weights", weights)`. Outside `trace` that is one
context-variable look-up, and the module keeps to its fast path (SDPA, the fused LSTM); inside, it
takes the explicit path so that there is something to record. The variable belongs to the running
thread, so two visitors may share one model and only the one who asked is recorded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor, nn

from lm_core.errors import Unsupported

_active: ContextVar["Trace | None"] = ContextVar("trace", default=None)


class Trace(dict[str, Tensor]):
    """Name -> tensor, detached. Names are module path, dot, what was recorded; `activations` says
    by name which function made it ("tanh", "relu"), where the model told."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.activations: dict[str, str] = {}
        self._names = {id(module): name for name, module in model.named_modules()}

    def add(self, module: nn.Module, what: str, tensors: list[Tensor], activation: str) -> None:
        path = self._names.get(id(module))
        if path is not None:
            self.keep(".".join(filter(None, (path, what))), tensors, activation)

    def keep(self, name: str, tensors: list[Tensor], activation: str) -> None:
        """One tensor, or one for each token in order of time."""
        whole = tensors[0] if len(tensors) == 1 else torch.stack(tensors, dim=1)
        self[name], self.activations[name] = whole.detach(), activation


@contextmanager
def trace(model: nn.Module, into: Trace | None = None) -> Iterator[Trace]:
    """Record what `model` offers during the forward passes inside the block (the last one wins).

    Args:
        into: where to; None makes one.

    Raises:
        Unsupported: a soft prompt has places in every layer, which are none of the text's; who
            knows of them gives `into`.
    """
    if into is None and getattr(model, "prompt", None) is not None:
        raise Unsupported(
            "A soft prompt stands in front of every text, and this look has no place for it: "
            "choose a model without one."
        )
    recorded = Trace(model) if into is None else into
    token = _active.set(recorded)
    try:
        yield recorded
    finally:
        _active.reset(token)


def tracing() -> bool:
    """True inside `trace`: take the explicit path. What is compiled is never looked into."""
    return not torch.compiler.is_compiling() and _active.get() is not None


def record(
    module: nn.Module, what: str, tensor: Tensor | list[Tensor], *, activation: str = ""
) -> None:
    """Offer `tensor` to the trace that is running, if one is.

    Args:
        what: added to the module's path; "" where the path says it.
        tensor: or a list of what was made token by token, each (B, ...); recorded as (B, T, ...).
        activation: the function that made it, which decides what a saturated or a dead number is.
    """
    if tracing():
        _active.get().add(
            module, what, tensor if isinstance(tensor, list) else [tensor], activation
        )
