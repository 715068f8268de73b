"""What a checkpoint needs beyond the weights so that training goes on as if never stopped.

Batches and dropout are functions of (seed, step), so what is left is: the optimizer's memory, the
hidden state, the weights beside those in the model (averages, the best), and how far the run had
come. What counts has the last alone: it counts from nothing at each of its steps.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from lm_core.errors import BadCheckpoint
from lm_core.training.distributed import sharding
from lm_core.training.state import Training


def training_tensors(training: Training) -> dict[str, Tensor] | None:
    """Flat, named tensors for a safetensors file; None for a counting model."""
    if training.optimizer is None:
        return None
    if training.team.shards:
        if training.weights.memory is not None:
            return training.weights.memory
        training.team.broadcast(sharding.MEMORY)
        if not training.team.leads:
            deque(_memory(training), maxlen=0)  # takes part and keeps nothing
            return None
    tensors = {name: value.cpu().contiguous() for name, value in _memory(training)}
    if training.part:
        tensors["part"] = torch.tensor(training.part)
    if isinstance(training.state, tuple):
        for i, part in enumerate(training.state):
            tensors[f"state.{i}"] = part.cpu().contiguous()
    elif isinstance(training.state, Tensor):
        tensors["state"] = training.state.cpu().contiguous()
    return tensors


def _memory(training: Training) -> Iterator[tuple[str, Tensor]]:
    """What is spread over the processes, where anything is: one whole tensor after the other."""
    for i, memory in training.optimizer.state_dict()["state"].items():
        for name, value in memory.items():
            yield f"optimizer.{i}.{name}", sharding.whole(torch.as_tensor(value))
    yield from training.weights.tensors()
    if training.keeps_gradients:
        for i, p in enumerate(training.learner.parameters()):
            if p.grad is not None:
                yield f"gradient.{i}", p.grad


def restore(training: Training, tensors: dict[str, Tensor], meta: dict[str, Any]) -> None:
    """Put a fresh training (weights already loaded) where the saved one was.

    Raises:
        BadCheckpoint: the tensors do not fit this training.
    """
    try:
        training.step, training.tokens = int(meta["step"]), int(meta["tokens"])
        training.seconds = float(meta["seconds"])
        if training.optimizer is not None:
            _remember(training, tensors)
    except (KeyError, ValueError, TypeError, RuntimeError, IndexError):
        raise BadCheckpoint("The checkpoint does not fit this run: start a new one.") from None


def _remember(training: Training, tensors: dict[str, Tensor]) -> None:
    """Optimizer, weights and hidden state."""
    saved = training.optimizer.state_dict()
    weights = [p for group in training.optimizer.param_groups for p in group["params"]]
    memory: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        kind, *rest = name.split(".")
        if kind == "optimizer":
            i = int(rest[0])
            if tensor.dim() and tensor.shape != weights[i].shape:
                raise ValueError(name)
            memory.setdefault(i, {})[rest[1]] = sharding.cut_like(tensor, weights[i])
    training.optimizer.load_state_dict(saved | {"state": memory})
    training.weights.restore(tensors)
    if "part" in tensors:  # evaluations go on as they were, or could not be compared
        training.part = int(tensors["part"])
    if training.keeps_gradients:
        for i, p in enumerate(training.learner.parameters()):
            p.grad = tensors.get(f"gradient.{i}", p.new_zeros(p.shape)).to(p)
    parts = [tensors[k] for k in sorted(t for t in tensors if t.startswith("state."))]
    if parts:
        training.state = tuple(part.to(training.device) for part in parts)
    elif "state" in tensors:
        training.state = tensors["state"].to(training.device)
