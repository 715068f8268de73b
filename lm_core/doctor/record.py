"""What is known of a training: the few figures of its course that verdicts are made from.

A record is fed with the events of a run, while it goes on or afterwards from what was kept, and
says the same in both cases. Losses of single steps jump with the text of their batch, so what is
called the loss here is the median of the last `STEPS` steps, or of those in which the last `TOKENS`
tokens were read where they are more: a single step that goes wrong does not move it.
"""

import math
from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from lm_core.doctor.texts import TextFacts
from lm_core.settings import Settings
from lm_core.training import TrainSettings
from lm_core.training.events import Evaluated, Event, Examined, Step

EVERY_TOKEN = "every token alike would be ln V"
STEPS, TOKENS = 10, 4000
NORMS = 100  # gradients that a new one is compared with,
ENOUGH_NORMS = 3  # and how many there must be


@dataclass(frozen=True)
class Climb:
    """From the lowest loss until then to a higher one, each with its step."""

    low: float
    low_step: int
    high: float
    high_step: int

    @property
    def nats(self) -> float:
        return self.high - self.low


@dataclass
class Scored:
    """One evaluation of the validation text, and the training loss at that time."""

    step: int
    tokens: int  # read by then
    nats: float
    train: float


@dataclass
class Record:
    """Args:
    uniform: what guessing blindly costs, in nats: ln V, of every token alike.
    epoch: tokens in one reading of the training text.
    model, train: the run's settings.
    facts: what the texts say, once it is known.
    twice: the same evaluation done twice, once it was, and after which step.
    total: what the probabilities of all next tokens come to after the same few, whether every one
        was asked for, and after which step; once it is known.
    descends: whether its steps follow a gradient.
    fresh: whether it begins with random weights.
    blindly: what guessing blindly is, in words.
    judge: what the loss is called, and counted in: bounds of so many nats are for a surprise.
    game: whether several learn against each other, whose losses need not fall.
    """

    uniform: float
    epoch: int
    model: Settings = field(default_factory=Settings)
    train: TrainSettings = field(default_factory=TrainSettings)
    facts: TextFacts | None = None
    twice: tuple[float, float, int] | None = None
    total: tuple[float, bool, int] | None = None
    descends: bool = True
    fresh: bool = True
    blindly: str = EVERY_TOKEN
    judge: str = "nats"
    game: bool = False

    first: float | None = None  # the loss of the untrained model on the first batch
    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    broken: int | None = None  # the step at which a loss stopped being a number
    loss: float = math.nan
    best: float = math.inf  # the lowest loss so far, that of the untrained model among them,
    best_step: int = 0  # and its step
    climb: Climb | None = None  # the highest so far, whatever came after it
    losses: list[float] = field(default_factory=list)  # after each step
    top_rate: tuple[float, int] = (0.0, 0)  # the highest rate so far, and the first step at it
    spike: tuple[int, float, float] | None = None  # the worst gradient: step, norm, usual norm
    scored: list[Scored] = field(default_factory=list)
    examined: tuple[int, dict[str, Any]] | None = None
    ratios: list[tuple[int, float]] = field(default_factory=list)  # step, median update ratio

    _window: deque = field(default_factory=deque)  # (nats, tokens) of the last steps
    _sorted: list[float] = field(default_factory=list)  # their nats
    _read: int = 0  # their tokens
    _norms: deque = field(default_factory=lambda: deque(maxlen=NORMS))

    @property
    def moved(self) -> float | None:
        """The largest update ratio seen since the highest rate was reached: before, in a warm-up,
        it says little."""
        return max((ratio for step, ratio in self.ratios if step >= self.top_rate[1]), default=None)

    def add(self, event: Event) -> None:
        """Hear of one event; those of other kinds change nothing."""
        match event:
            case Step():
                self._add_step(event)
            case Evaluated(split="validation"):
                # What counts may know no chance for a token; a model that descends has run away.
                if math.isnan(event.loss) or (self.descends and math.isinf(event.loss)):
                    self.broken = self.broken or event.step
                else:
                    self.scored.append(Scored(event.step, self.tokens, event.loss, self.loss))
            case Examined():
                self.examined = (event.step, event.data)
                ratios = [w["update_ratio"] for w in event.data["weights"]]
                if known := [ratio for ratio in ratios if ratio is not None]:
                    self.ratios.append((event.step, median(known)))

    def _add_step(self, step: Step) -> None:
        if not (math.isfinite(step.loss) and math.isfinite(step.grad_norm)):
            self.broken = self.broken or step.step
            return
        if step.step == 1:
            self.first = self.best = step.loss
            self.best_step = 1
        read = step.tokens - self.tokens
        self.step, self.tokens, self.seconds = step.step, step.tokens, step.seconds
        if step.lr > self.top_rate[0]:
            self.top_rate = (step.lr, step.step)
        self._smooth(step.loss, max(1, read))
        if len(self._norms) >= ENOUGH_NORMS and step.grad_norm > (self.spike or (0, 1.0, 0))[1]:
            self.spike = (step.step, step.grad_norm, median(self._norms))
        self._norms.append(step.grad_norm)

    def _smooth(self, nats: float, tokens: int) -> None:
        self._window.append((nats, tokens))
        insort(self._sorted, nats)
        self._read += tokens
        while len(self._window) > STEPS and self._read - self._window[0][1] >= TOKENS:
            old, n = self._window.popleft()
            del self._sorted[bisect_left(self._sorted, old)]
            self._read -= n
        middle = len(self._sorted) // 2
        self.loss = (self._sorted[middle] + self._sorted[-middle - 1]) / 2
        self.losses.append(self.loss)
        if len(self._window) >= STEPS:
            self._compare()

    def _compare(self) -> None:
        """The loss with the lowest one before."""
        if self.loss - self.best > (self.climb.nats if self.climb else 0.0):
            self.climb = Climb(self.best, self.best_step, self.loss, self.step)
        if self.loss < self.best and self._read >= TOKENS:
            self.best, self.best_step = self.loss, self.step
