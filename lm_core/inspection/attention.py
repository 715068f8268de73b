"""Attention of every layer and head for a given text."""

import torch
from torch import Tensor

from lm_core.errors import Unsupported
from lm_core.models.contract import LanguageModel
from lm_core.models.tracing import trace


def attention_maps(model: LanguageModel, ids: Tensor) -> Tensor:
    """Attention weights (L, H, T, T) for one text of T ids; row t says how much token t takes from
    each token up to itself, and sums to 1.

    Raises:
        Unsupported: the model has no attention.
        ContextTooLong: T is more than the model's context.
    """
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode(), trace(model) as recorded:
            model(ids.view(1, -1))
    finally:
        model.train(was_training)
    maps = [tensor[0] for name, tensor in recorded.items() if name.endswith("attention.weights")]
    if not maps:
        raise Unsupported("This model has no attention: choose a Transformer.")
    return torch.stack(maps).float().cpu()


def has_attention(model: LanguageModel) -> bool:
    """Whether `attention_maps` can serve this model."""
    return any(name.endswith("attention") for name, _ in model.named_modules())
