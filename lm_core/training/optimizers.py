"""Optimizers by name. Matrices are decayed, vectors (biases, gains) are not."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from lm_core.training.muon import Muon, SharedMuon

ADAM_SHARE = 0.15  # of Muon's rate, for the weights that Muon leaves to AdamW
MOMENTUM = 0.9  # of SGD


def adamw(
    model: nn.Module, *, lr: float, weight_decay: float, bfloat16: bool = False
) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019), one fused kernel for all weights.

    betas (0.9, 0.95): the slower second moment of the default forgets too slowly for runs of a
    few thousand steps. `bfloat16` changes nothing here.
    """
    return _adamw(_learning(model), lr, weight_decay)


def adam(
    model: nn.Module,
    *,
    lr: float,
    weight_decay: float,
    bfloat16: bool = False,
    betas: tuple[float, float] = (0.9, 0.999),
) -> torch.optim.Optimizer:
    """Adam (Kingma and Ba 2015), by itself with the betas of the paper. Decay is a part of the
    gradient here, so that it is divided by its usual size too: AdamW is what mends that."""
    groups = _groups(_learning(model), weight_decay)
    return torch.optim.Adam(groups, lr=lr, betas=betas, fused=True)


def adam_half(
    model: nn.Module, *, lr: float, weight_decay: float, bfloat16: bool = False
) -> torch.optim.Optimizer:
    """Adam with half the momentum, betas (0.5, 0.999), as Radford et al. 2016 train DCGAN: in a
    game the other player moves too, and the gradient soon points elsewhere."""
    return adam(model, lr=lr, weight_decay=weight_decay, betas=(0.5, 0.999))


def sgd(
    model: nn.Module, *, lr: float, weight_decay: float, bfloat16: bool = False
) -> torch.optim.Optimizer:
    """Stochastic gradient descent (Robbins and Monro 1951): the gradient times the rate, no more.
    It wants a rate a hundred times that of Adam."""
    return torch.optim.SGD(_groups(_learning(model), weight_decay), lr=lr, fused=True)


def sgd_momentum(
    model: nn.Module, *, lr: float, weight_decay: float, bfloat16: bool = False
) -> torch.optim.Optimizer:
    """Gradient descent along a sum of the gradients so far, each step of age counting MOMENTUM
    times as much (Polyak 1964; Sutskever et al. 2013)."""
    groups = _groups(_learning(model), weight_decay)
    return torch.optim.SGD(groups, lr=lr, momentum=MOMENTUM, fused=True)


def muon(model: nn.Module, *, lr: float, weight_decay: float, bfloat16: bool = False) -> "Several":
    """Muon for the matrices inside the network, AdamW for embeddings, head, gains and biases.

    Args:
        lr: Muon's rate; AdamW takes ADAM_SHARE of it.
        bfloat16: as for `Muon`.
    """
    outside = {
        id(p) for m in model.modules() if isinstance(m, nn.Embedding) for p in m.parameters()
    }
    outside |= {
        id(p) for m in model.modules() for p in getattr(m, "head", nn.Module()).parameters()
    }
    weights = _learning(model)
    inside = [p for p in weights if p.dim() == 2 and id(p) not in outside]
    chosen = {id(p) for p in inside}
    rest = [p for p in weights if id(p) not in chosen]
    parts: list[torch.optim.Optimizer] = []
    if inside:
        kind = SharedMuon if hasattr(inside[0], "to_local") else Muon
        parts.append(kind(inside, lr=lr, weight_decay=weight_decay, bfloat16=bfloat16))
    if rest:
        parts.append(_adamw(rest, lr, weight_decay))
        for group in parts[-1].param_groups:
            group["share"] = ADAM_SHARE
    return Several(parts)


def set_rate(optimizer: "torch.optim.Optimizer | Several", lr: float) -> None:
    """The learning rate of the next step; a group may take a `share` of it."""
    for group in optimizer.param_groups:
        rate = lr * group.get("share", 1.0)
        if isinstance(group["lr"], torch.Tensor):  # where a recorded step looks for it
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


class Several:
    """Optimizers of different weights behind the methods of one."""

    def __init__(self, parts: list[torch.optim.Optimizer]) -> None:
        self.parts = parts

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        return [group for part in self.parts for group in part.param_groups]

    def step(self) -> None:
        for part in self.parts:
            part.step()

    def zero_grad(self, set_to_none: bool = True) -> None:
        for part in self.parts:
            part.zero_grad(set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """Memories numbered through all parts, in the order of `param_groups`."""
        memories: dict[int, Any] = {}
        first = 0
        for part in self.parts:
            memories |= {first + i: m for i, m in part.state_dict()["state"].items()}
            first += _weights(part)
        return {"state": memories}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Memories as `state_dict` numbers them; rates and the like stay as they are here."""
        first = 0
        for part in self.parts:
            end = first + _weights(part)
            own = {i - first: m for i, m in state["state"].items() if first <= i < end}
            part.load_state_dict(part.state_dict() | {"state": own})
            first = end


def _weights(optimizer: torch.optim.Optimizer) -> int:
    return sum(len(group["params"]) for group in optimizer.param_groups)


def _learning(model: nn.Module) -> list[nn.Parameter]:
    return [p for p in model.parameters() if p.requires_grad]


def _groups(weights: list[nn.Parameter], weight_decay: float) -> list[dict[str, Any]]:
    groups = [
        {"params": [p for p in weights if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in weights if p.dim() < 2], "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


def _adamw(weights: list[nn.Parameter], lr: float, weight_decay: float) -> torch.optim.Optimizer:
    groups = _groups(weights, weight_decay)
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95), fused=True)


OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "adamw": adamw,
    "muon": muon,
    "adam": adam,
    "adam-half": adam_half,
    "sgd-momentum": sgd_momentum,
    "sgd": sgd,
}
"""What each takes: the model, lr, weight_decay and whether the run computes in bfloat16. What each
gives has the methods of `torch.optim.Optimizer` that the Trainer uses."""


def optimizer_of(
    model: nn.Module, name: str, *, lr: float, weight_decay: float, bfloat16: bool = False
) -> torch.optim.Optimizer | Several:
    """The one of that name, for the weights of `model` that learn."""
    return OPTIMIZERS[name](model, lr=lr, weight_decay=weight_decay, bfloat16=bfloat16)
