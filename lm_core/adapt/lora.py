"""LoRA: each matrix stays as it is, and learns a change of low rank beside it.

    W' = W + s B A,   A (r, n_in) random, B (n_out, r) zero,   s = alpha / r  or  alpha / sqrt(r)

At the start B A is zero, so the model says what it said before. It learns r (n_in + n_out) numbers
for each matrix, where full tuning learns n_in n_out. Added up, W' is a matrix like any other: a
merged model costs nothing more.

Papers: Hu et al. 2021, "LoRA"; Kalajdzievski 2023, "A Rank Stabilization Scaling Factor", for the
root. Left out on purpose: dropout before A, and changes of embeddings and of the cells of recurrent
networks, whose fused kernels read the matrices themselves.

`torch.nn.utils.parametrize` puts the sum in the matrix' place, so no family has a line for it.
"""

import copy
import math

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from lm_core.adapt.settings import AdapterSettings
from lm_core.errors import BadSettings
from lm_core.models.contract import Model

ORIGINAL = ".parametrizations.weight.original"  # what torch calls the matrix that stays


class LowRank(nn.Module):
    """The change of one matrix (n_out, n_in)."""

    def __init__(self, n_out: int, n_in: int, rank: int, scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.A = nn.Parameter(torch.empty(rank, n_in))
        self.B = nn.Parameter(torch.zeros(n_out, rank))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))  # the paper's code and peft begin so

    def change(self) -> Tensor:
        """s B A, (n_out, n_in)."""
        return self.scale * (self.B @ self.A)

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.change()


def targets(model: Model, which: str) -> dict[str, nn.Linear]:
    """The matrices of its blocks that can be changed so, by name: all, or those of the attention or
    of the small networks alone. The head stays; what a task has put on a model learns as it is."""
    inside = getattr(model.registered, "head", nn.Module())
    kept = {id(module) for module in inside.modules()}
    found = {
        name: module
        for name, module in model.registered.named_modules()
        if isinstance(module, nn.Linear) and id(module) not in kept
    }
    if which == "all":
        return found
    word = ("attention", "cross") if which == "attention" else ("mlp",)
    return {name: m for name, m in found.items() if set(word) & set(name.split("."))}


def add(model: Model, settings: AdapterSettings) -> None:
    """Put a change beside each matrix, which alone learns, with what a task has put on the model.
    Its A is drawn from the generator of now.

    Raises:
        BadSettings: no such matrix is in this model, or the rank is larger than one.
    """
    found = targets(model, settings.targets)
    if not found:
        raise BadSettings(
            "LoRA changes the matrices of blocks, and this model has none of that kind: choose a "
            "Transformer, or another method.",
            "method",
            "targets",
        )
    r = settings.rank
    name, least = min(
        ((name, min(m.weight.shape)) for name, m in found.items()), key=lambda one: one[1]
    )
    if r > least:
        raise BadSettings(
            f"rank ({r}) is larger than the matrix {name}, of rank {least} at most: choose "
            f"{least} or less.",
            "rank",
        )
    model.registered.requires_grad_(False)
    scale = settings.alpha / (math.sqrt(r) if settings.stabilised else r)
    for module in found.values():
        low = LowRank(*module.weight.shape, r, scale)
        parametrize.register_parametrization(module, "weight", low)


def changes(model: nn.Module) -> dict[str, LowRank]:
    """The change of each matrix, by the matrix' name."""
    return {
        f"{name}.weight": module.parametrizations.weight[0]
        for name, module in model.named_modules()
        if parametrize.is_parametrized(module, "weight")
        and isinstance(module.parametrizations.weight[0], LowRank)
    }


def merged(model: Model) -> Model:
    """A copy with the changes added to the matrices: the family's own shapes and speed again."""
    twin = copy.deepcopy(model)
    for name, module in list(twin.named_modules()):
        # `remove_parametrizations` would take the sum from the class, which the model shares.
        if parametrize.is_parametrized(module, "weight"):
            with torch.random.fork_rng(devices=[]):
                whole = nn.Linear(module.in_features, module.out_features, module.bias is not None)
            whole.weight = nn.Parameter(module.weight.detach().clone())
            whole.bias = module.bias
            twin.set_submodule(name, whole.train(module.training))
    return twin.requires_grad_(True)


def plain_name(name: str) -> str:
    """What a weight is called where nothing is beside it."""
    return name.replace(ORIGINAL, ".weight")
