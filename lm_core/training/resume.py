"""What a checkpoint needs beyond the weights so that training goes on as if never stopped.

Batches and dropout are functions of (seed, step), so what is left is: the optimizer's memory, the
carried state, the weights beside those in the model (averages, the best), and how far the run had
come.
"""

from typing import Any

import torch
from torch import Tensor

from lm_core.errors import BadCheckpoint
from lm_core.training.trainer import Trainer


def training_tensors(trainer: Trainer) -> dict[str, Tensor] | None:
    """Flat, named tensors for a safetensors file; None for a counting model."""
    if trainer.optimizer is None:
        return None
    tensors: dict[str, Tensor] = {}
    for i, memory in trainer.optimizer.state_dict()["state"].items():
        for name, value in memory.items():
            tensors[f"optimizer.{i}.{name}"] = torch.as_tensor(value).cpu().contiguous()
    if isinstance(trainer.state, tuple):
        for i, part in enumerate(trainer.state):
            tensors[f"state.{i}"] = part.cpu().contiguous()
    elif isinstance(trainer.state, Tensor):
        tensors["state"] = trainer.state.cpu().contiguous()
    return tensors | trainer.weights.tensors()


def restore(trainer: Trainer, tensors: dict[str, Tensor], meta: dict[str, Any]) -> None:
    """Put a fresh trainer (weights already loaded) where the saved one was.

    Raises:
        BadCheckpoint: the tensors do not fit this trainer.
    """
    try:
        trainer.step, trainer.tokens = int(meta["step"]), int(meta["tokens"])
        trainer.seconds = float(meta["seconds"])
        saved = trainer.optimizer.state_dict()
        weights = [p for group in trainer.optimizer.param_groups for p in group["params"]]
        memory: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            kind, *rest = name.split(".")
            if kind == "optimizer":
                i = int(rest[0])
                if tensor.dim() and tensor.shape != weights[i].shape:
                    raise ValueError(name)
                memory.setdefault(i, {})[rest[1]] = tensor
        trainer.optimizer.load_state_dict(saved | {"state": memory})
        trainer.weights.restore(tensors)
        parts = [tensors[k] for k in sorted(t for t in tensors if t.startswith("state."))]
        if parts:
            trainer.state = tuple(part.to(trainer.device) for part in parts)
        elif "state" in tensors:
            trainer.state = tensors["state"].to(trainer.device)
    except (KeyError, ValueError, TypeError, RuntimeError, IndexError):
        raise BadCheckpoint("The checkpoint does not fit this run: start a new one.") from None
