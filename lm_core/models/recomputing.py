"""Parts of a model of which training keeps only what went in, and computes the rest again.

The gradient needs what each layer made. Kept, that is most of the memory of a step; made again when
the gradient comes by, it costs a third more arithmetic and leaves one tensor a block.

Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost".
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from lm_core.errors import BadSettings
from lm_core.models.tracing import tracing


class Part(nn.Module):
    """Base class of such parts, whose `forward` is `recomputable`. Where `recompute` is on, what a
    training pass returns beside the stream is None: keys and values would be the larger half of
    what is saved."""

    recompute = False

    def _again(self, compute: Callable, x: Tensor, named: dict[str, Any]) -> tuple[Tensor, Any]:
        def stream(x: Tensor) -> tuple[Tensor, ...]:
            y, *rest = compute(self, x, **named)
            return y, *(None for _ in rest)

        # Dropout draws the same masks again: torch puts the generators back for it.
        how: dict[str, Callable] = {}
        if not all(isinstance(p, nn.Parameter) for p in self.parameters()):
            how["context_fn"] = lambda: (nullcontext(), self._with_weights_of_now())
        return checkpoint(stream, x, use_reentrant=False, **how)

    def _with_weights_of_now(self) -> AbstractContextManager:
        """The weights may be rounded copies that stand in for one pass alone
        (`torch.func.functional_call`): they are put back while the pass is made again."""
        places = [(m, name, p) for m in self.modules() for name, p in m._parameters.items()]

        @contextmanager
        def put_back() -> Iterator[None]:
            later = [m._parameters[name] for m, name, _ in places]
            _put(places)
            try:
                yield
            finally:
                _put([(m, name, p) for (m, name, _), p in zip(places, later, strict=True)])

        return put_back()


Forward = TypeVar("Forward", bound=Callable)


def recomputable(compute: Forward) -> Forward:
    """The `forward` of a `Part`: of the stream x (B, T, C) and named arguments it makes the stream,
    in the same shape, and what a state is made of."""

    @wraps(compute)
    def forward(self: Part, x: Tensor, **named: Any) -> tuple[Tensor, Any]:
        if self.recompute and self.training and torch.is_grad_enabled() and not tracing():
            return self._again(compute, x, named)
        return compute(self, x, **named)

    return forward


def _put(places: list[tuple[nn.Module, str, Tensor | None]]) -> None:
    for module, name, weight in places:
        module._parameters[name] = weight


def parts(model: nn.Module) -> list[Part]:
    """Those of the model, in the order in which they are read."""
    return [module for module in model.modules() if isinstance(module, Part)]


def recompute(model: nn.Module, wanted: bool) -> None:
    """Whether training passes through the model keep what they make, or make it again.

    Raises:
        BadSettings: it is wanted, and the model has no parts that can.
    """
    found = parts(model)
    if wanted and not found:
        raise BadSettings(
            "recompute is for Transformers: this model has no blocks to compute again, turn it off."
        )
    for part in found:
        part.recompute = wanted
