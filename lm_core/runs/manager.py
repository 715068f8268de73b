"""RunManager: takes specs, gives every run its turns in the workers, notices when these die.

One for the whole server. It holds no visitor's data: everything about a run is in the store. The
backend is a `concurrent.futures.Executor` of several places (local processes, or a cluster), which
also has `submit_to(place, function, *args)`, `kill(future)` and `workers`, the number of places;
where these come and go `places`, and `trouble`, a sentence while there can be none.
"""

import contextlib
import math
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import Any

from lm_core.errors import LabError, RunNotFound, StoreUnavailable
from lm_core.runs import dispatch, limits
from lm_core.runs.caps import caps, complain
from lm_core.runs.cluster import processes
from lm_core.runs.dispatch import CAN_GO_ON, Dispatch
from lm_core.runs.given_texts import GivenTexts
from lm_core.runs.jumps import Jumps
from lm_core.runs.leaving import Leaving
from lm_core.runs.presence import Presence
from lm_core.runs.processes import worker_count
from lm_core.runs.queue import Outlook, Turns, joinable, seconds_left
from lm_core.runs.quota import Quota, check_free
from lm_core.runs.racing import Racing
from lm_core.runs.spec import RunSpec
from lm_core.runs.steering import Steering
from lm_core.runs.store import ACTIVE, ENDED, WAITING, Run, RunStore
from lm_core.runs.teaching import Teaching

SEEN_EVERY = 20.0  # seconds between two notes that a visitor's page is open
TIDY_EVERY = 600.0  # seconds between two looks at how much is kept
CLOSED = f"The lab was closed while this run was going. {CAN_GO_ON}"
LEFT = f"Its training process has left it. {CAN_GO_ON}"


class RunManager(Dispatch, Steering, Racing, GivenTexts, Leaving, Teaching):
    """Starts, queues and steers runs. Every call that names a run also names its owner.

    Args:
        present: whether an owner has a page open now, whatever it shows.
        tidied: what else is done whenever what is over was taken away.
    """

    def __init__(
        self,
        store: RunStore,
        backend: Executor | None = None,
        *,
        slots: int | None = None,
        present: Callable[[str], bool] = lambda owner: False,
        tidied: Callable[[], object] = lambda: None,
    ) -> None:
        self.store, self._also_tidied = store, tidied
        self._present = present
        self._presence = Presence(store.folder)
        self.backend = backend or processes(slots)
        self.slots = slots or getattr(self.backend, "workers", worker_count())
        self._ends: dict[str, tuple[str, str]] = {}  # how runs ended, until the store has it
        self._turns = Turns(self.slots)
        self._running: dict[str, Future] = {}  # whose turn it is
        self._outlooks: tuple[float, dict[str, Outlook]] = (-math.inf, {})
        self._killed: set[str] = set()  # of those, whose process was ended here
        self._served: dict[str, int] = {}  # owner -> how many runs had begun when theirs last did
        self._lock = threading.RLock()  # a run changes hands in one piece
        self._closing = threading.Event()
        self._quota, self._jumps, self._tidied = Quota(store), Jumps(store), -math.inf
        complain()
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
        race: str = "",
    ) -> str:
        """Queue a run and return its id; it begins at once when a worker is free. What somebody
        else trains already is joined instead (see `lm_core.runs.joined`).

        Args:
            kind: train, or doctor: the same model is examined as `options` say.
            race: that it is a part of.

        Raises:
            LabError: the visitor has too many runs waiting, the run is too large or too long, or
                the store cannot be written.
        """
        spec = limits.spec(spec)
        title, options = limits.title(title), limits.options(kind, options)
        with self._lock:
            going = self.store.runs_with(WAITING + ACTIVE)
            alike = [run for run in going if bool(run.race) == bool(race)]  # or it lacks a finish
            if kind == "train" and (
                same := joinable(spec.to_dict(), alike, owner, self._presence.id)
            ):
                self.store.visit(owner)
                return self.store.join(same.id, owner, title, race)
        if not race:
            self._check_waiting(owner)
        check_free(self.store.folder)
        run = self.store.create(
            owner,
            title,
            spec.to_dict(),
            server=self._presence.id,
            kind=kind,
            options=options,
            race=race,
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
            if row.follows and row.status in ENDED:
                self.store.part(run)
            if row.active:
                if row.follows:
                    return  # it goes on
                self.store.update(run, requested="run")
                self._heard(run)
            else:
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
        if trouble := getattr(self.backend, "trouble", ""):
            raise LabError(trouble)
        everybodys = {run.race or run.id: run for run in self.store.runs_with(WAITING)}.values()
        if len(everybodys) >= caps().runs_waiting_in_all:  # a race is one thing to wait for
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
            if self._whole(run, owner).active:
                self._own(run, goes_on="stopped")
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
            self._own(run)
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
            if row.active and not row.follows and not self._waits(row):
                raise LabError("This run is still going: stop it first.")
            self.store.lead(run)
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
        self._jumps.mind(self._turns.going)
        for run in self.store.runs_with(ACTIVE):
            watched = self._watched(run)  # also one of another server is noted
            going = self._turns.going.get(run.id)
            if going is None:
                continue
            asked = run.requested != "pause" or run.single_steps != going.steps
            if going.state == "asleep" and asked:  # at another server
                self._heard(run.id)
            if run.requested == "stop" and _late(run):
                self._kill(run.id)
            if run.requested != "stop" and not watched:
                self.store.update(
                    run.id,
                    requested="stop",
                    requested_at=time.time(),
                    message=f"Stopped because its page was closed. {CAN_GO_ON}",
                )
                self._heard(run.id)
        self._park()
        self._dispatch()
        if time.monotonic() - self._tidied > TIDY_EVERY:
            self._tidied = time.monotonic()
            self._quota.tidy(self._drop)
            self._also_tidied()

    def _drop(self, run: Run) -> bool:
        """Forget a run to make room, unless it was taken up meanwhile."""
        with self._lock:
            if self.store.get(run.id).active:
                return False
            self.store.lead(run.id)
            self._remove(self.store.delete(run.id, run.owner))
            return True

    def _watched(self, run: Run) -> bool:
        """Whether a page of its owner is open, or the grace time is not over since one was, or
        since the run began, whichever is later."""
        now = time.time()
        for owner in self.store.watchers(run.id):
            seen = self.store.last_visit(owner) or 0.0
            if self._present(owner):
                if now - seen > SEEN_EVERY:
                    self.store.visit(owner)  # the grace counts from here once it is closed
                return True
            if now - max(seen, run.started or run.created) <= caps().grace:
                return True
        return False


def _late(run: Run) -> bool:
    """Whether a run that was to stop has had the time to."""
    return time.time() - (run.requested_at or 0) > dispatch.STOP_SECONDS
