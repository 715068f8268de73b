"""A training step captured once as a CUDA graph and repeated: batch in, loss and norm out.

Starting the thousand small kernels of a step takes Python longer than a GPU takes to run them; a
graph starts them all with one call. It repeats the same shapes at the same addresses, so the
batch, the learning rate and the gradients live in tensors that stay. The first steps are eager
ones, and so is every step that is of another shape, or that somebody watches.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from lm_core.models.building import out_of_memory
from lm_core.training.batches import Batch
from lm_core.training.callbacks import Callback
from lm_core.training.events import Diagnosed
from lm_core.training.optimizers import set_rate
from lm_core.training.state import Training
from lm_core.training.step import EagerStep

EAGER = 3  # steps before the capture, for what a first time sets up


def wanted(training: Training) -> bool:
    """Where it can be: one process on a GPU, one player, no hidden state from batch to batch."""
    s, model = training.settings, training.model
    alone = training.team.size == len(training.players) == 1 and training.device.type == "cuda"
    ways = s.compile == "auto" and s.accumulate == 1 and not s.ramp and not s.deterministic
    same = not training.keeps_gradients and not model.carries_state and not model.draws
    return alone and ways and same


class GraphStep(EagerStep):
    """Takes steps by a graph where it can. `graph` is there once one was captured."""

    def __init__(self, training: Training) -> None:
        super().__init__(training)
        self.graph: torch.cuda.CUDAGraph | None = None
        self.shape: tuple[list[torch.Size], int] | None = None
        self.done, self.failed = 0, False

    def repeats(self, pieces: Sequence[Batch], asked: int, callbacks: Sequence[Callback]) -> bool:
        """After EAGER steps of one shape, every step of that shape that nobody watches."""
        shape = ([part.shape for part in pieces[0].inputs], asked)
        self.done = self.done + 1 if shape == self.shape else 1
        if self.graph is None:
            self.shape = shape
        fits = shape == self.shape and not callbacks
        return fits and not self.failed and (self.graph is not None or self.done > EAGER)

    def _on(
        self, pieces: list, asked: int, lr: float, callbacks: Sequence[Callback]
    ) -> tuple[Tensor, Tensor]:
        t, batch = self.training, pieces[0]
        if not self.repeats(pieces, asked, callbacks) or not self._captured(batch, asked):
            return super()._on(pieces, asked, lr, callbacks)
        for place, part in zip(self.inputs, batch.inputs, strict=True):
            place.copy_(part)
        set_rate(t.optimizer, lr)
        with t.chance(0):
            self.graph.replay()
        return self.loss.clone(), self.norm.clone()

    def _captured(self, batch: Batch, asked: int) -> bool:
        """Whether there is a graph, capturing one where there is none yet."""
        if self.graph is not None:
            return True
        t = self.training
        self.inputs = [part.clone() for part in batch.inputs]
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
            self._give_up(str(error).strip().splitlines()[0])
            for group, lr in zip(t.optimizer.param_groups, rates, strict=True):
                group["lr"] = lr
            t.clear_gradients()
            return False
        t.clear_gradients()  # the graph has its own
        self.graph = graph
        return True

    def _body(self, asked: int) -> None:
        t = self.training
        each, penalty, _ = self.objectives[0](*self.inputs, None)
        loss = each.sum() / asked
        (loss + penalty).backward()
        self.norm = torch.nn.utils.clip_grad_norm_(
            t.learner.parameters(), t.settings.grad_clip or float("inf")
        ).detach()
        t.optimizer.step()
        self.loss = loss.detach()

    def _give_up(self, trouble: str) -> None:
        self.failed = True
        said = f"The steps could not be captured and go on one by one ({trouble[:200]})."
        note = "Nothing is lost but speed."
        self.training.beside.say(lambda step: Diagnosed(step, "not_recorded", "note", said, note))
