"""Random numbers of a step as a function of the seed and the step, so that a resumed run draws
what it would have drawn."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from lm_core.models.contract import Model


@contextmanager
def seeded(seed: int, step: int, part: int, device: torch.device) -> Iterator[None]:
    """Dropout masks as a function of (seed, step, part), the global generators left as they were.

    Args:
        part: which share of the step's batch this is, counted over all processes.

    Not so for the masks between the layers of an LSTM on a GPU: cuDNN has a generator of its own.
    """
    on_gpu = device.type == "cuda"
    mixed = hash((seed, step, part) if part else (seed, step)) & 0x7FFF_FFFF
    with torch.random.fork_rng(devices=[device] if on_gpu else []):
        torch.default_generator.manual_seed(mixed)
        if on_gpu:
            torch.cuda.manual_seed(mixed)  # of the current GPU; torch.manual_seed seeds them all
        yield


def uses_chance(model: Model) -> bool:
    """Whether training draws random numbers, so that each step needs its own seed."""
    parts = [m for m in model.modules() if isinstance(m, Model)]
    given = [(k, v) for part in parts for k, v in part.settings.to_dict().items()]
    drops = any("drop" in k and v not in (0, False) for k, v in given)
    return drops or any(part.draws for part in parts)
