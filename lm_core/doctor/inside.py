"""Looking inside a training while it goes on: what flows through each layer, what flows back, and
how far the step moves the weights.

    update ratio = std(w after the step - w before) / std(w),   about 1/1000 where all is well

At chosen steps part of the batch is read once more, traced and in float32, and the loss is followed
back to every tensor the model offers (`lm_core.models.tracing`), to the embedding and to the
logits. The gradients that lie in the weights stay as they are, and so do the random numbers and the
averages of BatchNorm: a run is the same, bit for bit, whether it is looked into or not.

The rate at which numbers vanish or explode by layer, and the figures of units, follow Glorot and
Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks".
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from lm_core.doctor.looking import histogram, layer, number
from lm_core.models.attention import Attention
from lm_core.models.contract import LanguageModel, Model, restart
from lm_core.models.heads import LinearHead
from lm_core.models.tracing import Trace, trace
from lm_core.models.translating import Translates
from lm_core.training import hidden_state
from lm_core.training.batches import Batch
from lm_core.training.callbacks import Callback
from lm_core.training.chance import seeded, uses_chance
from lm_core.training.events import Event, Examined
from lm_core.training.precision import Objective
from lm_core.training.state import Training

SHARE = 0.015  # of the training time, once the first examination is paid for
GROWTH = 1.5  # from one examined step to the next: 1, 2, 3, 5, 8, 12, 18, ...
TOKENS = 512  # of the batch that are read again
# Computing the gradient anew is half of the work: the first examinations do it, then every fourth.
COMPARED_FIRST, COMPARED_EVERY = 3, 4
NOT_COMPARED = {"fresh_grad_norm": None, "grad_difference": None}


class Inside(Callback):
    """Examines steps 1, 2, 3, 5, 8, ... as long as that takes no more than `share` of the training
    time; the first one always. Looks at one process alone, so not where several train together.

    `done` examinations took `spent` seconds together, the last one `cost`.
    """

    part = "The look inside"

    def __init__(self, *, share: float = SHARE, growth: float = GROWTH) -> None:
        self.share, self.growth = share, growth
        self.due, self.spent, self.cost, self.done = 1, 0.0, 0.0, 0
        self._found: dict[str, Any] = {}
        self._before: dict[str, Tensor] = {}

    def wants(self, trainer: Training) -> bool:
        if trainer.step + 1 < self.due or trainer.team.size > 1:
            return False
        return self.spent + self.cost <= self.share * trainer.seconds or not self.spent

    def gradients(self, trainer: Training, batch: Batch) -> None:
        began = time.perf_counter()
        compared = self.done < COMPARED_FIRST or self.done % COMPARED_EVERY == 0
        self._found = {
            "layers": layers(trainer, batch),
            "weights": [_weight(name, p) for name, p in matrices(trainer.model)],
            "grad_norm": number(_norm(p.grad for p in trainer.model.parameters())),
            **(fresh(trainer, batch) if compared else NOT_COMPARED),
        }
        self._before = {name: p.detach().clone() for name, p in matrices(trainer.model)}
        self.cost = time.perf_counter() - began

    def after(self, trainer: Training) -> Iterator[Event]:
        began = time.perf_counter()
        after = dict(matrices(trainer.model))
        for found in self._found["weights"]:
            before = self._before[found["name"]]
            found["update_ratio"] = update_ratio(before, after[found["name"]].detach())
        self._before = {}
        self.due = max(trainer.step + 1, math.ceil(trainer.step * self.growth))
        self.cost += time.perf_counter() - began
        self.spent += self.cost
        self.done += 1
        yield Examined(trainer.step, self._found)


def matrices(model: nn.Module) -> list[tuple[str, nn.Parameter]]:
    """Every weight with rows and columns, from the bottom up, by name."""
    return [(n, p) for n, p in model.named_parameters() if p.dim() >= 2 and p.requires_grad]


def update_ratio(before: Tensor, after: Tensor) -> float | None:
    """std(after - before) / std(before); None where all of `before` is one number."""
    spread = before.float().std()
    return number((after - before).float().std() / spread) if spread > 0 else None


def layers(trainer: Training, batch: Batch, tokens: int = TOKENS) -> list[dict[str, Any]]:
    """What flows through each layer of the model and back, in the order in which it is made.

    Args:
        batch: what the step reads; the first rows of it, about `tokens` tokens, are looked at.
    """
    rows = min(len(batch), max(1, tokens // max(1, batch.inputs[0][0].numel())))
    inputs = [each[:rows] for each in batch.inputs]
    places = None if batch.places is None else batch.places[:rows]
    state = hidden_state.split(_state(trainer, batch), [rows, len(batch) - rows])[0]
    with _undisturbed(trainer):
        with _looking(trainer.model) as seen:
            each, penalty, _ = trainer.players[0].loss(trainer.model, *inputs, _float32(state))
        live = {name: parts for name, parts in seen.live.items() if parts[0].requires_grad}
        flat = [part for parts in live.values() for part in parts]
        asked = places.sum() if places is not None and places.shape == each.shape else each.numel()
        gradients = iter(_slopes(each.sum() / asked + penalty, flat))
    found = []
    for name, parts in live.items():
        gradient = [next(gradients) for _ in parts]
        h, g = (_places(_whole(each), places) for each in (parts, gradient))
        found.append(layer(name, seen.activations[name], h.detach(), g))
    return found


def fresh(trainer: Training, batch: Batch) -> dict[str, float | None]:
    """The gradient of this batch computed anew, against what lies in the weights: its norm, and the
    norm of the difference over it. None where the two cannot be compared: a batch read in pieces,
    a game, and dropout in cuDNN, which draws what nobody can draw again."""
    model, s = trainer.model, trainer.settings
    fused = any(isinstance(m, nn.RNNBase) and m.dropout for m in model.modules())
    several = s.accumulate > 1 or len(trainer.players) > 1
    if several or (fused and trainer.device.type == "cuda"):
        return NOT_COMPARED
    weights = [p for p in model.parameters() if p.grad is not None]
    with _undisturbed(trainer):
        ask = Objective(model, trainer.arithmetic, trainer.players[0].loss)
        nats, penalty, _ = ask(*batch.inputs, _state(trainer, batch))
        anew = _slopes(nats.sum() / batch.asked + penalty, weights)
    norm = _norm(anew)
    apart = _norm(p.grad - g for p, g in zip(weights, anew, strict=True))
    return {"fresh_grad_norm": number(norm), "grad_difference": number(apart / norm)}


def _slopes(loss: Tensor, of: list[Tensor]) -> tuple[Tensor, ...]:
    """How the loss changes with each; what it does not hang on gets zeros."""
    return torch.autograd.grad(loss, of, allow_unused=True, materialize_grads=True)


class _Seen(Trace):
    """A trace whose tensors still hang on the graph; attention keeps its own to itself."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        self.live: dict[str, list[Tensor]] = {}

    def add(self, module: nn.Module, what: str, tensors: list[Tensor], activation: str) -> None:
        if not isinstance(module, Attention):
            super().add(module, what, tensors, activation)

    def keep(self, name: str, tensors: list[Tensor], activation: str) -> None:
        self.live[name], self.activations[name] = tensors, activation


@contextmanager
def _looking(model: Model) -> Iterator[_Seen]:
    """What the model offers, and what leaves its embeddings and its head; of a model of other
    things than tokens, which offers nothing, what leaves each of its layers."""
    seen = _Seen(model)

    def keep(name: str) -> Any:
        def heard(module: nn.Module, args: Any, out: Any) -> None:
            if isinstance(out, Tensor):
                seen.keep(name, [out], "")

        return heard

    reads = isinstance(model.registered, LanguageModel | Translates)
    hooks = [
        module.register_forward_hook(keep(name))
        for name, module in model.named_modules()
        if isinstance(module, nn.Embedding | LinearHead) or not (reads or any(module.children()))
    ]
    try:
        with trace(model, seen):
            yield seen
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def _undisturbed(trainer: Training) -> Iterator[None]:
    """Around another reading of the batch: the masks of the step again, and what reading it leaves
    in the model and in torch's generator put back."""
    norms = [m for m in trainer.model.modules() if isinstance(m, _BatchNorm)]
    kept = [(b, b.clone()) for m in norms for b in m.buffers(recurse=False)]
    dice = seeded(trainer.seed, trainer.step, 0, trainer.device)
    try:
        with dice if uses_chance(trainer.model) else nullcontext():
            yield
    finally:
        with torch.no_grad():
            for buffer, value in kept:
                buffer.copy_(value)


def _state(trainer: Training, batch: Batch) -> Any:
    """What the model carries into this batch, as the step has it."""
    if batch.fresh is None:
        return None
    rows = [len(batch)]
    if trainer.settings.accumulate > 1 and isinstance(first := _leaf(trainer.state), Tensor):
        rows.append(first.size(1) - len(batch))
    return restart(hidden_state.split(trainer.state, rows)[0], batch.fresh)


def _leaf(state: Any) -> Any:
    return _leaf(state[0]) if isinstance(state, tuple) else state


def _float32(state: Any) -> Any:
    if isinstance(state, tuple):
        return tuple(map(_float32, state))
    return state.float() if isinstance(state, Tensor) else state


def _whole(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.stack(parts, dim=1)


def _places(x: Tensor, asked: Tensor | None) -> Tensor:
    """(N, C): what x (B, T, ..., C) holds at places that are not padding.

    Args:
        asked: (B, T) bool; None where nothing is padded. x may have more places, in front, as a
            soft prompt has, or fewer: those at the beginning. One that is not laid out in rows
            holds no padding.
    """
    if asked is None:
        return x.flatten(0, -2) if x.dim() > 1 else x.unsqueeze(0)
    (B, T), n = asked.shape, x.size(1) if x.dim() > 1 else 0
    if x.dim() > 2 and x.size(0) == B:
        if n > T:
            asked = torch.cat([asked.new_ones(B, n - T), asked], dim=1)
        x = x[asked[:, :n]]
    return x.flatten(0, -2) if x.dim() > 1 else x.unsqueeze(0)


def _norm(tensors: Any) -> Tensor:
    """The length of all of them together."""
    norms = [torch.linalg.vector_norm(t.float()) for t in tensors if t is not None]
    return torch.linalg.vector_norm(torch.stack(norms))


def _weight(name: str, p: nn.Parameter) -> dict[str, Any]:
    """One matrix before the step; how far that moves it is filled in afterwards."""
    return {
        "name": name,
        "shape": list(p.shape),
        "grad_norm": number(0.0 if p.grad is None else _norm([p.grad])),
        "grad_std": number(0.0 if p.grad is None else p.grad.float().std()),
        "weight_std": number(p.detach().float().std()),
        "update_ratio": None,
        **histogram(p),
    }
