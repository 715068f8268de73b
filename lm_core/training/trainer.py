"""The training loop: draw a batch, guess, measure the surprise, step downhill, again.

    trainer = Trainer(model, data, settings=TrainSettings(), budget=Budget(steps=500), seed=0)
    for event in trainer.run():
        ...

A generator, so whoever drives it (the command line, a worker process, a test) sees every event
and stays in charge. It knows nothing of tokenizers, files or screens: samples and checkpoints are
made by the functions it is given.
"""

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor

from lm_core.encoded import Encoded
from lm_core.errors import LabError
from lm_core.evaluation import evaluate
from lm_core.evaluation.mixing import fit_weight
from lm_core.models.building import out_of_memory
from lm_core.models.contract import LanguageModel, detach, restart
from lm_core.models.mixture import Mixture
from lm_core.training import carried, compiling, counting, memory, parallel, recorded, threads
from lm_core.training.batches import Batches
from lm_core.training.beside import Beside
from lm_core.training.chance import seeded, uses_chance
from lm_core.training.clock import Clock
from lm_core.training.control import Control
from lm_core.training.events import Evaluated, Event, Failed, Finished, Paused, Step
from lm_core.training.optimizers import Several, optimizer_of, set_rate
from lm_core.training.parallel import Team
from lm_core.training.precision import Arithmetic, Objective
from lm_core.training.saving import Saving
from lm_core.training.schedules import lr_factor, ramped
from lm_core.training.settings import Budget, TrainSettings
from lm_core.training.sharding import whole
from lm_core.training.side import SideWork
from lm_core.training.watching import Watcher

REPORT_SECONDS = 0.1  # losses are read back from the device at most this often
QUICK_SECONDS = 0.2  # a run that was stopped is still evaluated when that takes no longer


class Trainer:
    """Trains one model on one text.

    Args:
        model: any family; counting ones are fitted on growing parts of the text.
        data: splits as ids; "train" is needed, "validation" is evaluated when there.
        settings, budget, seed: what to do, for how long, and which random numbers.
        device: where to compute; the model and the ids are moved there.
        threads: the most that a step may use, of which it uses as many as turn out best meanwhile;
            None for as many as torch is set to.
        control: pause, stop and the like; None for a run that nobody steers.
        write: makes a sample from the model and the seconds that it may take, about: a text, or a
            text and its pieces (see `Sampled`).
        save: writes a checkpoint of this trainer and returns its path; None for none. The model
            holds the weights to keep then, and the live ones are in `training_tensors`.
        team: the processes that train together; None for this one alone.
        watchers: who looks at single steps from inside.
        aside: what else is done at each evaluation; each takes the trainer and returns an event.

    When a run has ended, the model holds the weights to keep.
    """

    keeps_gradients = False  # from one step to the next

    def __init__(
        self,
        model: LanguageModel,
        data: dict[str, Encoded],
        *,
        settings: TrainSettings | None = None,
        budget: Budget | None = None,
        seed: int = 0,
        device: torch.device | str = "cpu",
        threads: int | None = None,
        control: Control | None = None,
        write: Callable[[LanguageModel, float], Any] | None = None,
        save: Callable[["Trainer"], str] | None = None,
        team: Team | None = None,
        watchers: Sequence[Watcher] = (),
        aside: Sequence[Callable[["Trainer"], Event]] = (),
    ) -> None:
        self.device = torch.device(device)
        self.model = model.to(self.device)
        self.data = {split: encoded.to(self.device) for split, encoded in data.items()}
        self.settings, self.budget = settings or TrainSettings(), budget or Budget()
        self.seed, self.threads, self.control = seed, threads, control or Control()
        self.write, self.save, self.team = write, save, team or Team()
        self.watchers, self.aside = watchers, aside
        self.beside = Beside(self)
        self.step, self.tokens, self.seconds = 0, 0, 0.0
        self.part: int | None = None  # tokens that each evaluation scores; None: not settled yet
        self.state: Any = None  # carried along the text by families that do
        self.optimizer: torch.optim.Optimizer | Several | None = None
        self.batches: Batches | None = None  # while it descends
        self._dropout = uses_chance(model)
        s = self.settings
        self.arithmetic = Arithmetic(
            s.precision, s.deterministic, self.device, all_bfloat16=model.all_bfloat16
        )
        self.arithmetic.prepare(model)
        self.learner, self.weights = parallel.begin(self)
        if model.learns_by != "counting":
            self.optimizer = optimizer_of(self.learner, s, bfloat16=self.arithmetic.bfloat16)

    def __repr__(self) -> str:
        return f"Trainer({type(self.model).__name__}, step {self.step}, {self.device})"

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do, as of a run that ended and is resumed."""
        if self.model.learns_by == "counting":
            return self.step >= len(counting.sizes_of(self.data["train"]))
        spent = self.budget.progress(self.step, self.tokens, self.seconds)
        return spent >= 1 or self.weights.enough

    def run(self) -> Iterator[Event]:
        """Train until the budget is spent or a stop is asked for. The last event is Finished or
        Failed; a LabError in the data surfaces as Failed, a defect of ours as its exception. A
        process that follows another has no events."""
        full = False
        try:
            if self.model.learns_by == "counting":
                yield from counting.run(self)
                return
            if self.model.learns_by == "both" and self.step == 0:
                self.model.fit(self.data["train"].ids, self.data["train"].starts)
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
        self.batches = Batches.of(
            self.data["train"],
            batch_size=s.batch_size,
            size=getattr(self.model.settings, "block_size", 64),
            seed=self.seed,
            along=self.model.carries_state,
        )
        parallel.check_shares(self.team, ramped(self.batches.batch_size, s.ramp, 0.0))
        self.weights.back()
        self._objective = self.team.share(Objective(self.learner, self.arithmetic), self.device)
        if self.settings.compile == "on":
            self._objective = compiling.Compiled(self._objective)
            self.watchers = (*self.watchers, self._objective)
        self._recorded = recorded.recorder(self)
        self.state = self.team.own(self.state)
        if not self.team.leads:
            parallel.follow(self)
            return
        try:
            yield from self._lead()
        finally:
            self.team.order(parallel.END)

    def _lead(self) -> Iterator[Event]:
        """The loop."""
        s, clock, side = self.settings, Clock(self.seconds), SideWork(self)
        chooser = threads.chooser(self)
        saving, last_report = Saving(self), time.perf_counter()
        pending: list[tuple[int, int, float, Tensor, Tensor, float]] = []
        reason = "budget"
        while (progress := self.budget.progress(self.step, self.tokens, clock.seconds())) < 1:
            wish = self.control.look()
            if wish == "pause" and not self.control.may_step():
                if (yield from self._report(pending)):
                    return
                yield Paused(self.step)
                clock.stop()
                self.control.hold()
                clock.go()
                continue
            if wish == "stop" or self.weights.enough:
                reason = "stopped" if wish == "stop" else "early"
                break
            lr = s.lr * self.control.lr_scale
            lr *= lr_factor(s.schedule, s.warmup, progress)
            watching = [
                w for w in self.watchers if w.part not in self.beside.left_out and w.wants(self)
            ]
            rows = ramped(self.batches.batch_size, s.ramp, progress)
            with chooser.step(self):
                loss, norm = self._one_step(rows, lr, watching)
            self.step += 1
            self.weights.update(self.step)
            self.seconds = clock.seconds()
            pending.append((self.step, self.tokens, self.seconds, loss, norm, lr))
            for watcher in watching:
                yield from self.beside.ask(watcher.part, lambda w=watcher: [*w.after(self)]) or ()
            yield from self.beside.notes()
            now, aside = time.perf_counter(), side.due()
            saves = self.save is not None and saving.due()
            # What is evaluated or saved is known to be sound: a run that diverged ends here.
            if aside or saves or wish == "pause" or now - last_report > REPORT_SECONDS:
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
        parallel.end(self)
        if scored:
            yield from side.end(quick=QUICK_SECONDS if reason == "stopped" else math.inf)
        if self.save and (yield from saving.do(last=True)):
            yield Failed.diverged(self.step)
            return
        kept = self.weights.kept_step
        nats = None if kept is None else self.weights.best_nats
        yield Finished(self.step, self.tokens, self.seconds, reason, kept, nats)

    def _one_step(
        self, rows: int, lr: float, watching: Sequence[Watcher] = ()
    ) -> tuple[Tensor, Tensor]:
        """One optimizer step; mean nats of the batch and the gradient's norm, on the device.

        The batch is `rows` rows, read in pieces and by several processes where that is asked for:
        each piece is divided by the tokens of all, so that the gradients add up to those of one.
        """
        cuts, team = self.settings.accumulate, self.team
        team.order(parallel.STEP, lr, rows)
        self.learner.train()
        pieces, asked = self.batches.parts(
            self.step, rows=rows, cuts=cuts, rank=team.rank, world=team.size
        )
        if self._recorded and (told := self._recorded.step(pieces, asked, lr, watching)):
            self.tokens += asked
            return told
        states = carried.split(self.state, [len(piece.idx) for piece in pieces])
        losses = []
        for watcher in watching:
            self.beside.ask(watcher.part, lambda w=watcher: w.before(self))
        with self.arithmetic.step():
            for k, piece in enumerate(pieces):
                state = None if piece.fresh is None else restart(states[k], piece.fresh)
                with self._chance(team.rank * cuts + k), team.quiet(k + 1 < len(pieces)):
                    nats, penalty, state = self._objective(piece.idx, piece.targets, state)
                    loss = nats.sum() / asked
                    # DDP takes the mean over the processes, and the sum is wanted.
                    ((loss + penalty * (piece.asked / asked)) * team.size).backward()
                states[k] = None if piece.fresh is None else detach(state)
                losses.append(loss.detach())
            for watcher in watching:
                self.beside.ask(watcher.part, lambda w=watcher: w.gradients(self, pieces[0]))
            clip = self.settings.grad_clip or float("inf")
            norm = torch.nn.utils.clip_grad_norm_(self.learner.parameters(), clip)
            set_rate(self.optimizer, lr)
            self.optimizer.step()
        self._clear()
        self.state = carried.join(states)
        self.tokens += asked
        return team.sum(losses[0] if len(losses) == 1 else sum(losses)), whole(norm.detach())

    def _clear(self) -> None:
        """Forget the gradients of this step before the next."""
        self.optimizer.zero_grad(set_to_none=True)

    def _chance(self, piece: int) -> Any:
        """Around what may hide something at random."""
        return seeded(self.seed, self.step, piece, self.device) if self._dropout else nullcontext()

    def _report(self, pending: list) -> Generator[Event, None, bool]:
        """Read the waiting losses back from the device in one go; True when the run diverged."""
        if not pending:
            return False
        values = torch.stack(
            [torch.stack([p[3] for p in pending]), torch.stack([p[4] for p in pending])]
        )
        losses, norms = values.float().tolist()
        speed = self.tokens / max(self.seconds, 1e-9)
        for (step, tokens, seconds, _, _, lr), nats, norm in zip(
            pending, losses, norms, strict=True
        ):
            yield Step(step, tokens, seconds, nats, lr, norm, speed)
            if not (math.isfinite(nats) and math.isfinite(norm)):
                yield Failed.diverged(step)
                return True
        pending.clear()
        return False

    def evaluate(
        self, split: str = "validation", *, tokens: int | None = None, whole: bool = False
    ) -> Evaluated:
        """Score a split, or a fixed part of it: of about so many `tokens`, or as many as the
        settings ask for."""
        limit = None if whole else tokens or self.settings.eval_tokens
        if isinstance(self.model, Mixture) and split == "validation":
            fit_weight(self.model, self.data[split], max_tokens=limit)
        score = evaluate(self.model, self.data[split], max_tokens=limit)
        return Evaluated(
            self.step, self.tokens, split, score.nats_per_token, score.tokens, score.whole
        )
