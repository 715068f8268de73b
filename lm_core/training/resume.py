"""What a checkpoint needs beyond the weights so that training goes on as if never stopped.

Batches and dropout are functions of (seed, step), so what is left is: the optimizer's memory, the
carried state, the weights beside those in the model (averages, the best), and how far the run had
come. What counts has the last alone: it counts from nothing at each of its steps.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from lm_core.errors import BadCheckpoint
from lm_core.training import sharding
from lm_core.training.trainer import Trainer


def training_tensors(trainer: Trainer) -> dict[str, Tensor] | None:
    """Flat, named tensors for a safetensors file; None for a counting model."""
    if trainer.optimizer is None:
        return None
    if trainer.team.shards:
        if trainer.weights.memory is not None:
            return trainer.weights.memory
        trainer.team.order(sharding.MEMORY)
        if not trainer.team.leads:
            deque(_memory(trainer), maxlen=0)  # takes part and keeps nothing
            return None
    tensors = {name: value.cpu().contiguous() for name, value in _memory(trainer)}
    if trainer.part:
        tensors["part"] = torch.tensor(trainer.part)
    if isinstance(trainer.state, tuple):
        for i, part in enumerate(trainer.state):
            tensors[f"state.{i}"] = part.cpu().contiguous()
    elif isinstance(trainer.state, Tensor):
        tensors["state"] = trainer.state.cpu().contiguous()
    return tensors


def _memory(trainer: Trainer) -> Iterator[tuple[str, Tensor]]:
    """What is spread over the processes, where anything is: one whole tensor after the other."""
    for i, memory in trainer.optimizer.state_dict()["state"].items():
        for name, value in memory.items():
            yield f"optimizer.{i}.{name}", sharding.whole(torch.as_tensor(value))
    yield from trainer.weights.tensors()
    if trainer.keeps_gradients:
        for i, p in enumerate(trainer.learner.parameters()):
            if p.grad is not None:
                yield f"gradient.{i}", p.grad


def restore(trainer: Trainer, tensors: dict[str, Tensor], meta: dict[str, Any]) -> None:
    """Put a fresh trainer (weights already loaded) where the saved one was. Where nothing is left
    to do it saves nothing either: its checkpoint stays as it is.

    Raises:
        BadCheckpoint: the tensors do not fit this trainer.
    """
    try:
        trainer.step, trainer.tokens = int(meta["step"]), int(meta["tokens"])
        trainer.seconds = float(meta["seconds"])
        if trainer.optimizer is not None:
            _remember(trainer, tensors)
        if trainer.done:
            trainer.save = None
    except (KeyError, ValueError, TypeError, RuntimeError, IndexError):
        raise BadCheckpoint("The checkpoint does not fit this run: start a new one.") from None


def _remember(trainer: Trainer, tensors: dict[str, Tensor]) -> None:
    """Optimizer, weights and carried state."""
    saved = trainer.optimizer.state_dict()
    weights = [p for group in trainer.optimizer.param_groups for p in group["params"]]
    memory: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        kind, *rest = name.split(".")
        if kind == "optimizer":
            i = int(rest[0])
            if tensor.dim() and tensor.shape != weights[i].shape:
                raise ValueError(name)
            memory.setdefault(i, {})[rest[1]] = sharding.cut_like(tensor, weights[i])
    trainer.optimizer.load_state_dict(saved | {"state": memory})
    trainer.weights.restore(tensors)
    if "part" in tensors:  # evaluations go on as they were, or could not be compared
        trainer.part = int(tensors["part"])
    if trainer.keeps_gradients:
        for i, p in enumerate(trainer.learner.parameters()):
            p.grad = tensors.get(f"gradient.{i}", p.new_zeros(p.shape)).to(p)
    parts = [tensors[k] for k in sorted(t for t in tensors if t.startswith("state."))]
    if parts:
        trainer.state = tuple(part.to(trainer.device) for part in parts)
    elif "state" in tensors:
        trainer.state = tensors["state"].to(trainer.device)
