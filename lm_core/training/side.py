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
from collections.abc import Generator
from dataclasses import replace
from functools import partial

from torch import nn

from lm_core.device import one_thread
from lm_core.training.events import KEPT, Evaluated, Event, Preview, Sampled
from lm_core.training.settings import Budget
from lm_core.training.state import Training

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

    def __init__(self, training: Training) -> None:
        self.training, self.ever, self.cost, self.spent = training, False, 0.0, 0.0
        self.scoring, self.writing = 0.0, 0.0
        self.done_at = self.wrote_at = -1  # steps
        self.rate = 0.0  # seconds that a token takes
        self.last: Evaluated | None = None
        longer = max((given(training.budget, k) / length for k, length in LENGTH.items()))
        self.count = 2 * round(EVALUATIONS / 2 * math.sqrt(max(1.0, longer)))
        self.next = self._passed() + 1  # even point
        self.writes = True

    def _passed(self) -> int:
        """How many of the even points have been passed; a last step may take more than is left."""
        return min(self.count, math.floor(self.training.progress * self.count + 1e-9))

    def due(self) -> bool:
        """Whether this step is followed by side work. Each even point is asked for once."""
        every, step, passed = self.training.settings.eval_every, self.training.step, self._passed()
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
        if self.training.budget.seconds is None or self.training.step == 1:
            return True
        left = (
            math.sqrt(min(1.0, self.training.progress)) * self._share(MOST, 2 * FREE) - self.spent
        )
        if self.writes and self.scoring + self.writing > left:
            self.writes = False  # a curve before a text
        return self.scoring + self.writing * self.writes < left

    def _share(self, share: float, least: float = FREE) -> float:
        """Seconds that a share of the time comes to, for a run as long as this one will be; at
        least so many."""
        training, progress = self.training, self.training.progress
        whole = training.budget.seconds or training.seconds / max(progress, 1e-9)
        return max(least, share * whole)

    def do(self, *, judged: bool = True) -> Generator[Event, None, bool]:
        """Evaluate and write, with the weights that are to be judged; True where they have
        diverged, which a loss shows only at the next step.

        Args:
            judged: whether the evaluation counts for the best and for the patience. One that is
                there only because the run was stopped does not, so that a resume stays exact.
        """
        training, step = self.training, self.training.step
        anew, writes = self.done_at != step, self.writes and self.wrote_at != step
        if not anew and not writes:
            return False
        self.done_at, began = step, training.clock()
        self.wrote_at = step if writes else self.wrote_at
        with training.weights.shown():
            found, sound = [], True
            if anew:
                found = self._evaluated()
                sound = not math.isnan(found[0].loss) if found else _numbers(training.model)
            if found and judged:
                training.weights.judge(found[0].loss, found[0].scored_tokens)
            if sound and anew:
                found += made_aside(training)
            scored = training.clock()
            if sound and writes:
                found += written(training, self._seconds_to_write())
            written_at = training.clock()
        yield from found
        yield from training.beside.notes(training.step)
        if self.ever:
            self.cost = training.clock() - began
            self.spent += self.cost
            self.scoring = scored - began
            self.writing = written_at - scored if writes else self.writing
        self.ever = True  # the first finds nothing warm and settles much: it is no measure
        return not sound

    def _evaluated(self) -> list[Event]:
        training = self.training
        if "validation" not in training.data:
            return []
        if training.part is None and training.settings.eval_every:
            training.part = training.settings.eval_tokens
        if training.part is None:
            return self._settle()
        return self._score(training.part)

    def _score(self, tokens: int) -> list[Event]:
        """About that many tokens scored, and how fast."""
        began = self.training.clock()
        found = evaluated(self.training, tokens)
        if found:
            self.last = found[0]
            self.rate = (self.training.clock() - began) / max(1, found[0].scored_tokens)
        return found

    def _settle(self) -> list[Event]:
        """The first evaluation, which settles how much all of them score."""
        training = self.training
        most, budget = training.settings.eval_tokens, training.budget
        few, times = min(FEW, most), self.count + EARLY
        if budget.seconds is None:
            tokens = budget.tokens or budget.steps * training.tokens / max(1, training.step)
            fits = EVALUATING * tokens / times
            few = min(2 * few, most)  # no clock is asked how long that takes
            found: list[Event] = []
        else:
            self._score(few)  # the first one of a process is no measure of those that follow
            found = self._score(few)
            fits = self._share(EVALUATING) / times / max(self.rate, 1e-12)
        training.part = _fraction(most, few, fits)
        return found if found and training.part == few else self._score(training.part)

    def _seconds_to_write(self) -> float:
        """Which a sample should take, about."""
        if self.training.settings.eval_every:
            return math.inf
        return self._share(WRITING) / (self.count / 2 + EARLY)

    def end(self, *, quick: float = math.inf) -> Generator[Event, None, None]:
        """Score what is kept, which the model holds, on as much as the settings ask for; nothing
        where the last evaluation was that.

        Args:
            quick: seconds that it may take.
        """
        training, tokens = self.training, self.training.settings.eval_tokens
        if "validation" not in training.data or training.part is None:
            return
        if training.budget.seconds is not None and not training.settings.eval_every:
            quick = min(quick, max(FREE, KEEPING * training.seconds))
        if quick < math.inf and self.rate:
            tokens = _fraction(tokens, training.part, quick / self.rate)
        step, last = training.weights.kept_step or training.step, self.last
        if last is not None and (last.step, tokens) == (step, training.part):
            return  # nothing that the last evaluation has not said
        for event in evaluated(training, tokens):
            yield replace(event, step=step, split=KEPT)


def given(budget: Budget, kind: str) -> float:
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


def evaluated(training: Training, tokens: int | None = None) -> list[Event]:
    """The validation text scored, where there is one and it fits into memory: about `tokens` of
    it, or as many as the settings ask for."""
    if "validation" not in training.data:
        return []
    found = training.beside.ask("The evaluation", lambda: training.evaluate(tokens=tokens))
    return [] if found is None else [found]


def made_aside(training: Training) -> list[Event]:
    """What else is made at an evaluation, as far as it fits into memory."""
    parts = [(getattr(make, "part", "What is made aside"), make) for make in training.aside]
    found = [training.beside.ask(part, partial(make, training)) for part, make in parts]
    return [event for event in found if event is not None]


def written(training: Training, seconds: float = math.inf) -> list[Event]:
    """What the model writes in about so many seconds, where it is let write and that fits into
    memory."""
    if not training.write:
        return []
    found = training.beside.ask("The sample", lambda: _sampled(training, seconds))
    return [] if found is None else [found]


def _sampled(training: Training, seconds: float) -> Sampled | None:
    """`write` gives a text, or a preview, or None where there is nothing to show."""
    with one_thread():
        told = training.write(training.model, seconds)
    told = Preview(told) if isinstance(told, str) else told
    return None if told is None else Sampled(training.step, **vars(told))
