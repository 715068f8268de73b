"""Evaluation and samples beside the steps: early, then as often as fits into a share of the
time.

    granted at progress p = sqrt(p) x max(a share of the whole run, SIDE_FREE)

so that a third of it may be spent in the first tenth, where a curve bends most, and all of it only
at the end. What the last evaluation will cost is set aside.
"""

import math
import time
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from torch import nn

from lm_core.device import one_thread
from lm_core.training.events import Event, Sampled

if TYPE_CHECKING:
    from lm_core.training.trainer import Trainer

SIDE_SHARE = 0.045  # of the time, for evaluation and samples: the last may take longer than thought
SIDE_FREE = 1.5  # seconds of it that every run may spend, so that short ones have a curve


class SideWork:
    """`cost` is how many seconds it took last time."""

    def __init__(self, trainer: "Trainer") -> None:
        self.trainer, self.cost, self.spent = trainer, 0.0, 0.0
        self.ended, self.done_at = 0.0, -1

    def due(self) -> bool:
        """Whether this step is followed by side work."""
        every, step = self.trainer.settings.eval_every, self.trainer.step
        if every:
            return step % every == 0
        if step == 1 or time.perf_counter() - self.ended < 0.5:
            return step == 1
        return self.spent + 2 * self.cost < self._granted()

    def _granted(self) -> float:
        """Seconds that may have been spent by now."""
        trainer = self.trainer
        done = min(1.0, trainer.budget.progress(trainer.step, trainer.tokens, trainer.seconds))
        if done <= 0:
            return 0.0
        return math.sqrt(done) * max(SIDE_FREE, SIDE_SHARE * trainer.seconds / done)

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
            found = evaluated(trainer)
            sound = not math.isnan(found[0].nats) if found else _numbers(trainer.model)
            if found and judged:
                trainer.weights.judge(found[0].nats, found[0].scored_tokens)
            if sound:
                found += shown(trainer)
        yield from found
        yield from trainer.beside.notes()
        self.ended = time.perf_counter()
        self.cost = self.ended - began
        self.spent += self.cost
        return not sound


def _numbers(model: nn.Module) -> bool:
    return all(bool(p.isfinite().all()) for p in model.parameters())


def evaluated(trainer: "Trainer") -> list[Event]:
    """The validation text scored, where there is one and it fits into memory."""
    if "validation" not in trainer.data:
        return []
    found = trainer.beside.ask("The evaluation", trainer.evaluate)
    return [] if found is None else [found]


def shown(trainer: "Trainer") -> list[Event]:
    """What else there is to see at an evaluation: what the model writes, and what is made aside;
    each as far as it fits into memory."""
    making = [("The sample", sampled)] if trainer.write else []
    making += [(getattr(make, "part", "What is made aside"), make) for make in trainer.aside]
    found = [trainer.beside.ask(part, partial(make, trainer)) for part, make in making]
    return [event for event in found if event is not None]


def sampled(trainer: "Trainer") -> Sampled:
    """What the model writes now; `write` gives a text, or a text and its pieces."""
    with one_thread():
        written = trainer.write(trainer.model)
    text, pieces = (written, ()) if isinstance(written, str) else written
    return Sampled(trainer.step, text, pieces)
