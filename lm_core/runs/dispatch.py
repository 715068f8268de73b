"""Every run has its turns in the workers: who begins, who is next, and what becomes of a run whose
worker died.
"""

import contextlib
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future

from lm_core.errors import LabError, RunNotFound, StoreUnavailable
from lm_core.machine import free_memory
from lm_core.runs.caps import ALONE, caps
from lm_core.runs.presence import Presence
from lm_core.runs.processes import WorkerDied
from lm_core.runs.queue import (
    Going,
    Outlook,
    Turns,
    counts,
    done_by_all,
    fair_order,
    outlooks,
    seconds_left,
)
from lm_core.runs.store import ACTIVE, WAITING, Run, RunStore
from lm_core.runs.worker import execute, put_away

COUNTED = 3.0  # seconds within which a model that counts is done, as a rule
PARKED = 60.0  # seconds after which a paused run is on disk and no longer in memory
NEEDED = 400e6  # bytes that are free before another run is begun beside those that go on
DEATHS = 2  # so many processes may end in the turns of a run; then it is not begun again by itself
CAN_GO_ON = "Press Resume to go on from the last checkpoint; nothing that was shown is lost."
WENT_ON = "Nothing that was shown is lost: it goes on by itself from the last checkpoint."
KILLED = f"It did not stop in time, so its process was ended. {CAN_GO_ON}"
STOP_SECONDS = 5.0  # a run that has not stopped by itself after this is ended


class Dispatch:
    """The part of a `RunManager` that hands turns to its backend."""

    store: RunStore
    backend: Executor
    slots: int
    _presence: Presence
    _turns: Turns
    _running: dict[str, Future]  # whose turn it is
    _killed: set[str]  # of those, whose process was ended here
    _served: dict[str, int]
    _ends: dict[str, tuple[str, str]]
    _outlooks: tuple[float, dict[str, Outlook]]
    _lock: threading.RLock
    _closing: threading.Event
    held: bool  # by the teacher: no turn begins
    _write_ends: Callable[[], None]

    def outlook(self, run: str) -> Outlook | None:
        """With how many a run shares, how often it moves and when it is done, about; None where it
        has no turns. Computed once a second for all who look, who wait for no lock."""
        at, found = self._outlooks
        if time.monotonic() - at > 1.0:
            found = outlooks(self.left(), places=self.slots, turn=caps().turn)
            self._outlooks = time.monotonic(), found
        return found.get(run)

    @property
    def every(self) -> float:
        """Seconds from one turn of a run to its next, about; 0 where none waits for another."""
        sharing = len(self._turns.awake())
        return caps().turn * sharing / self.slots if sharing > self.slots else 0.0

    def done_in(self, seconds: float) -> float:
        """About how long it would take from now to compute one more run of so many seconds."""
        return done_by_all(self.left().values(), seconds, places=self.slots)

    def left(self) -> dict[str, float | None]:
        """Seconds that each run which has turns still computes; None where nobody knows."""
        going = self._turns.awake()
        return {one.run: None if math.isinf(one.left) else one.left for one in going}

    def _own(self, run: str, *, goes_on: str = "queued") -> None:
        """Whoever steers a run has it alone: where others watch it they part (see
        `lm_core.runs.joined`)."""
        with self._lock:
            if self.store.get(run).follows:
                self.store.part(run, goes_on=goes_on)
            else:
                self.store.lead(run)
            self._dispatch()

    def _heard(self, run: str) -> None:
        """Something was asked of a run: its turn comes next, also where it was paused."""
        with self._lock:
            going = self._turns.going.get(run)
            if going is not None:
                going.urgent = True
                if going.state == "asleep":
                    self._into(going, "ready")
                self._dispatch()

    def _order(self, waiting: list[Run]) -> list[Run]:
        going = [run for run in self.store.runs_with(ACTIVE) if run.status != "paused"]
        return fair_order(waiting, going, self._served)

    def _dispatch(self) -> None:
        """Give each free place its next turn: to a run that was asked something, a fresh one, or
        whoever has had the least."""
        with self._lock:
            if self._closing.is_set():
                return
            self._count_places()
            for place in self._turns.free():
                going, moving = self._turns.asked(place, self._heard_now), None
                going = going or (None if self.held else self._fresh(place))
                if going is None and not self.held:
                    moving = self._turns.to_move()
                    going = self._turns.next(place)
                if moving is not None and moving.place == place:
                    self._put_away(moving)
                elif going is not None:
                    self._begin_turn(going, place)

    def _heard_now(self, going: Going) -> bool:
        """Whether what a run was asked is heard: always, but while all is held a stop alone."""
        return not self.held or self.store.requested(going.run).state == "stop"

    def _count_places(self) -> None:
        """A cluster may have others than a moment ago."""
        places = getattr(self.backend, "places", None)
        if places is not None:
            self._turns.has(places)
            self.slots = max(1, len(places))

    def _fresh(self, place: int) -> Going | None:
        """A run that waits to be begun, and may be."""
        waiting = self.store.runs_with(WAITING)
        if not waiting or (self._turns.awake() and (free_memory() or NEEDED) < NEEDED):
            return None
        for run in self._order(waiting):
            if run.server != self._presence.id or run.id in self._turns.going:
                continue
            if self._turns.of(run.owner) >= caps().runs_at_once:
                continue
            attempt = self.store.hand_over(run.id)
            self._served[run.owner] = max(self._served.values(), default=0) + 1
            going = self._turns.begin(run.id, run.owner, attempt, place)
            going.left = _known(seconds_left(self.store, run))
            turn = caps().turn
            going.lasts = COUNTED if counts(run) else turn if turn >= ALONE else 0.0
            return going
        return None

    def _begin_turn(self, going: Going, place: int) -> None:
        if going.place is None:  # it was on disk
            going.attempt, going.place = self.store.hand_over(going.run), place
        going.urgent = False
        going.steps = self.store.requested(going.run).single_steps
        self._into(going, "busy")
        asked = (str(self.store.folder), going.run, going.attempt, going.lasts)
        going.lasts = caps().turn
        future = self.backend.submit_to(place, execute, *asked)
        self._running[going.run] = future
        future.add_done_callback(lambda f, run=going.run: self._turned(run, f))

    def _turned(self, run: str, future: Future) -> None:
        """A turn is over, and perhaps the run."""
        with self._lock:
            self._running.pop(run, None)
            going = self._turns.going.get(run)
            told = None if _error(future) or future.cancelled() else future.result()
            if going is not None and isinstance(told, dict):
                self._turns.used[going.owner] += told["seconds"]
                self._rests(going, paused=told["paused"])
            elif going is not None and self._may_go_on(going, future):
                going.deaths += 1
                self._into(going, "ready")
            else:
                self._turns.end(run)
                if not self._closing.is_set() or not isinstance(_error(future), WorkerDied):
                    self._ends |= self._how_ended(run, future)
            self._killed.discard(run)
            with contextlib.suppress(StoreUnavailable):  # the keeper tries it again
                self._write_ends()
                self._dispatch()

    def _rests(self, going: Going, *, paused: bool) -> None:
        """After a turn. What it was asked meanwhile it hears at once."""
        self._into(going, "asleep" if paused and not going.urgent else "ready")
        with contextlib.suppress(StoreUnavailable, RunNotFound):
            going.left = _known(seconds_left(self.store, self.store.get(going.run)))

    def _may_go_on(self, going: Going, future: Future) -> bool:
        """Whether a run whose process ended is begun again from what it saved. Those that had no
        turn at that moment always are."""
        died = isinstance(_error(future), WorkerDied)
        if not died or self._closing.is_set() or going.run in self._killed:
            return False
        if going.deaths + 1 >= DEATHS:
            return False
        try:
            row = self.store.get(going.run)
            if row.kind != "train" or row.requested == "stop":
                return False
            self.store.update(going.run, message=f"{_error(future)} {WENT_ON}")
        except (StoreUnavailable, RunNotFound):
            return False
        return True

    def _put_away(self, going: Going) -> None:
        """Save a run and let its process forget it."""
        self._into(going, "moving")
        folder = str(self.store.folder)
        future = self.backend.submit_to(going.place, put_away, folder, going.run)
        future.add_done_callback(lambda f, run=going.run: self._put(run, f))

    def _park(self) -> None:
        """Runs that have been paused for long leave the memory of their process."""
        with self._lock:
            for going in [*self._turns.going.values()]:
                parked = time.monotonic() - going.since > PARKED
                if going.state == "asleep" and parked and going.place in self._turns.free():
                    self._put_away(going)

    def _kill(self, run: str) -> None:
        """End the process of a run that does not listen in its turn: it has much to do, or was
        halted."""
        with self._lock:
            if run not in self._running and not self._turns.places:  # all have left the cluster
                self._turns.end(run)
                self._ends[run] = "stopped", CAN_GO_ON
            elif run not in self._running:
                self._heard(run)  # it waits for its turn, which comes next
            elif time.monotonic() - self._turns.going[run].since > STOP_SECONDS:
                self._killed.add(run)
                self.backend.kill(self._running[run])

    def _put(self, run: str, future: Future) -> None:
        with self._lock:
            going = self._turns.going.get(run)
            if going is None:
                return
            if not future.cancelled() and _error(future) is None and future.result():
                going.place = None
            self._into(going, "ready")  # whatever the store says: its place is free again
            with contextlib.suppress(StoreUnavailable):
                if self.store.requested(run).state == "pause" and not going.urgent:
                    self._into(going, "asleep")
                self._dispatch()

    def _into(self, going: Going, state: str) -> None:
        going.state, going.since = state, time.monotonic()

    def _how_ended(self, run: str, future: Future) -> dict[str, tuple[str, str]]:
        """Status and message of the run; nothing where the worker has written them itself."""
        if future.cancelled():
            return {run: ("stopped", "")}
        match _error(future):
            case None:
                return {}
            case WorkerDied() if run in self._killed:
                return {run: ("stopped", KILLED)}
            case WorkerDied() as error:
                return {run: ("interrupted", f"{error} {CAN_GO_ON}")}
            case LabError() as error:
                return {run: ("failed", str(error))}
            case error:
                return {run: ("failed", f"A defect of the lab ended this run ({error}).")}


def _known(seconds: float | None) -> float:
    """Whoever takes any time takes for ever."""
    return math.inf if seconds is None else seconds


def _error(future: Future) -> BaseException | None:
    return None if future.cancelled() else future.exception()
