"""RunManager: takes specs, gives every run its turns in the workers, notices when these die.

One for the whole server. It holds no visitor's data: everything about a run is in the store. The
backend is a `concurrent.futures.Executor` of several places (local processes by default), which
also has `submit_to(place, function, *args)`, `kill(future)` and `workers`, the number of places.
"""

import contextlib
import logging
import math
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import Any

from lm_core.errors import LabError, RunNotFound, StoreUnavailable
from lm_core.machine import free_memory
from lm_core.runs import limits
from lm_core.runs.caps import caps, complaints
from lm_core.runs.given_texts import GivenTexts
from lm_core.runs.leaving import Leaving
from lm_core.runs.presence import Presence
from lm_core.runs.processes import LocalProcesses, WorkerDied, worker_count
from lm_core.runs.queue import (
    Going,
    Outlook,
    Turns,
    done_by_all,
    fair_order,
    outlooks,
    seconds_left,
)
from lm_core.runs.quota import Quota, check_free
from lm_core.runs.spec import RunSpec
from lm_core.runs.steering import Steering
from lm_core.runs.store import ACTIVE, WAITING, Run, RunStore
from lm_core.runs.worker import execute, put_away

TURN = 1.0  # seconds that a run computes before the next one has its turn
PARKED = 60.0  # seconds after which a paused run is on disk and no longer in memory
NEEDED = 400e6  # bytes that are free before another run is begun beside those that go on
DEATHS = 2  # so many processes may end in the turns of a run; then it is not begun again by itself
STOP_SECONDS = 5.0  # a run that has not stopped by itself after this is ended
SEEN_EVERY = 20.0  # seconds between two notes that a visitor's page is open
TIDY_EVERY = 600.0  # seconds between two looks at how much is kept
CAN_GO_ON = "Press Resume to go on from the last checkpoint; nothing that was shown is lost."
CLOSED = f"The lab was closed while this run was going. {CAN_GO_ON}"
LEFT = f"Its training process has left it. {CAN_GO_ON}"
WENT_ON = "Nothing that was shown is lost: it goes on by itself from the last checkpoint."
KILLED = f"It did not stop in time, so its process was ended. {CAN_GO_ON}"


class RunManager(Steering, GivenTexts, Leaving):
    """Starts, queues and steers runs. Every call that names a run also names its owner.

    Args:
        present: whether an owner has a page open now, whatever it shows.
    """

    def __init__(
        self,
        store: RunStore,
        backend: Executor | None = None,
        *,
        slots: int | None = None,
        present: Callable[[str], bool] = lambda owner: False,
    ) -> None:
        self.store = store
        self._present = present
        self._presence = Presence(store.folder)
        self.backend = backend or LocalProcesses(slots)
        self.slots = slots or getattr(self.backend, "workers", worker_count())
        self._ends: dict[str, tuple[str, str]] = {}  # how runs ended, until the store has it
        self._turns = Turns(self.slots)
        self._running: dict[str, Future] = {}  # whose turn it is
        self._outlooks: tuple[float, dict[str, Outlook]] = (-math.inf, {})
        self._killed: set[str] = set()  # of those, whose process was ended here
        self._served: dict[str, int] = {}  # owner -> how many runs had begun when theirs last did
        self._lock = threading.RLock()  # a run changes hands in one piece
        self._closing = threading.Event()
        self._quota, self._tidied = Quota(store), 0.0
        for sentence in complaints():
            logging.getLogger(__name__).warning(sentence)
        self._recover()
        self._keeper = threading.Thread(target=self._keep, name="run-keeper", daemon=True)
        self._keeper.start()

    def __repr__(self) -> str:
        return f"RunManager({len(self._turns.going)} going, {self.slots} slots)"

    def close(self) -> None:
        """End the workers; running runs save a checkpoint and are marked interrupted."""
        if self._closing.is_set():
            return
        self._closing.set()
        self.backend.shutdown()
        self._keeper.join()
        with contextlib.suppress(StoreUnavailable):
            for run in self.store.runs_with(WAITING + ACTIVE):
                if run.server == self._presence.id:
                    self._end(run, *self._ends.get(run.id, ("interrupted", CLOSED)))
        self._presence.leave()

    # What a visitor can ask for ----------------------------------------------------------------

    def start(
        self,
        spec: RunSpec,
        owner: str,
        *,
        title: str = "",
        kind: str = "train",
        options: dict[str, Any] | None = None,
    ) -> str:
        """Queue a run and return its id; it begins at once when a worker is free.

        Args:
            kind: train, or doctor: the same model is examined as `options` say.

        Raises:
            LabError: the visitor has too many runs waiting, the run is too large or too long, or
                the store cannot be written.
        """
        self._check_waiting(owner)
        check_free(self.store.folder)
        spec = limits.spec(spec)
        title, options = limits.title(title), limits.options(kind, options)
        run = self.store.create(
            owner, title, spec.to_dict(), server=self._presence.id, kind=kind, options=options
        )
        self.store.visit(owner)
        self._dispatch()
        return run

    def resume(self, run: str, owner: str) -> None:
        """Go on: a paused run at once, an ended one from its last checkpoint.

        Raises:
            LabError: as `start`.
        """
        with self._lock:
            row = self._whole(run, owner)
            if row.status in ACTIVE:
                self.store.update(run, requested="run")
                self._heard(run)
            elif not row.active:
                self._check_waiting(owner)
                self.store.update(
                    run,
                    status="queued",
                    requested="run",
                    message="",
                    ended=None,
                    server=self._presence.id,
                )
                self.store.visit(owner)
                self._dispatch()

    def _check_waiting(self, owner: str) -> None:
        everybodys = self.store.runs_with(WAITING)
        if len(everybodys) >= caps().runs_waiting_in_all:
            raise LabError(
                f"{len(everybodys)} runs are waiting for a worker here, as many as this lab takes: "
                "try again when some of them have begun."
            )
        waiting = [r for r in everybodys if r.owner == owner]
        if len(waiting) >= caps().runs_waiting:
            raise LabError(
                f"{len(waiting)} of your runs are waiting already: let one finish or stop one."
            )

    def stop(self, run: str, owner: str) -> None:
        """Stop at the next step boundary; a run that no worker has begun yet at once."""
        with self._lock:
            row = self._whole(run, owner)
            if row.status in WAITING:
                self.store.update(run, status="stopped", ended=time.time())
            elif row.active:
                self.store.update(run, requested="stop", requested_at=time.time())
                if run in self._running:
                    self._running[run].cancel()  # no more than a try: `_turned` hears of it
                self._heard(run)

    def reset(self, run: str, owner: str) -> None:
        """Back to step 0: forget all that an ended run showed and learned, but not its settings,
        title and note. `resume` then begins anew."""
        with self._lock:
            if self._whole(run, owner).active:
                raise LabError("This run is still going: stop it first.")
            self._remove([run, *self.store.clear(run)])
            self.store.update(
                run, status="stopped", message="", lr_scale=1.0, pause_at=None, requested="run"
            )

    def adopt(self, old: str, new: str) -> int:
        """The runs of one owner become those of another, who alone knows them then; how many."""
        with self._lock:
            self._turns.adopt(old, new)
            return self.store.adopt(old, new) if self.store.runs_of(old, children=True) else 0

    def delete(self, run: str, owner: str) -> None:
        """Forget a run that has ended, or that no worker has begun yet, with its checkpoints,
        snapshots and children."""
        with self._lock:
            row = self._whole(run, owner)
            if row.active and not self._waits(row):
                raise LabError("This run is still going: stop it first.")
            self._remove(self.store.delete(run, owner))

    def _waits(self, row: Run) -> bool:
        """Whether no worker has begun it; then none will."""
        return row.status in WAITING or (row.id in self._running and self._running[row.id].cancel())

    def _remove(self, runs: Iterable[str]) -> None:
        for run in runs:
            shutil.rmtree(self.store.run_folder(run), ignore_errors=True)

    def queue_position(self, run: str) -> int | None:
        """1 for the next to begin; None when the run is not waiting."""
        order = [r.id for r in self._order(self.store.runs_with(WAITING))]
        return order.index(run) + 1 if run in order else None

    def seconds_left(self, run: str, owner: str) -> float | None:
        """How long a run still has to go, by its budget and its speed so far; None when unknown."""
        return seconds_left(self.store, self.store.get(run, owner))

    def outlook(self, run: str) -> Outlook | None:
        """With how many a run shares, how often it moves and when it is done, about; None where it
        has no turns. Computed once a second for all who look."""
        with self._lock:
            at, found = self._outlooks
            if time.monotonic() - at > 1.0:
                found = outlooks(self.left(), places=self.slots, turn=TURN)
                self._outlooks = time.monotonic(), found
        return found.get(run)

    def done_in(self, seconds: float) -> float:
        """About how long it would take from now to compute one more run of so many seconds."""
        return done_by_all(self.left().values(), seconds, places=self.slots)

    def left(self) -> dict[str, float | None]:
        """Seconds that each run which has turns still computes; None where nobody knows."""
        with self._lock:
            going = self._turns.awake()
            return {one.run: None if math.isinf(one.left) else one.left for one in going}

    # The queue ---------------------------------------------------------------------------------

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
            for place in self._turns.free():
                going, moving = self._turns.asked(place) or self._fresh(place), None
                if going is None:
                    moving = self._turns.to_move()
                    going = self._turns.next(place)
                if moving is not None and moving.place == place:
                    self._put_away(moving)
                elif going is not None:
                    self._begin_turn(going, place)

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
            return going
        return None

    def _begin_turn(self, going: Going, place: int) -> None:
        if going.place is None:  # it was on disk
            going.attempt, going.place = self.store.hand_over(going.run), place
        going.urgent = False
        self._into(going, "busy")
        asked = (str(self.store.folder), going.run, going.attempt, TURN)
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

    def _put(self, run: str, future: Future) -> None:
        with self._lock:
            going = self._turns.going.get(run)
            if going is None:
                return
            if not future.cancelled() and _error(future) is None and future.result():
                going.place = None
            asked = self.store.requested(run)
            asleep = asked.state == "pause" and not going.urgent
            self._into(going, "asleep" if asleep else "ready")
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

    def trouble(self, run: str) -> str:
        """How a run ended, while that cannot be written to the store, which says that it goes on;
        "" otherwise."""
        return self._ends.get(run, ("", ""))[1]

    # Housekeeping ------------------------------------------------------------------------------

    def _recover(self) -> None:
        """Runs that go on nowhere, left behind by another server or by a full disk: say so, and
        let their owners resume them."""
        with self._lock:
            self._write_ends()
        for run in self.store.runs_with(WAITING + ACTIVE):
            if run.server != self._presence.id:
                if not self._presence.is_alive(run.server):
                    self._end(run, "interrupted", CLOSED)
            elif run.id not in self._turns.going:
                with self._lock:  # it may have ended, or begun, since the list was read
                    row = self.store.get(run.id)
                    if run.id not in self._turns.going and row.status in ACTIVE:
                        self._end(row, "interrupted", LEFT)

    def _write_ends(self) -> None:
        """A reason is forgotten here only after it was kept."""
        for run, end in list(self._ends.items()):
            with contextlib.suppress(RunNotFound):
                self._end(self.store.get(run), *end)
            del self._ends[run]

    def _end(self, run: Run, status: str, message: str) -> None:
        """The worker did not come to say so itself. What it said before stays said."""
        before = run.message.removesuffix(CAN_GO_ON).strip()
        self.store.end(run, status, " ".join(filter(None, (before, message))))

    def _keep(self) -> None:
        while not self._closing.wait(0.5):
            with contextlib.suppress(StoreUnavailable, RunNotFound):
                self.look_after()  # pages say so; here there is nobody to tell

    def look_after(self) -> None:
        """Done twice a second: end what does not stop, stop what nobody watches any more."""
        self._recover()
        for run in self.store.runs_with(ACTIVE):
            watched = self._watched(run)  # also one of another server is noted
            if run.id not in self._turns.going:
                continue
            if run.requested == "stop" and time.time() - (run.requested_at or 0) > STOP_SECONDS:
                self._kill(run.id)
            if run.requested != "stop" and not watched:
                self.store.update(
                    run.id,
                    requested="stop",
                    requested_at=time.time(),
                    message=f"Stopped because its page was closed. {CAN_GO_ON}",
                )
                self._heard(run.id)
        with self._lock:
            for going in [*self._turns.going.values()]:
                parked = time.monotonic() - going.since > PARKED
                if going.state == "asleep" and parked and going.place in self._turns.free():
                    self._put_away(going)
        self._dispatch()
        if time.time() - self._tidied > TIDY_EVERY:
            self._tidied = time.time()
            self._quota.tidy(self._drop)

    def _drop(self, run: Run) -> bool:
        """Forget a run to make room, unless it was taken up meanwhile."""
        with self._lock:
            if self.store.get(run.id).active:
                return False
            self._remove(self.store.delete(run.id, run.owner))
            return True

    def _kill(self, run: str) -> None:
        """End the process of a run that does not listen in its turn: it has much to do, or was
        halted."""
        with self._lock:
            if run not in self._running:
                self._heard(run)  # it waits for its turn, which comes next
            elif time.monotonic() - self._turns.going[run].since > STOP_SECONDS:
                self._killed.add(run)
                self.backend.kill(self._running[run])

    def _watched(self, run: Run) -> bool:
        """Whether a page of its owner is open, or the grace time is not over since one was, or
        since the run began, whichever is later."""
        now, seen = time.time(), self.store.last_visit(run.owner) or 0.0
        if self._present(run.owner):
            if now - seen > SEEN_EVERY:
                self.store.visit(run.owner)  # the grace counts from here once it is closed
            return True
        return now - max(seen, run.started or run.created) <= caps().grace


def _known(seconds: float | None) -> float:
    """Whoever takes any time takes for ever."""
    return math.inf if seconds is None else seconds


def _error(future: Future) -> BaseException | None:
    return None if future.cancelled() else future.exception()
