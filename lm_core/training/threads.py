"""On how many threads the steps compute, chosen by measuring while they train.

Which number is best depends on who else computes. Threads meet some hundred times in a step, and
one that waits for a core holds up all: on two cores two threads train a small Transformer 1.4 times
as fast as one, and beside a single busy process up to forty times as slowly. So a training begins
on one thread and then tries the next larger and the next smaller number now and then,

    cost(n) = seconds per token of a few laps on n threads, the worst lap left out

and keeps the cheaper. A lap is a step, or as many as take LAP together. Before more threads than
now are tried on steps they multiply a small matrix for a moment: where that shows them waiting for
a core, no step is spent on them. A trial ends at once when a lap is much slower. What trials and
that look took beyond steps as they are now is added up and stays below SHARE of the time, but for
the last one; and where nothing changes trials grow rarer. All of it is said in seconds of the
training itself, so nothing here asks the system how busy it is.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from statistics import fmean

import torch

from lm_core.training.state import Training

LAP = 0.02  # seconds
LAPS, TRIAL = 5, 3  # by which a cost is known: of the present number, and of another on trial
BETTER = 0.97  # of the present cost, from which on another number is taken
SLOW = 2.0  # times the present cost, from which on a trial is given up
MOVED = 1.3  # times a cost, from which on the world has changed
SHARE = 0.02  # of the time, that trials may lose
SOON, LATE = 0.5, 20.0  # seconds between two trials, at first and at most
LOOK = 0.02  # seconds that a small product is repeated for
ROOM = 1.2  # times what the product takes undisturbed, up to which nobody waits for a core
SMALL_STEP = 2e9  # multiply-adds


def chooser(training: Training) -> "Kept":
    """What the steps of `training` are taken in. Only those of one process on a processor are tried
    on several numbers, and not where the bits are to be the same each time: then a large step has
    all threads and a small one, which is over before several have met, one."""
    most, s = training.threads, training.settings
    if most is None:
        return Kept()
    if s.deterministic:
        tokens = s.batch_size * getattr(training.model.settings, "block_size", 1)
        most = most if 3 * tokens * training.model.n_parameters > SMALL_STEP else 1
    elif most > 1 and training.device.type == "cpu" and training.team.size == 1:
        return Threads(most, clock=training.clock)
    torch.set_num_threads(most)
    return Kept()


def product_seconds(threads: int) -> tuple[float, float]:
    """Seconds that a product of two small matrices takes on so many threads, over a moment: the
    mean, and the fastest. A thread that shares its core loses it in that time, which the mean shows
    and the fastest does not."""
    torch.set_num_threads(threads)
    a = torch.ones(256, 256)
    a @ a  # a first time, for threads that have to be started
    taken: list[float] = []
    began = last = time.perf_counter()
    while len(taken) < 3 or last - began < LOOK:
        a @ a
        taken.append((now := time.perf_counter()) - last)
        last = now
    return fmean(taken), min(taken)


def has_room(
    more: int, fewer: int, look: Callable[[int], tuple[float, float]] = product_seconds
) -> bool:
    """Whether `more` threads find a core each, as far as a moment can tell: what they do takes no
    longer in the mean than what `fewer` do undisturbed, or not much."""
    return look(more)[0] < ROOM * look(fewer)[1]


def at_a_glance(most: int) -> int:
    """For what has no steps to tell by (a count, an evaluation): all threads where there is room
    for them, else one."""
    return most if most > 1 and has_room(most, 1) else 1


class Kept:
    """The number that torch is set to."""

    def step(self, training: Training) -> AbstractContextManager:
        """Around one step."""
        return nullcontext()


class Threads(Kept):
    """Chooses among 1 and a few shares of `most`.

    Args:
        clock: seconds.
        use: sets the number of threads.
        look: seconds that a small product takes on so many threads, the mean and the fastest.
    """

    def __init__(
        self,
        most: int,
        *,
        clock: Callable[[], float] = time.perf_counter,
        use: Callable[[int], None] = torch.set_num_threads,
        look: Callable[[int], tuple[float, float]] = product_seconds,
    ) -> None:
        self.numbers = sorted({1, *(max(1, most // share) for share in (4, 2, 1))})
        self.clock, self.use, self.look = clock, use, look
        self.now = 1
        self.lost = 0.0  # seconds, by trials
        self._laps = _Laps()
        self._trial: _Laps | None = None
        self._trying, self._up = 1, True
        self._before: float | None = None  # cost when there was a trial last
        self._began = self._next = clock()
        self._wait = SOON
        use(1)

    def __repr__(self) -> str:
        return f"Threads({self.now} of {self.numbers[-1]})"

    @contextmanager
    def step(self, training: Training) -> Iterator[None]:
        """As above; beside the steps torch is set to the number that is best now."""
        if self._trial is None and self._laps.enough:
            self._look_around()
        self.use(self.now if self._trial is None else self._trying)
        began, tokens = self.clock(), training.tokens
        try:
            yield
        finally:
            self.use(self.now)
        self._hear(self.clock() - began, training.tokens - tokens)

    def _look_around(self) -> None:
        """Begin a trial where it is time for one. Steps that have become slower than they were at
        the last one cannot lose by it; what else looks like another world can."""
        cost, before = self._laps.cost, self._before or self._laps.cost
        slower, faster = cost > MOVED * before, cost < before / MOVED
        jump = self.now > 1 and self._laps.last > SLOW * before
        now = self.clock()
        due = now >= self._next or slower or faster or jump
        if (due and self.lost <= SHARE * (now - self._began)) or (slower and self.now > 1):
            if slower or faster:
                self._wait = SOON
            self._begin(up=not (slower or jump) and self._up)

    def _begin(self, *, up: bool) -> None:
        """A trial of the number above or below; of the only one at an end. A direction that proved
        good is taken again."""
        at = self.numbers.index(self.now)
        if not 0 < at < len(self.numbers) - 1:
            up = at == 0
        self._up, self._trying = up, self.numbers[at + (1 if up else -1)]
        if up and not self._room():
            self._end()
        else:
            self._trial = _Laps()

    def _room(self) -> bool:
        """Whether to try more threads; the look is paid for like a trial."""
        began = self.clock()
        try:
            return has_room(self._trying, self.now, self.look)
        finally:
            self.lost += self.clock() - began

    def _hear(self, seconds: float, tokens: int) -> None:
        """Of a step that is done."""
        laps = self._trial or self._laps
        if not laps.add(seconds, tokens) or self._trial is None:
            return
        now = self._laps.cost
        given_up = laps.last > SLOW * now
        if given_up or len(laps.costs) == TRIAL:
            self.lost += max(0.0, laps.seconds - laps.tokens * now)
            if not given_up and laps.cost < BETTER * now:
                self.now, self._laps, self._wait = self._trying, laps, SOON
            self._end()

    def _end(self) -> None:
        """The trial is over, or needs no step; the next can wait twice as long."""
        self._trial = None
        if self.now != self._trying:
            self._up = not self._up
        self.use(self.now)
        self._laps.fresh = True  # threads that were away have to come back
        self._before = self._laps.cost
        self._next = self.clock() + self._wait
        self._wait = min(2 * self._wait, LATE)


class _Laps:
    """Seconds per token of the last laps on one number of threads. The first one after a change is
    not among them."""

    def __init__(self) -> None:
        self.costs: deque[float] = deque(maxlen=LAPS)
        self.seconds, self.tokens = 0.0, 0  # of all
        self.fresh, self.last = True, 0.0
        self._lap, self._read = 0.0, 0

    def add(self, seconds: float, tokens: int) -> bool:
        """One step more; whether a lap is complete with it."""
        self.seconds, self.tokens = self.seconds + seconds, self.tokens + tokens
        self._lap, self._read = self._lap + seconds, self._read + tokens
        if self._lap < LAP or not self._read:
            return False
        self.last = self._lap / self._read
        if not self.fresh:
            self.costs.append(self.last)
        self._lap, self._read, self.fresh = 0.0, 0, False
        return True

    @property
    def enough(self) -> bool:
        """Whether there is a cost to compare with."""
        return len(self.costs) > 1 and not self.fresh

    @property
    def cost(self) -> float:
        """Seconds per token: the mean without the worst of three or more."""
        costs = sorted(self.costs)
        return fmean(costs[:-1] if len(costs) > 2 else costs)
