"""Seconds of training: pauses left out, and the turns of other runs in the same process."""

import time
from collections.abc import Callable

Seconds = Callable[[], float]  # a clock: seconds since some moment


class Stopwatch:
    """A clock that stands still while it is stopped; called, it says the seconds it went."""

    def __init__(self, clock: Seconds = time.perf_counter) -> None:
        self._clock, self._before, self._since = clock, 0.0, clock()
        self.going = True

    def __repr__(self) -> str:
        return f"Stopwatch({self():.3f} s, {'going' if self.going else 'stopped'})"

    def __call__(self) -> float:
        return self._before + (self._clock() - self._since if self.going else 0.0)

    def stop(self) -> None:
        self._before, self.going = self(), False

    def go(self) -> None:
        if not self.going:
            self._since, self.going = self._clock(), True


class Clock:
    """Args:
    already: seconds trained before, by a run that is resumed.
    """

    def __init__(self, already: float, clock: Seconds = time.perf_counter) -> None:
        self._watch, self._before = Stopwatch(clock), already

    def seconds(self) -> float:
        return self._before + self._watch()

    def stop(self) -> None:
        self._watch.stop()

    def go(self) -> None:
        self._watch.go()
