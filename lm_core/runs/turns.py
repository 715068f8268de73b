"""What a worker process has of its runs between their turns: each is in memory, exactly as it was
when its turn was over, and goes on from there at its next.

    turn 1   run A: text read, model built, step 1 with its evaluation and its sample
    turn 2   run B: the same
    turn 3   run A: steps for half a second
    ...

A run is a generator of events, so between two of them everything that makes it is at rest in its
local variables: nothing is written to disk or read again. What a process has only once is kept for
each run: its clocks stand still while others have their turn, the number of threads is set again,
and so are the global random numbers, though no run should draw from them. So a run in turns is to
the bit the run without.
"""

import math
import random
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import torch

from lm_core.training.clock import Seconds, Stopwatch
from lm_core.training.events import Found, Paused, Step

Work = Generator[Any, None, str]  # events, None where there is nothing new; in the end a status

LEFT = "left"  # the status of what goes on elsewhere, or later, from what it saved


class Job:
    """One run in this process. `paused`: its last turn ended because it was to pause. `can_leave`:
    it can be saved between two steps; `leaves`: it is to do so before the next, and to end here as
    LEFT. `cpu` counts the seconds of processor time, of all threads together, that it took here.
    `ready`: when, by its clock, its text was read and its model built.

    Args:
        begin: called with this job, gives what it does; that goes by the job's `clock`.
    """

    def __init__(self, begin: "Callable[[Job], Work]") -> None:
        self.clock, self.cpu, self.paused = Stopwatch(), Stopwatch(time.process_time), False
        self.can_leave = self.leaves = False
        self.ready = 0.0
        self._work = begin(self)
        self._threads = 1  # until the steps have found their number
        self._chance = _chance()
        self._first: int | None = None  # the first step that was seen here
        self._shows = False

    def __repr__(self) -> str:
        return f"Job({self.clock!r}{', paused' * self.paused})"

    def turn(self, seconds: float, clock: Seconds = time.perf_counter) -> str | None:
        """Work for about so many seconds, or to a pause; the status that the run ended with, None
        where it goes on.

        The first turn lasts until a second step is done, by when the first was evaluated and showed
        what the model writes: a run that has begun has something to look at. One without end waits
        out a pause.
        """
        end = clock() + seconds
        self._take_up()
        try:
            while True:
                event = next(self._work)
                self.paused = isinstance(event, Paused)
                over = self._has_shown(event) and clock() >= end
                if over or (self.paused and seconds < math.inf):
                    return None
        except StopIteration as ended:
            return ended.value
        finally:
            self._set_down()

    def close(self) -> None:
        """Forget it, and with it what was not saved."""
        self._work.close()

    def _has_shown(self, event: Any) -> bool:
        if isinstance(event, Step):
            self._first = event.step if self._first is None else self._first
            self._shows = self._shows or event.step > self._first
        self._shows = self._shows or event is None or isinstance(event, Found)
        return self._shows

    def _take_up(self) -> None:
        torch.set_num_threads(self._threads)
        python, numpy, torchs = self._chance
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_rng_state(torchs)
        self.clock.go()
        self.cpu.go()

    def _set_down(self) -> None:
        self.clock.stop()
        self.cpu.stop()
        self._threads, self._chance = torch.get_num_threads(), _chance()


def _chance() -> tuple[Any, Any, torch.Tensor]:
    """The global random numbers as they are now."""
    return random.getstate(), np.random.get_state(), torch.get_rng_state()
