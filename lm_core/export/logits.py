"""The function that is exported, idx (B, T) -> logits (B, T, V) from the start, and its check.

Fused recurrent layers are the exception among families: `torch.export` writes their loop out for
one length of text. They are exported as a scan over the plain cell, which knows any length.

Shapes: B batch, T time, C = n_hidden, V vocabulary.
"""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from lm_core.errors import Unsupported
from lm_core.models import LanguageModel, models
from lm_core.models.contract import Model
from lm_core.models.recurrent import Recurrent

TOLERANCE = 1e-4  # largest difference of a logit that is rounding
WHOLE = 64  # tokens of the longest text compared where the context has no end
EXAMPLE = (2, 5)  # B and T that a model is recorded with

# Families whose pass goes through tables in NumPy or through what the last call left behind.
REFUSED = {
    "ngram": "it looks its counts up outside PyTorch",
    "mixture": "one of its parts may count outside PyTorch",
    "ensemble": "one of its parts may count outside PyTorch",
    "encoder-decoder": "it reads two texts",
}
OTHER = "it is asked with other things than one text"  # a family that is no language model


class Logits(nn.Module):
    """A model from the start of a text, without its state."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, idx: Tensor) -> Tensor:
        return self.model(idx)[0]


class ScannedLogits(nn.Module):
    """A recurrent model from the start of a text, each layer a scan of its cell over it."""

    def __init__(self, model: Recurrent) -> None:
        super().__init__()
        self.model = model

    def forward(self, idx: Tensor) -> Tensor:
        from torch._higher_order_ops.scan import scan

        model = self.model
        x = model.embedding(idx).transpose(0, 1)  # (T, B, E)
        for layer in range(model.settings.n_layer):
            weights = model.weights(layer)

            def step(
                before: tuple[Tensor, ...], x_t: Tensor, weights: tuple = weights
            ) -> tuple[tuple[Tensor, ...], Tensor]:
                gates = model.cell(x_t, *before, weights)
                # Cloned: what a scan carries on and what it puts out may not share memory.
                return tuple(gates[name] for name in model.kept), gates["hidden"].clone()

            zeros = [x.new_zeros(x.size(1), model.settings.n_hidden) for _ in model.kept]
            _, x = scan(step, tuple(zeros), x.contiguous(), dim=0)  # (T, B, C)
        return model.head(x.transpose(0, 1))


def check_exportable(model: Model) -> None:
    """Raises Unsupported for a family that is no fixed graph of tensors."""
    name = next(e.name for e in models if e.build is type(model.registered))
    if why := refused({"model": {"name": name}}):
        raise Unsupported(why)


def refused(card: dict[str, Any]) -> str:
    """Why a model with this card is no fixed graph of tensors, in a sentence; "" where it is."""
    described = card.get("model")
    name = described.get("name") if isinstance(described, dict) else None
    why = REFUSED.get(name, "")
    if not why and name in models and not issubclass(models[name].build, LanguageModel):
        why = OTHER
    if not why:
        return ""
    return (
        f"A model of the family {name} cannot be exported, because {why}: "
        "choose a family such as lstm or transformer."
    )


def example(model: LanguageModel) -> Tensor:
    """Ids (B, T) to record a pass with."""
    return torch.arange(EXAMPLE[0] * EXAMPLE[1]).remainder(model.vocab_size).view(EXAMPLE)


def largest_difference(model: LanguageModel, other: Callable[[Tensor], Tensor]) -> float:
    """The largest distance of a logit of `other` from the model's, over texts of several shapes."""
    longest = min(model.context_size or WHOLE, WHOLE * 4)
    shapes = {(1, 1), (1, longest), (3, max(1, longest // 2)), (2, min(5, longest))}
    generator = torch.Generator().manual_seed(0)
    most = 0.0
    with torch.no_grad():
        for B, T in sorted(shapes):
            idx = torch.randint(model.vocab_size, (B, T), generator=generator)
            ours, theirs = model(idx)[0], other(idx)
            if ours.shape != theirs.shape:
                return float("inf")
            away = (ours - theirs).abs().where(ours != theirs, 0.0)  # -inf twice is no difference
            most = max(most, float(away.max().nan_to_num(float("inf"))))
    return most


@contextmanager
def quiet() -> Iterator[None]:
    """No gradients, and none of the exporters' warnings (TorchScript says that it is old)."""
    loud = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(loud)
