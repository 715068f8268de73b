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

from torch import Tensor, nn

_active: ContextVar["Trace | None"] = ContextVar("trace", default=None)


class Trace(dict[str, Tensor]):
    """Name -> tensor, detached. Names are module path, dot, what was recorded."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self._names = {id(module): name for name, module in model.named_modules()}

    def add(self, module: nn.Module, what: str, tensor: Tensor) -> None:
        path = self._names.get(id(module))
        if path is not None:
            self[f"{path}.{what}" if path else what] = tensor.detach()


@contextmanager
def trace(model: nn.Module) -> Iterator[Trace]:
    """Record what `model` offers during the forward passes inside the block (the last one wins)."""
    recorded = Trace(model)
    token = _active.set(recorded)
    try:
        yield recorded
    finally:
        _active.reset(token)


def tracing() -> bool:
    """True inside `trace`: take the explicit path."""
    return _active.get() is not None


def record(module: nn.Module, what: str, tensor: Tensor) -> None:
    """Offer `tensor` to the trace that is running, if one is."""
    active = _active.get()
    if active is not None:
        active.add(module, what, tensor)
