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
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
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
from lm_core.training import counting
from lm_core.training.batches import Batch, Batches
from lm_core.training.control import Control
from lm_core.training.events import (
    Checkpointed,
    Evaluated,
    Event,
    Failed,
    Finished,
    Paused,
    Sampled,
    Step,
)
from lm_core.training.optimizers import OPTIMIZERS, Several, set_rate
from lm_core.training.schedules import lr_factor
from lm_core.training.settings import Budget, TrainSettings

REPORT_SECONDS = 0.1  # losses are read back from the device at most this often
SIDE_SHARE = 0.05  # share of the time that evaluation and samples may take
SIDE_FREE = 1.0  # seconds of it that are granted at the start, so that short runs have a curve
CHECKPOINT_SECONDS = 5.0
QUICK_SECONDS = 0.2  # a run that was stopped is still evaluated when that takes no longer


class Trainer:
    """Trains one model on one text.

    Args:
        model: any family; counting ones are fitted on growing parts of the text.
        data: splits as ids; "train" is needed, "validation" is evaluated when there.
        settings, budget, seed: what to do, for how long, and which random numbers.
        device: where to compute; the model and the ids are moved there.
        control: pause, stop and the like; None for a run that nobody steers.
        write: makes a sample of text from the model; None for no samples.
        save: writes a checkpoint of this trainer and returns its path; None for none.
    """

    def __init__(
        self,
        model: LanguageModel,
        data: dict[str, Encoded],
        *,
        settings: TrainSettings | None = None,
        budget: Budget | None = None,
        seed: int = 0,
        device: torch.device | str = "cpu",
        control: Control | None = None,
        write: Callable[[LanguageModel], str] | None = None,
        save: Callable[["Trainer"], str] | None = None,
    ) -> None:
        self.device = torch.device(device)
        self.model = model.to(self.device)
        self.data = {split: encoded.to(self.device) for split, encoded in data.items()}
        self.settings, self.budget = settings or TrainSettings(), budget or Budget()
        self.seed, self.control = seed, control or Control()
        self.write, self.save = write, save
        self.step, self.tokens, self.seconds = 0, 0, 0.0
        self.state: Any = None  # carried along the text by families that do
        self.optimizer: torch.optim.Optimizer | Several | None = None
        self._dropout = uses_chance(model)
        if model.learns_by != "counting":
            s = self.settings
            self.optimizer = OPTIMIZERS[s.optimizer](
                self.model, lr=s.lr, weight_decay=s.weight_decay
            )

    def __repr__(self) -> str:
        return f"Trainer({type(self.model).__name__}, step {self.step}, {self.device})"

    def run(self) -> Iterator[Event]:
        """Train until the budget is spent or a stop is asked for. The last event is Finished or
        Failed; a LabError in the data surfaces as Failed, a defect of ours as its exception."""
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
            yield Failed(self.step, self._out_of_memory())

    def _descend(self) -> Iterator[Event]:
        s, clock = self.settings, _Clock(self.seconds)
        batches = Batches.of(
            self.data["train"],
            batch_size=s.batch_size,
            size=getattr(self.model.settings, "block_size", 64),
            seed=self.seed,
            along=self.model.carries_state,
        )
        pending: list[tuple[int, int, float, Tensor, Tensor, float]] = []
        side = _SideWork(self)
        last_report = last_save = time.perf_counter()
        reason = "budget"
        while (progress := self.budget.progress(self.step, self.tokens, clock.seconds())) < 1:
            wish = self.control.look()
            if wish == "pause" and not self.control.may_step():
                if (yield from self._report(pending)):
                    return
                yield Paused(self.step)
                clock.stop()
                while self.control.look() == "pause" and self.control.steps_allowed == 0:
                    self.control.wait()
                clock.go()
                continue
            if wish == "stop":
                reason = "stopped"
                break
            lr = s.lr * self.control.lr_scale
            lr *= lr_factor(s.schedule, s.warmup, progress)
            loss, norm = self._one_step(batches.at(self.step), lr)
            self.step += 1
            self.seconds = clock.seconds()
            pending.append((self.step, self.tokens, self.seconds, loss, norm, lr))
            now, aside = time.perf_counter(), side.due()
            saving = self.save is not None and now - last_save > CHECKPOINT_SECONDS
            # What is evaluated or saved is known to be sound: a run that diverged ends here.
            if aside or saving or wish == "pause" or now - last_report > REPORT_SECONDS:
                last_report = now
                if (yield from self._report(pending)):
                    return
            if aside:
                yield from side.do()
            if saving:
                yield Checkpointed(self.step, self.save(self))
                last_save = time.perf_counter()
        if (yield from self._report(pending)):
            return
        if reason == "budget" or 0 < side.cost < QUICK_SECONDS:
            yield from side.do()
        self.seconds = clock.seconds()
        if self.save:
            yield Checkpointed(self.step, self.save(self))
        yield Finished(self.step, self.tokens, self.seconds, reason)

    def _one_step(self, batch: Batch, lr: float) -> tuple[Tensor, Tensor]:
        """One optimizer step; mean nats of the batch and the gradient's norm, on the device."""
        self.model.train()
        state = None if batch.fresh is None else restart(self.state, batch.fresh)
        masks = _dropout_seed(self.seed, self.step, self.device) if self._dropout else nullcontext()
        with masks:
            nats, penalty, state = self.model.objective(batch.idx, batch.targets, state)
            loss = nats.sum() / batch.asked
            (loss + penalty).backward()
        self.state = None if batch.fresh is None else detach(state)
        clip = self.settings.grad_clip or float("inf")
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), clip)
        set_rate(self.optimizer, lr)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.tokens += batch.asked
        return loss.detach(), norm.detach()

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
                yield Failed(step, _diverged(step))
                return True
        pending.clear()
        return False

    def evaluate(self, split: str = "validation", *, whole: bool = False) -> Evaluated:
        """Score a split, or the fixed part of it that the settings ask for."""
        limit = None if whole else self.settings.eval_tokens
        if isinstance(self.model, Mixture) and split == "validation":
            fit_weight(self.model, self.data[split], max_tokens=limit)
        score = evaluate(self.model, self.data[split], max_tokens=limit)
        return Evaluated(
            self.step, self.tokens, split, score.nats_per_token, score.tokens, score.whole
        )

    def _out_of_memory(self) -> str:
        s = self.settings
        return (
            f"The device ran out of memory with {s.batch_size} rows a batch: "
            f"try batch_size {max(1, s.batch_size // 2)}, a shorter context or a smaller model."
        )


class _SideWork:
    """Evaluation and samples: early, then as often as fits into a share of the time."""

    def __init__(self, trainer: Trainer) -> None:
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

    def do(self) -> Iterator[Event]:
        trainer = self.trainer
        if self.done_at == trainer.step:
            return
        self.done_at, began = trainer.step, time.perf_counter()
        if "validation" in trainer.data:
            yield trainer.evaluate()
        if trainer.write:
            yield Sampled(trainer.step, trainer.write(trainer.model))
        self.ended = time.perf_counter()
        self.cost = self.ended - began
        self.spent += self.cost


class _Clock:
    """Seconds of training, pauses left out."""

    def __init__(self, already: float) -> None:
        self._before, self._since = already, time.perf_counter()

    def seconds(self) -> float:
        return self._before + (time.perf_counter() - self._since)

    def stop(self) -> None:
        self._before = self.seconds()

    def go(self) -> None:
        self._since = time.perf_counter()


@contextmanager
def _dropout_seed(seed: int, step: int, device: torch.device) -> Iterator[None]:
    """Dropout masks as a function of (seed, step), leaving the global generators as they were.

    Not so for the masks between the layers of an LSTM on a GPU: cuDNN has a generator of its own.
    """
    on_gpu = device.type == "cuda"
    mixed = hash((seed, step)) & 0x7FFF_FFFF
    with torch.random.fork_rng(devices=[device] if on_gpu else []):
        torch.default_generator.manual_seed(mixed)
        if on_gpu:
            torch.cuda.manual_seed(mixed)  # of the current GPU; torch.manual_seed seeds them all
        yield


def uses_chance(model: LanguageModel) -> bool:
    """Whether training hides something at random, so that each step needs its own seed."""
    parts = [m for m in model.modules() if isinstance(m, LanguageModel)]
    given = [(k, v) for part in parts for k, v in part.settings.to_dict().items()]
    return not model.causal or any("drop" in k and v not in (0, False) for k, v in given)


def _diverged(step: int) -> str:
    return (
        f"The loss stopped being a number at step {step} (it diverged): "
        "try a learning rate ten times lower, or turn gradient clipping on."
    )
