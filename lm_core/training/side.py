"""Evaluation and samples beside the steps: early, then evenly, within a share of the time.

    steps 1, 10, 30, 100, 300, ...    while they come before the first even point
    k / n of the budget               k = 1 .. n; the last is the end

    n = EVALUATIONS, times sqrt(length / LENGTH) where a run is longer than LENGTH

A sample is written at the first ones and at every second of the even ones.
Everything that a run evaluates is the same part of the validation text, so that its evaluations can
be compared with each other. How large that part is gets settled before the first of them: by the
tokens that a budget of steps or tokens will read, which is the same on every machine, or by how
fast this machine scores, where the budget is time. What is kept in the end is scored once more, on
as much as the settings ask for.
"""

import math
import time
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from torch import nn

from lm_core.device import one_thread
from lm_core.training.events import KEPT, Evaluated, Event, Sampled

if TYPE_CHECKING:
    from lm_core.training.settings import Budget
    from lm_core.training.trainer import Trainer

EVALUATIONS = 24  # evenly along a run of up to LENGTH
LENGTH = {"seconds": 60.0, "steps": 2_000, "tokens": 2_000_000}
LADDER = frozenset(k * 10**n for n in range(9) for k in (1, 3)) - {3}

EVALUATING, WRITING, KEEPING = 0.03, 0.02, 0.015  # shares of the time: in all below 8 %
MOST = 0.056  # and of what is left out rather than done, where it takes longer than thought
FREE = 0.4  # seconds of each that every run may spend, so that short ones have a curve
EARLY = 5  # points of the ladder, about
FEW = 128  # tokens: the smallest part that is scored


class SideWork:
    """`spent` is how many seconds all of it took but the first, `cost` those of the last time, of
    which were for `scoring` and, when it last wrote, for `writing`."""

    def __init__(self, trainer: "Trainer") -> None:
        self.trainer, self.ever, self.cost, self.spent = trainer, False, 0.0, 0.0
        self.scoring, self.writing = 0.0, 0.0
        self.done_at, self.rate = -1, 0.0  # seconds that a token takes
        self.last: Evaluated | None = None
        longer = max((given(trainer.budget, k) / length for k, length in LENGTH.items()))
        self.count = 2 * round(EVALUATIONS / 2 * math.sqrt(max(1.0, longer)))
        self.next = self._passed() + 1  # even point
        self.writes = True

    def _progress(self) -> float:
        trainer = self.trainer
        return trainer.budget.progress(trainer.step, trainer.tokens, trainer.seconds)

    def _passed(self) -> int:
        """How many of the even points have been passed."""
        return math.floor(self._progress() * self.count + 1e-9)

    def due(self) -> bool:
        """Whether this step is followed by side work. Each even point is asked for once."""
        every, step, passed = self.trainer.settings.eval_every, self.trainer.step, self._passed()
        if every:
            return step % every == 0
        if passed >= self.next:
            self.next, self.writes = passed + 1, passed % 2 == 0
        elif self.next == 1 and step in LADDER:
            self.writes = True
        else:
            return False
        return self._fits()

    def _fits(self) -> bool:
        """Whether there is time for another one like the last. Which evaluations there are decides
        which weights are kept: a budget that is no time leaves none out, so that the same run has
        the same ones wherever it runs."""
        if self.trainer.budget.seconds is None or self.trainer.step == 1:
            return True
        left = math.sqrt(min(1.0, self._progress())) * self._share(MOST, 2 * FREE) - self.spent
        if self.writes and self.scoring + self.writing > left:
            self.writes = False  # a curve before a text
        return self.scoring + self.writing * self.writes < left

    def _share(self, share: float, least: float = FREE) -> float:
        """Seconds that a share of the time comes to, for a run as long as this one will be; at
        least so many."""
        trainer, progress = self.trainer, self._progress()
        whole = trainer.budget.seconds or trainer.seconds / max(progress, 1e-9)
        return max(least, share * whole)

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
            found = self._evaluated()
            sound = not math.isnan(found[0].nats) if found else _numbers(trainer.model)
            if found and judged:
                trainer.weights.judge(found[0].nats, found[0].scored_tokens)
            if sound:
                found += made_aside(trainer)
            scored = time.perf_counter()
            if sound and self.writes:
                found += written(trainer, self._seconds_to_write())
            written_at = time.perf_counter()
        yield from found
        yield from trainer.beside.notes()
        if self.ever:
            self.cost = time.perf_counter() - began
            self.spent += self.cost
            self.scoring = scored - began
            self.writing = written_at - scored if self.writes else self.writing
        self.ever = True  # the first finds nothing warm and settles much: it is no measure
        return not sound

    def _evaluated(self) -> list[Event]:
        trainer = self.trainer
        if "validation" not in trainer.data:
            return []
        if trainer.part is None and trainer.settings.eval_every:
            trainer.part = trainer.settings.eval_tokens
        if trainer.part is None:
            return self._settle()
        return self._score(trainer.part)

    def _score(self, tokens: int) -> list[Event]:
        """About that many tokens scored, and how fast."""
        began = time.perf_counter()
        found = evaluated(self.trainer, tokens)
        if found:
            self.last = found[0]
            self.rate = (time.perf_counter() - began) / max(1, found[0].scored_tokens)
        return found

    def _settle(self) -> list[Event]:
        """The first evaluation, which settles how much all of them score."""
        trainer = self.trainer
        most, budget = trainer.settings.eval_tokens, trainer.budget
        few, times = min(FEW, most), self.count + EARLY
        if budget.seconds is None:
            tokens = budget.tokens or budget.steps * trainer.tokens / max(1, trainer.step)
            fits = EVALUATING * tokens / times
            few = min(2 * few, most)  # no clock is asked how long that takes
            found: list[Event] = []
        else:
            self._score(few)  # the first one of a process is no measure of those that follow
            found = self._score(few)
            fits = self._share(EVALUATING) / times / max(self.rate, 1e-12)
        trainer.part = _fraction(most, few, fits)
        return found if found and trainer.part == few else self._score(trainer.part)

    def _seconds_to_write(self) -> float:
        """Which a sample should take, about."""
        if self.trainer.settings.eval_every:
            return math.inf
        return self._share(WRITING) / (self.count / 2 + EARLY)

    def end(self, *, quick: float = math.inf) -> Generator[Event, None, None]:
        """Score what is kept, which the model holds, on as much as the settings ask for; nothing
        where the last evaluation was that.

        Args:
            quick: seconds that it may take.
        """
        trainer, tokens = self.trainer, self.trainer.settings.eval_tokens
        if "validation" not in trainer.data or trainer.part is None:
            return
        if trainer.budget.seconds is not None and not trainer.settings.eval_every:
            quick = min(quick, max(FREE, KEEPING * trainer.seconds))
        if quick < math.inf and self.rate:
            tokens = _fraction(tokens, trainer.part, quick / self.rate)
        step, last = trainer.weights.kept_step or trainer.step, self.last
        if last is not None and (last.step, tokens) == (step, trainer.part):
            return  # nothing that the last evaluation has not said
        for event in evaluated(trainer, tokens):
            yield Evaluated(step, event.tokens, KEPT, event.nats, event.scored_tokens, event.whole)


def given(budget: "Budget", kind: str) -> float:
    """What a budget of this kind comes to; 0 for one of another kind."""
    return getattr(budget, kind) or 0.0


def _fraction(most: int, few: int, fits: float) -> int:
    """The largest of `most`, a half, a quarter, ... of it that is no more than `fits`; at least
    `few`."""
    tokens = most
    while tokens > max(few, fits):
        tokens //= 2
    return max(tokens, few)


def _numbers(model: nn.Module) -> bool:
    return all(bool(p.isfinite().all()) for p in model.parameters())


def evaluated(trainer: "Trainer", tokens: int | None = None) -> list[Event]:
    """The validation text scored, where there is one and it fits into memory: about `tokens` of
    it, or as many as the settings ask for."""
    if "validation" not in trainer.data:
        return []
    found = trainer.beside.ask("The evaluation", lambda: trainer.evaluate(tokens=tokens))
    return [] if found is None else [found]


def made_aside(trainer: "Trainer") -> list[Event]:
    """What else is made at an evaluation, as far as it fits into memory."""
    parts = [(getattr(make, "part", "What is made aside"), make) for make in trainer.aside]
    found = [trainer.beside.ask(part, partial(make, trainer)) for part, make in parts]
    return [event for event in found if event is not None]


def written(trainer: "Trainer", seconds: float = math.inf) -> list[Event]:
    """What the model writes in about so many seconds, where it is let write and that fits into
    memory."""
    if not trainer.write:
        return []
    found = trainer.beside.ask("The sample", lambda: _sampled(trainer, seconds))
    return [] if found is None else [found]


def _sampled(trainer: "Trainer", seconds: float) -> Sampled:
    """`write` gives a text, or a text and its pieces."""
    with one_thread():
        told = trainer.write(trainer.model, seconds)
    text, pieces = (told, ()) if isinstance(told, str) else told
    return Sampled(trainer.step, text, pieces)
