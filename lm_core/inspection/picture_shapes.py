"""The shapes that go through a model of pictures, from a forward pass of the model itself.

steps(model, 48, 48)    # [("picture", (1, 48, 48)), ("downs.0", (16, 48, 48)), ...]
"""

import torch

from lm_core.models.contract import Model, evaluating
from lm_core.models.tracing import trace


@torch.no_grad()
def steps(
    model: Model, height: int, width: int, channels: int = 1
) -> list[tuple[str, tuple[int, ...]]]:
    """What the model offers for an empty picture of that size, in the order of computation: part
    of the model, and (filters, height, width) of what it made; "picture" first, "logits" last."""
    pixels = torch.zeros(1, channels, height, width)
    with evaluating(model), trace(model) as seen:
        logits = model(pixels)
    found = [("picture", tuple(pixels.shape[1:]))]
    found += [(name.removesuffix(".maps"), tuple(t.shape[1:])) for name, t in seen.items()]
    return [*found, ("logits", tuple(logits.shape[1:]))]
