"""An untrained model from the name of its family."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from lm_core.errors import BadSettings
from lm_core.machine import free_memory
from lm_core.models.contract import Model, models
from lm_core.registry import Entry
from lm_core.settings import Settings

SMALL = 100e6  # bytes; what takes less is refused to nobody


# An entry of the registry, its settings, the sizes of its ends -> a model.
Make = Callable[[Entry, Settings, Mapping[str, int]], Model]


def usual(entry: Entry, settings: Settings, sizes: Mapping[str, int]) -> Model:
    """The family alone, without a head that a task may put on it."""
    return entry.build(settings, **sizes)


def build_model(
    name: str,
    settings: dict[str, Any],
    sizes: int | Mapping[str, int],
    seed: int = 0,
    make: Make = usual,
) -> Model:
    """A model whose weights come from `seed`; the global generator is left as it was.

    Args:
        sizes: of its ends, as its constructor calls them; a number is its vocab_size.
        make: puts it together (`Task.build`).

    Raises:
        UnknownName, BadSettings: with the nearest known name, or the range; or that the model is
            larger than the memory, which is asked for only then.
    """
    planned, free = blueprint(name, settings, sizes, make), free_memory()
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
            return _built(name, settings, sizes, make)
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
    raise BadSettings("This model does not fit into memory: take fewer layers, or narrower ones.")


def blueprint(
    name: str, settings: dict[str, Any], sizes: int | Mapping[str, int], make: Make = usual
) -> Model:
    """A model with all its shapes and none of its numbers (torch's `meta` device): takes no memory
    whatever the settings. What counts is made as it is, with nothing counted yet."""
    if models[name].build.learns_by == "counting":
        return _built(name, settings, sizes, make)
    with _Shapes(), torch.device("meta"):
        model = _built(name, settings, sizes, make)
    return model.to("meta")


def _built(
    name: str, settings: dict[str, Any], sizes: int | Mapping[str, int], make: Make
) -> Model:
    entry = models[name]
    sizes = {"vocab_size": sizes} if isinstance(sizes, int) else sizes
    return make(entry, entry.settings.from_dict(settings), sizes)


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
