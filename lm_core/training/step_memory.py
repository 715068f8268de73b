"""What a training holds in memory while a step goes on, of any task: told beforehand, and counted.

    held = weights + gradients + the optimizer's memory + what the graph keeps

    weights     parameters and buffers
    gradients   one number for each parameter that a loss reaches
    optimizer   what it remembers of each of those, from its first step on
    kept        what functions save for the way back until the gradient is there (`models/kept.py`);
                in a game of several, of the player whose graph keeps most, as they move in turn

`foretold` reads a batch of shapes without numbers with a model that has none (a blueprint, see
`models/building.py`): the same functions save the same shapes, so no family needs a formula, and it
takes none of the memory it speaks of. `counted` takes a step with the real one on a CPU and asks
PyTorch; a test holds the two together for every family. Rows that are padded hold less where a
model leaves padding out. Left out is what comes and goes within one operation, for which
`estimate.py` has a margin.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.overrides import TorchFunctionMode

from lm_core.models.contract import Model
from lm_core.models.kept import Kept
from lm_core.models.recomputing import parts, recompute
from lm_core.training.batches import Batch
from lm_core.training.optimizers import optimizer_of
from lm_core.training.settings import TrainSettings
from lm_core.training.task import Task


@dataclass(frozen=True)
class Held:
    """Bytes of each."""

    weights: int
    gradients: int
    optimizer: int
    kept: int

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer + self.kept


def foretold(task: Task, model: Model, batch: Batch, train: TrainSettings) -> Held:
    """Of the training of a model, without a number of it.

    Args:
        model: a blueprint.
        batch: one of the step's pieces; only its shapes count.
    """
    inputs = [part.to("meta") for part in batch.inputs]
    with as_blueprint() as other:
        return _held(task, model, inputs, train, other)


@contextmanager
def as_blueprint() -> "Iterator[AsOnCpu]":
    """While a batch of shapes goes through a blueprint."""
    from torch.fx.experimental import _config

    # Some ask which places count, which a blueprint cannot know: all of them.
    with _config.patch(meta_nonzero_assume_all_nonzero=True), AsOnCpu() as other:
        yield other


def counted(task: Task, model: Model, batch: Batch, train: TrainSettings) -> Held:
    """What PyTorch's own counters say of a step of the real model, which learns from it."""
    return _held(task, model, list(batch.inputs), train, None)


def _held(
    task: Task, model: Model, inputs: list[Tensor], train: TrainSettings, other: "AsOnCpu | None"
) -> Held:
    """`other`: of a blueprint, which cannot go back through the graph."""
    model.train()
    if parts(model):
        recompute(model, train.recompute)
    kept = gradients = optimizer = 0
    for player in task.players(model):
        before = other.bytes if other else 0
        with Kept(model) as seen:
            if other:
                other.kept = seen
            each, penalty, _ = player.loss(model, *inputs, None)
        kept = max(kept, seen.bytes + (other.bytes - before if other else 0))
        loss = each.mean() + penalty
        rule = optimizer_of(player.module, train.optimizer, lr=train.lr, weight_decay=0.0)
        if other:
            for group in rule.param_groups:
                group["fused"] = False  # a fused kernel wants a real device
            for weight in reached(loss):
                weight.grad = torch.empty_like(weight)
        else:
            loss.backward()
        learned = [p.grad for p in player.module.parameters() if p.grad is not None]
        gradients = max(gradients, sum(grad.nbytes for grad in learned))
        rule.step()
        memories = rule.state_dict()["state"].values()
        optimizer += sum(v.nbytes for m in memories for v in m.values() if isinstance(v, Tensor))
        model.zero_grad(set_to_none=True)
        del each, penalty, loss, seen
    own = [*model.parameters(), *model.buffers()]
    return Held(sum(t.nbytes for t in own), gradients, optimizer, kept)


def reached(loss: Tensor) -> Iterator[nn.Parameter]:
    """The parameters that get a gradient from a loss."""
    left, known = [loss.grad_fn], set()
    while left:
        node = left.pop()
        if node is None or node in known:
            continue
        known.add(node)
        if hasattr(node, "variable"):  # where a gradient is added up
            yield node.variable
        left += [before for before, _ in node.next_functions]


class AsOnCpu(TorchFunctionMode):
    """On a blueprint torch takes attention and the LSTM apart; on a CPU each is one kernel, which
    saves other things. `bytes` is what such a kernel saves in a workspace that no tensor shows."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = 0
        self.kept: Kept | None = None  # of the pass that goes on

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        match getattr(func, "__name__", ""):
            case "cpu":  # a length, of which a blueprint has none: every row is as long as all
                return args[0]
            case "_pack_padded_sequence":
                x = args[0]
                B, S, _ = x.shape
                return x.transpose(0, 1).reshape(S * B, -1), torch.full((S,), B)
            case "scaled_dot_product_attention" if not kwargs.get("dropout_p"):
                return _attention(*args, **kwargs)
            case "lstm":
                x, *sizes, _, weights = args[: 4 if args[0].dim() == 2 else 3]  # packed, or not
                with saved_tensors_hooks(lambda tensor: tensor, lambda tensor: tensor):
                    made = func(*args, **kwargs)
                for tensor in (x, made[0]):
                    if self.kept:
                        self.kept.note(tensor)
                T = len(sizes[0]) if sizes else x.size(1)
                self.bytes += _workspace(x[..., 0].numel() // T, T, weights)
                return made
        return func(*args, **kwargs)


def _attention(q: Tensor, k: Tensor, v: Tensor, **how: Any) -> Tensor:
    """The CPU's kernel, which saves its inputs, what it made and a number for each query."""
    mask = how.get("attn_mask")
    mask = mask if mask is None else mask.to(q.dtype)
    if how.get("enable_gqa"):
        k, v = (part.repeat_interleave(q.size(1) // part.size(1), dim=1) for part in (k, v))
    kernel = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    return kernel(q, k, v, 0.0, how.get("is_causal", False), attn_mask=mask)[0]


def _workspace(B: int, T: int, weights: Sequence[Tensor]) -> int:
    """Bytes that oneDNN keeps of an LSTM's way through (B, T, E), beside that and what comes out:
    read off, to 6 % for 16 units to 256."""
    numbers = 0.0
    for w_x in (w for w in weights[::2] if w.dim() > 1):
        width, C = w_x.size(1), w_x.size(0) // 4
        numbers += 4 * C * T + (T + 1) * (5 * C + 6.2 * max(width, C) + 19)
    return round(4 * B * numbers)
