"""What of a model is stored: every number once, whatever names it has; and what may be loaded."""

import re
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from lm_core.models.contract import LanguageModel

LARGEST = 1e18  # float32 holds its square, which norms and products need

# What files of earlier versions call a weight, and what it is called now.
FORMERLY = ((r"(blocks\.\d+)\.(up|down)\.", r"\1.mlp.\2."),)


def name_now(name: str) -> str:
    """The name of a weight, whatever version of the lab wrote it."""
    for former, now in FORMERLY:
        name = re.sub(former, now, name)
    return name


def shapes_in(path: Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the weights in a file; nothing else of it is read."""
    with safe_open(path, "pt") as file:
        names = file.keys()
        return {name_now(k): tuple(file.get_slice(k).get_shape()) for k in names}


def weights_in(path: Path) -> dict[str, torch.Tensor]:
    """The weights in a file, by name."""
    return {name_now(name): tensor for name, tensor in load_file(path).items()}


def stored(model: LanguageModel) -> dict[str, torch.Tensor]:
    """The state on the CPU, without the second name of a tied weight, which safetensors refuses."""
    kept, seen = {}, set()
    for name, tensor in model.state_dict(keep_vars=True).items():
        if id(tensor) not in seen:
            seen.add(id(tensor))
            kept[name] = tensor.detach().cpu().contiguous()
    return kept


def sound(tensor: torch.Tensor) -> bool:
    """Whether a model can compute with these numbers: none is infinite, undefined or past
    LARGEST."""
    if not tensor.is_floating_point() or not tensor.numel():
        return True
    low, high = tensor.aminmax()  # not a number where any is none
    return bool(low >= -LARGEST) and bool(high <= LARGEST)


def fits(model: LanguageModel, shapes: dict[str, tuple]) -> bool:
    """Whether tensors of these names and shapes are all that `stored` would give. What a model (or
    a part of one) has counted may have any size; it is checked when it is loaded."""
    counted = tuple(
        f"{name}." if name else ""
        for name, part in model.named_modules()
        if isinstance(part, LanguageModel) and part.learns_by == "counting"
    )
    state = model.state_dict(keep_vars=True)
    state = {k: tensor for k, tensor in state.items() if not k.startswith(counted)}
    shapes = {k: shape for k, shape in shapes.items() if not k.startswith(counted)}
    if any(k not in state or tuple(state[k].shape) != shape for k, shape in shapes.items()):
        return False
    given = {id(state[k]) for k in shapes}
    return all(id(tensor) in given for tensor in state.values())
