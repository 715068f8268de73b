"""An untrained model from the name of its family."""

from typing import Any

import torch

from lm_core.errors import BadSettings
from lm_core.models.contract import LanguageModel, models


def build_model(
    name: str, settings: dict[str, Any], vocab_size: int, seed: int = 0
) -> LanguageModel:
    """A model whose weights come from `seed`; the global generator is left as it was.

    Raises:
        UnknownName, BadSettings: with the nearest known name, or the range; or that the model is
            larger than the memory.
    """
    entry = models[name]
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed every GPU too
        try:
            return entry.build(entry.settings.from_dict(settings), vocab_size)
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
    raise BadSettings("This model does not fit into memory: take fewer layers, or narrower ones.")


def blueprint(name: str, settings: dict[str, Any], vocab_size: int) -> LanguageModel:
    """A model with all its shapes and none of its numbers (torch's `meta` device): takes no memory
    whatever the settings. What counts is made as it is, with nothing counted yet."""
    if models[name].build.learns_by == "counting":
        return build_model(name, settings, vocab_size)
    with torch.device("meta"):
        return build_model(name, settings, vocab_size)


def out_of_memory(error: Exception) -> bool:
    """Whether torch ran out of memory: on a GPU it has an exception for that, on the CPU none."""
    kinds = (MemoryError, torch.OutOfMemoryError)
    return isinstance(error, kinds) or "DefaultCPUAllocator" in str(error)
