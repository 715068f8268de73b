"""The training loop: draw a batch, guess, measure the surprise, step downhill, again.

    trainer = Trainer(NextToken(), model, data, budget=Budget(steps=500), seed=0)
    for event in trainer.run():
        ...

A generator, so whoever drives it (the command line, a worker process, a test) sees every event
and stays in charge. What is learned is the task's; samples and checkpoints are made by the
functions it is given. It knows nothing of texts, files or screens.
"""

import math
from collections.abc import Generator, Iterator, Sequence

import torch
from torch import Tensor

from lm_core.errors import LabError
from lm_core.models.building import out_of_memory
from lm_core.training import cuda_graph, memory, threads
from lm_core.training.callbacks import Callback
from lm_core.training.clock import Clock
from lm_core.training.distributed.following import follow
from lm_core.training.distributed.team import END, check_shares
from lm_core.training.events import Event, Failed, Finished, Paused, Step
from lm_core.training.resume import training_tensors
from lm_core.training.saving import Saving
from lm_core.training.schedules import lr_factor, ramped
from lm_core.training.side import SideWork
from lm_core.training.state import Training
from lm_core.training.step import EagerStep

REPORT_SECONDS = 0.1  # losses are read back from the device at most this often
QUICK_SECONDS = 0.2  # a run that was stopped is still evaluated when that takes no longer


class Trainer(Training):
    """Trains; what it takes is in `Training`. When a run has ended, the model holds the weights to
    keep."""

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do, as of a run that ended and is resumed."""
        if self.course:
            return self.step >= self.course.steps
        return self.progress >= 1 or self.weights.enough

    def run(self) -> Iterator[Event]:
        """Train until the budget is spent or a stop is asked for. The last event is Finished or
        Failed; a LabError in the data surfaces as Failed, a defect of ours as its exception. A
        process that follows another has no events. Where nothing is left to do nothing is saved: a
        checkpoint stays as it is."""
        full = False
        if self.done:
            self.save = None
        try:
            if self.course:
                yield from self.course.run()
                return
            if self.step == 0:
                self.task.begin(self.model, self.data["train"])
            yield from self._descend()
        except LabError as error:
            yield Failed(self.step, str(error))
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
            full = True
        if full:  # here the error is gone, and with it what it kept of the failed step
            if self.batches is not None:
                yield memory.advice(self)
            yield Failed(self.step, memory.sentence(self.settings.batch_size))

    def _descend(self) -> Iterator[Event]:
        s = self.settings
        self.batches = self.task.batches(
            self.model, self.data["train"], batch_size=s.batch_size, seed=self.seed
        )
        check_shares(self.team, ramped(self.batches.batch_size, s.ramp, 0.0))
        self.weights.back()
        self._stepper = (cuda_graph.GraphStep if cuda_graph.wanted(self) else EagerStep)(self)
        self.state = self.team.own(self.state)
        if not self.team.leads:
            follow(self, self.take_step)
            return
        try:
            yield from self._lead()
        finally:
            self.team.broadcast(END)

    def _lead(self) -> Iterator[Event]:
        """The loop."""
        s, clock, side = self.settings, Clock(self.seconds, self.clock), SideWork(self)
        chooser = threads.chooser(self)
        saving, last_report = Saving(self), self.clock()
        pending: list[tuple[int, int, float, Tensor, Tensor, float]] = []
        reason = "budget"
        while (progress := self.budget.progress(self.step, self.tokens, clock.seconds())) < 1:
            requested = self.control.look()
            if requested == "pause" and not self.control.may_step():
                if (yield from self._report(pending)):
                    return
                yield Paused(self.step)
                clock.stop()
                self.control.hold()
                clock.go()
                continue
            if requested == "stop" or self.weights.enough:
                reason = "stopped" if requested == "stop" else "early"
                break
            lr = s.lr * self.control.lr_scale
            lr *= lr_factor(s.schedule, s.warmup, progress)
            watching = [
                c for c in self.callbacks if c.part not in self.beside.left_out and c.wants(self)
            ]
            rows = ramped(self.batches.batch_size, s.ramp, progress)
            with chooser.step(self):
                loss, norm = self.take_step(rows, lr, watching)
            self.step += 1
            self.weights.update(self.step)
            self.seconds = clock.seconds()
            pending.append((self.step, self.tokens, self.seconds, loss, norm, lr))
            for callback in watching:
                yield from self.beside.ask(callback.part, lambda c=callback: [*c.after(self)]) or ()
            yield from self.beside.notes(self.step)
            now, aside = self.clock(), side.due()
            saves = self.save is not None and saving.due()
            # What is evaluated or saved is known to be sound: a run that diverged ends here.
            if aside or saves or requested == "pause" or now - last_report > REPORT_SECONDS:
                last_report = now
                if (yield from self._report(pending)):
                    return
            if (aside and (yield from side.do())) or (saves and (yield from saving.do())):
                yield Failed.diverged(self.step)
                return
        if (yield from self._report(pending)):
            return
        scored, side.writes = reason != "stopped" or 0 < side.cost < QUICK_SECONDS, True
        if scored and (yield from side.do(judged=reason != "stopped")):
            yield Failed.diverged(self.step)
            return
        self.seconds = clock.seconds()
        self._settle()
        if scored:
            # Who stops waits for it: no more is scored than along the way.
            yield from side.end(quick=0.0 if reason == "stopped" else math.inf)
        if self.save and (yield from saving.do(last=True)):
            yield Failed.diverged(self.step)
            return
        kept = self.weights.kept_step
        loss = None if kept is None else self.weights.best_loss
        yield Finished(self.step, self.tokens, self.seconds, reason, kept, loss)

    def _settle(self) -> None:
        """Before the other processes leave: the model holds the weights to keep, and what a resumed
        run needs is at hand."""
        self.state = self.team.whole(self.state)
        self.weights.show(kept=True)
        if self.weights.kept_step is not None:
            self.task.keep(self.model, self.data, limit=self.settings.eval_tokens)
        if self.team.shards:
            self.weights.memory = training_tensors(self)

    def take_step(
        self, rows: int, lr: float, callbacks: Sequence[Callback] = ()
    ) -> tuple[Tensor, Tensor]:
        """One optimizer step on `rows` rows: mean loss of the batch before it, and the gradient's
        norm, both on the device."""
        return self._stepper.take(rows, lr, callbacks)

    def _report(self, pending: list) -> Generator[Event, None, bool]:
        """Read the waiting losses back from the device in one go; True when the run diverged."""
        if not pending:
            return False
        values = torch.stack(
            [torch.stack([p[3] for p in pending]), torch.stack([p[4] for p in pending])]
        )
        losses, norms = values.float().tolist()
        speed = self.tokens / max(self.seconds, 1e-9)
        for (step, tokens, seconds, _, _, lr), loss, norm in zip(
            pending, losses, norms, strict=True
        ):
            yield Step(step, tokens, seconds, loss, lr, norm, speed)
            if not (math.isfinite(loss) and math.isfinite(norm)):
                yield Failed.diverged(step)
                return True
        pending.clear()
        return False
