"""An untrained model from the name of its family."""

from typing import Any

import torch

from lm_core.models.contract import LanguageModel, models


def build_model(
    name: str, settings: dict[str, Any], vocab_size: int, seed: int = 0
) -> LanguageModel:
    """A model whose weights come from `seed`; the global generator is left as it was.

    Raises:
        UnknownName, BadSettings: with the nearest known name, or the range.
    """
    entry = models[name]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return entry.build(entry.settings.from_dict(settings), vocab_size)
