"""Evaluation and samples beside the steps: early, then as often as fits into a share of the
time."""

import math
import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from torch import nn

from lm_core.training.events import Event, Sampled

if TYPE_CHECKING:
    from lm_core.training.trainer import Trainer

SIDE_SHARE = 0.05  # share of the time that evaluation and samples may take
SIDE_FREE = 1.0  # seconds of it that are granted at the start, so that short runs have a curve


class SideWork:
    """`cost` is how many seconds it took last time."""

    def __init__(self, trainer: "Trainer") -> None:
        self.trainer, self.cost, self.spent = trainer, 0.0, 0.0
        self.began, self.ended, self.done_at = time.perf_counter(), 0.0, -1

    def due(self) -> bool:
        """Whether this step is followed by side work."""
        every, step = self.trainer.settings.eval_every, self.trainer.step
        if every:
            return step % every == 0
        now = time.perf_counter()
        granted = SIDE_FREE + SIDE_SHARE * (now - self.began)
        return step == 1 or (now - self.ended > 0.5 and self.spent + self.cost < granted)

    def do(self, *, judged: bool = True) -> Generator[Event, None, bool]:
        """Evaluate and write, with the weights that are to be judged; True where they have
        diverged, which a loss shows only at the next step.

        Args:
            judged: whether the evaluation counts for the best and for the patience. One that is
                there only because the run was stopped does not, so that a resume stays exact.
        """
        trainer = self.trainer
        if self.done_at == trainer.step:
            return False
        self.done_at, began = trainer.step, time.perf_counter()
        with trainer.weights.shown():
            found = [trainer.evaluate()] if "validation" in trainer.data else []
            sound = not math.isnan(found[0].nats) if found else _numbers(trainer.model)
            if found and judged:
                trainer.weights.judge(found[0].nats)
            if sound and trainer.write:
                found.append(sampled(trainer))
            if sound:
                found += [make(trainer) for make in trainer.aside]
        yield from found
        self.ended = time.perf_counter()
        self.cost = self.ended - began
        self.spent += self.cost
        return not sound


def _numbers(model: nn.Module) -> bool:
    return all(bool(p.isfinite().all()) for p in model.parameters())


def sampled(trainer: "Trainer") -> Sampled:
    """What the model writes now; `write` gives a text, or a text and its pieces."""
    written = trainer.write(trainer.model)
    text, pieces = (written, ()) if isinstance(written, str) else written
    return Sampled(trainer.step, text, pieces)
