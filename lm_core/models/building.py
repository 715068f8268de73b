"""An untrained model from the name of its family."""

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from lm_core.errors import BadSettings
from lm_core.machine import free_memory
from lm_core.models.contract import Model, models

SMALL = 100e6  # bytes; what takes less is refused to nobody


def build_model(
    name: str,
    settings: dict[str, Any],
    vocab_size: int,
    seed: int = 0,
    *,
    source_size: int | None = None,
) -> Model:
    """A model whose weights come from `seed`; the global generator is left as it was.

    Args:
        source_size: of a model that translates, the vocabulary of the source; None is the same.

    Raises:
        UnknownName, BadSettings: with the nearest known name, or the range; or that the model is
            larger than the memory, which is asked for only then.
    """
    planned = blueprint(name, settings, vocab_size, source_size=source_size)
    free = free_memory()
    size = sum(p.nbytes for p in planned.parameters())
    if free is not None and size > max(free, SMALL):
        raise BadSettings(
            f"The weights of this model take {size / 1e9:,.1f} GB, and {free / 1e9:,.1f} GB of "
            "memory are free: take fewer layers, or narrower ones."
        )
    if planned.device.type != "meta":
        return planned  # a model that counts
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed every GPU too
        try:
            return _built(name, settings, vocab_size, source_size)
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
    raise BadSettings("This model does not fit into memory: take fewer layers, or narrower ones.")


def blueprint(
    name: str, settings: dict[str, Any], vocab_size: int, *, source_size: int | None = None
) -> Model:
    """A model with all its shapes and none of its numbers (torch's `meta` device): takes no memory
    whatever the settings. What counts is made as it is, with nothing counted yet."""
    if models[name].build.learns_by == "counting":
        return _built(name, settings, vocab_size, source_size)
    with _Shapes(), torch.device("meta"):
        model = _built(name, settings, vocab_size, source_size)
    return model.to("meta")


def _built(name: str, settings: dict[str, Any], vocab_size: int, source_size: int | None) -> Model:
    entry = models[name]
    made, more = entry.settings.from_dict(settings), () if source_size is None else (source_size,)
    return entry.build(made, vocab_size, *more)


class _Shapes(TorchFunctionMode):
    """Draws no random numbers, and makes the few that are counted up where they cost nothing: for
    both torch has kernels in Python alone on `meta`, whose import takes seconds and 80 MB."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        match getattr(func, "__name__", ""):
            case "normal_" | "uniform_" | "trunc_normal_":
                return args[0] if args else kwargs["tensor"]
            case "arange":
                kwargs = {**kwargs, "device": "cpu"}
        return func(*args, **kwargs)


def out_of_memory(error: Exception) -> bool:
    """Whether torch ran out of memory: on a GPU it has an exception for that, on the CPU none."""
    kinds = (MemoryError, torch.OutOfMemoryError)
    return isinstance(error, kinds) or "DefaultCPUAllocator" in str(error)
