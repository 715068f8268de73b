"""A training step recorded once as a CUDA graph and repeated: batch in, loss and norm out.

Starting the thousand small kernels of a step takes Python longer than a GPU takes to run them; a
graph starts them all with one call. It repeats the same shapes at the same addresses, so the
batch, the learning rate and the gradients live in tensors that stay. The first steps are plain
ones, and so is every step that is of another shape, or that somebody watches.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lm_core.models.building import out_of_memory
from lm_core.training.batches import Batch
from lm_core.training.events import Diagnosed, Event
from lm_core.training.optimizers import set_rate
from lm_core.training.watching import Watcher

if TYPE_CHECKING:
    from lm_core.training.trainer import Trainer

PLAIN = 3  # steps before the recording, for what a first time sets up


def wanted(trainer: "Trainer") -> bool:
    """Where it can be: a plain Trainer alone on a GPU, whose batches carry no state along."""
    from lm_core.training.trainer import Trainer  # which knows this file

    s, plain = trainer.settings, type(trainer) is Trainer  # another may take its steps otherwise
    alone = trainer.team.size == 1 and plain and trainer.device.type == "cuda"
    ways = s.compile == "auto" and s.accumulate == 1 and not s.ramp and not s.deterministic
    return alone and ways and not trainer.model.carries_state and trainer.model.causal


def recorder(trainer: "Trainer") -> "Recorded | None":
    """What records the steps of `trainer`, among its watchers so that it is heard; None where none
    can."""
    if not wanted(trainer):
        return None
    made = Recorded(trainer)
    trainer.watchers = (*trainer.watchers, made)
    return made


class Recorded(Watcher):
    """The step of `trainer`; `takes` says whether it can do a given one."""

    def __init__(self, trainer: "Trainer") -> None:
        self.trainer, self.graph, self.trouble, self.done = trainer, None, "", 0
        self.shape: tuple[torch.Size, int] | None = None
        self.said = False

    def takes(self, pieces: Sequence[Batch], asked: int, watching: Sequence[Watcher]) -> bool:
        """After PLAIN steps of one shape, every step of that shape that nobody watches."""
        shape = (pieces[0].idx.shape, asked)
        self.done = self.done + 1 if shape == self.shape else 1
        if self.graph is None:
            self.shape = shape
        fits = shape == self.shape and all(w is self for w in watching)
        return fits and not self.trouble and (self.graph is not None or self.done > PLAIN)

    def step(
        self, pieces: Sequence[Batch], asked: int, lr: float, watching: Sequence[Watcher]
    ) -> tuple[Tensor, Tensor] | None:
        """One whole step: mean nats and the gradient's norm; None where it is to be a plain one."""
        t, batch = self.trainer, pieces[0]
        if not self.takes(pieces, asked, watching):
            return None
        if self.graph is None and not self._record(batch, asked):
            return None
        self.idx.copy_(batch.idx)
        self.targets.copy_(batch.targets)
        set_rate(t.optimizer, lr)
        with t._chance(0):
            self.graph.replay()
        return self.loss.clone(), self.norm.clone()

    def _record(self, batch: Batch, asked: int) -> bool:
        t = self.trainer
        self.idx, self.targets = batch.idx.clone(), batch.targets.clone()
        rates = [group["lr"] for group in t.optimizer.param_groups]
        for group in t.optimizer.param_groups:
            group["lr"] = torch.tensor(float(group["lr"]), device=t.device)
            group["capturable"] = True
        graph = torch.cuda.CUDAGraph()
        try:
            with t.arithmetic.step(), torch.cuda.graph(graph):
                self._body(asked)
        except RuntimeError as error:
            if out_of_memory(error):
                raise
            self.trouble = str(error).strip().splitlines()[0]
            for group, lr in zip(t.optimizer.param_groups, rates, strict=True):
                group["lr"] = lr
            t._clear()
            return False
        t._clear()  # the graph has its own gradients
        self.graph = graph
        return True

    def _body(self, asked: int) -> None:
        t = self.trainer
        nats, penalty, _ = t._objective(self.idx, self.targets, None)
        loss = nats.sum() / asked
        (loss + penalty).backward()
        self.norm = torch.nn.utils.clip_grad_norm_(
            t.learner.parameters(), t.settings.grad_clip or float("inf")
        ).detach()
        t.optimizer.step()
        self.loss = loss.detach()

    def wants(self, trainer: "Trainer") -> bool:
        return bool(self.trouble) and not self.said

    def after(self, trainer: "Trainer") -> Iterator[Event]:
        """A note, where the step could not be recorded."""
        self.said = True
        said = f"The steps could not be recorded and go on one by one ({self.trouble[:200]})."
        yield Diagnosed(trainer.step, "not_recorded", "note", said, "Nothing is lost but speed.")
