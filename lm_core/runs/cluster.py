"""Worker processes on more than one machine: the workers of a Dask cluster behind the face of
`LocalProcesses`.

    lab            Dispatch: a turn of run A at place 3
     | submit_to(3, execute, ...)
    scheduler      passes it on to the one worker that is place 3
     |
    worker         one process, one thread: does it, and keeps run A in memory until its next turn

Places have numbers that are never given twice: a process that has left, or was lost for a while, is
no place any more, so its runs go on elsewhere as another attempt, and if it still computes it can
write nothing (see `HeldStore`). `places` are those that are there now, with a GPU first.

Without a scheduler, or without a worker, nothing is computed here instead: that would be slow on a
machine that nobody chose, and not be noticed. `trouble` says what to mend, whoever presses Start
reads it, and all goes on as soon as it is mended.

Dask's own messages are pickled, so whoever reaches the scheduler runs code on all its machines.
Arguments and results travel in them as JSON, functions by name.
"""

import contextlib
import itertools
import json
import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import lm_core
from lm_core.errors import LabError
from lm_core.home import home_folder, make_folder
from lm_core.json_files import dumps
from lm_core.runs.cluster_worker import do, end_process, hear_of_the_end, join, leave
from lm_core.runs.processes import LocalProcesses, WorkerDied, tell

LOOK = 0.5  # seconds between two looks at who is there
ANSWER = 5.0  # seconds to connect, or to say goodbye
SAVING = 10.0  # seconds that runs have to save themselves when the lab closes
FETCH = 30.0  # seconds that an answer may take on the way: a machine may be very busy
FORM = re.compile(r"(tcp|tls)://\S+:\d+")
INSTALL = "python -m pip install -r requirements-dev.txt"

CLOSED = "The lab was closed before this run began."
LOST = "The connection to the machine that trained it was lost."
ENDED = "The training process was ended from outside."
log = logging.getLogger(__name__)


def processes(workers: int | None = None) -> Executor:
    """The workers of the cluster that `LM_LAB_CLUSTER` names, else so many local ones."""
    address = os.environ.get("LM_LAB_CLUSTER")
    return ClusterProcesses(address) if address else LocalProcesses(workers)


@dataclass(eq=False)
class _Place:
    """A worker that has joined. `tasks`: what it was given and has not answered, as our future and
    Dask's."""

    number: int
    address: str
    process: str  # which process it is: another may get its address
    pid: int
    gpu: bool
    nanny: bool
    tasks: dict[Future, Any] = field(default_factory=dict)


class ClusterProcesses(Executor):
    """`submit(function, *args)` runs a module-level function of `lm_core` in the worker with the
    fewest tasks, `submit_to(place, ...)` in a certain one.

    Args:
        address: of a scheduler, as `tcp://HOST:8786`. It need not be there yet, or all the time.
    """

    def __init__(self, address: str) -> None:
        self.address, self.trouble = address, ""
        self._client: Any = None
        self._places: dict[int, _Place] = {}  # replaced as a whole: a look takes no lock
        self._joining: dict[str, Any] = {}  # address -> Dask's future of its joining
        self._refused: dict[str, str] = {}  # address -> why it is no place
        self._known = 0  # workers at the last look
        self._killed: set[str] = set()  # processes that may still be listed
        self._orphans: list[Future] = []  # handed in when their place was gone
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="cluster", daemon=True)
        self._thread.start()
        # Local ones see that their parent has gone, these do not. `atexit` would come too late:
        # Dask calls back through an executor, and those have closed by then.
        threading._register_atexit(self.shutdown)

    def __repr__(self) -> str:
        return f"ClusterProcesses({self.address!r}, {len(self._places)} places)"

    @property
    def places(self) -> tuple[int, ...]:
        """The numbers of those that are there now, with a GPU first."""
        there = sorted(self._places.values(), key=lambda place: (not place.gpu, place.number))
        return tuple(place.number for place in there)

    @property
    def workers(self) -> int:
        """How many there are now, for estimates: at least one."""
        return max(1, len(self._places))

    @property
    def alive(self) -> int:
        """How many workers are there now."""
        return len(self.places)

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Future:
        places = sorted(self._places.values(), key=lambda place: len(place.tasks))
        return self.submit_to(places[0].number if places else -1, fn, *args)

    def submit_to(self, place: int, fn: Callable[..., Any], /, *args: Any) -> Future:
        """At a place that has gone it ends with `WorkerDied`."""
        future: Future = Future()
        future.set_running_or_notify_cancel()  # it may be there already: nothing is taken back
        call = f"{fn.__module__}:{fn.__qualname__}", dumps(args)
        with self._lock:
            there = self._places.get(place)
            try:
                task = there and self._pinned(there.address, do, there.process, *call)
            except Exception as error:  # the connection is going down, in one of many ways
                log.info("Dask did not take a task: %s", error)
                task = None
            if task is None:
                self._orphans.append(future)
            else:
                there.tasks[future] = task
        if task is not None:
            task.add_done_callback(partial(self._done, there, future))
        if self._closing.is_set():
            self._fail_orphans(CLOSED)
        return future

    def kill(self, future: Future) -> None:
        """End the process that does this task, whether it listens or not; the task then ends with
        `WorkerDied`. The nanny does it, which is a process of its own, and starts another."""
        for place in self._places.values():
            if future in place.tasks:
                self._killed.add(place.process)
                self._drop(ENDED, place)
                _aside(self._kill, place)
                return

    def wait_until_warm(self, timeout: float | None = None) -> bool:
        """True when there are places, and every worker that is known is one or is refused."""
        end = time.monotonic() + (threading.TIMEOUT_MAX if timeout is None else timeout)
        while not self._places or len(self._places) + len(self._refused) < self._known:
            if time.monotonic() > end or self._closing.wait(0.05):
                return False
        return True

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """Let go of the workers, which go on: each first saves what it has of this lab's runs, for
        ten seconds at most."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._thread.join(ANSWER + SAVING)
        places = list(self._places.values())
        if self._client is not None:
            with contextlib.suppress(Exception):  # whatever happens to Dask, the lab closes
                self._save(places)
            self._drop(CLOSED, *places)
            with contextlib.suppress(Exception):
                self._client.close(timeout=ANSWER)
        self._fail_orphans(CLOSED)

    def _save(self, places: list[_Place]) -> None:
        """What is in its turn stops and saves itself, then the others of each process do."""
        run = self._client.run
        told = [_aside(run, hear_of_the_end, workers=[place.address]) for place in places]
        for thread in told:
            thread.join(ANSWER)
        ends = [self._pinned(place.address, leave, place.process) for place in places]
        until = time.monotonic() + SAVING
        for end in ends:
            with contextlib.suppress(Exception):
                end.result(timeout=max(0.0, until - time.monotonic()))
        while any(place.tasks for place in places) and time.monotonic() < until:
            time.sleep(0.01)  # their answers are on their way

    # Who is there -------------------------------------------------------------------------------

    def _watch(self) -> None:
        if not FORM.fullmatch(self.address):
            self._say(
                f"LM_LAB_CLUSTER is {self.address!r}: set it to the address of a Dask scheduler, "
                "as tcp://192.168.1.10:8786, or unset it to train on this machine."
            )
            return
        while not self._closing.wait(LOOK if self._client else 0.0):
            try:
                if self._client is None:
                    self._connect()
                self._look()
            except ImportError:
                self._say(
                    "LM_LAB_CLUSTER needs the package distributed, which is not installed: run "
                    f"{INSTALL}, or unset it to train on this machine."
                )
                return
            except LabError as error:  # the home folder cannot be written
                self._lose(str(error))
            except Exception as error:  # a connection ends in many ways
                log.info("Dask's scheduler: %s: %s", type(error).__name__, error)
                self._lose(
                    f"No Dask scheduler answers at {self.address}: start it there "
                    "(python -m dask scheduler), or start the lab without LM_LAB_CLUSTER to train "
                    "on this machine."
                )
            self._fail_orphans("The training process has left the cluster.")

    def _connect(self) -> None:
        from distributed import Client

        self._client = Client(
            self.address, timeout=ANSWER, set_as_default=False, name="language-model-lab"
        )

    def _lose(self, why: str) -> None:
        """The connection has ended, and with it all places; then it is tried again."""
        self._drop(LOST, *self._places.values())
        self._joining, self._refused = {}, {}
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.close(timeout=ANSWER)
        self._say(why)
        self._closing.wait(LOOK)

    def _look(self) -> None:
        """Who has come, and who has gone."""
        told = self._client.sync(self._client.scheduler.identity, callback_timeout=FETCH)
        there = {at: one for at, one in told["workers"].items() if one["status"] != "closed"}
        for place in list(self._places.values()):
            if place.address not in there:
                self._drop(f"The worker {place.address} has left the cluster.", place)
        with self._lock:
            self._joining = {at: task for at, task in self._joining.items() if at in there}
            self._refused = {at: why for at, why in self._refused.items() if at in there}
            known = {place.address for place in self._places.values()} | {*self._refused}
            busy = {there[at]["host"] for at in self._joining}
        self._known = len(there)
        for address, about in there.items():
            # One of a machine imports torch after the other: the first is a place sooner.
            if address not in known and about["host"] not in busy and self._invite(address, about):
                busy.add(about["host"])
        if self._places or self._joining:
            self._say("")
        else:
            none = f"The Dask cluster at {self.address} has no worker: start one with"
            start = f"{none} python -m dask worker {self.address} --nthreads 1."
            self._say(next(iter(self._refused.values()), start))

    def _say(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.warning(trouble)
        self.trouble = trouble

    def _invite(self, address: str, about: dict[str, Any]) -> bool:
        """Ask it to join, unless it cannot be used."""
        if about["nthreads"] != 1:
            self._refuse(
                address,
                f"it has {about['nthreads']} threads, and a run needs a process of its own: start "
                "it with --nthreads 1 (and --nworkers for more processes)",
            )
            return False
        given = {key: value for key, value in os.environ.items() if key.startswith("LM_LAB_")}
        home = make_folder(home_folder().absolute())
        given |= {"LM_LAB_HOME": str(home), "LM_LAB_CLUSTER": self.address}
        mark = tempfile.TemporaryDirectory(dir=home, prefix="cluster-")
        asked = dumps([given, mark.name, lm_core.__version__])
        task = self._pinned(address, do, "", f"{join.__module__}:join", asked)
        with self._lock:
            self._joining[address] = task
        task.add_done_callback(partial(self._joined, address, about, mark))
        return True

    def _refuse(self, address: str, why: str) -> None:
        sentence = f"The worker {address} is not used: {why}."
        log.warning(sentence)
        self._refused[address] = sentence

    def _joined(
        self,
        address: str,
        about: dict[str, Any],
        mark: tempfile.TemporaryDirectory,
        task: Any,
    ) -> None:
        """A worker has imported what it needs, or cannot."""
        mark.cleanup()
        try:
            answer = json.loads(task.result(timeout=FETCH))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        with self._lock:
            if self._joining.get(address) is not task:
                return  # it has left meanwhile
            del self._joining[address]
            if task.cancelled():
                return
            if "result" not in answer:
                hint = f"{answer.get('error')}: start it in the lab's folder, with its packages"
                self._refuse(address, answer.get("mend", hint))
            elif answer["result"]["process"] not in self._killed:
                gpu, nanny = about["resources"].get("GPU", 0) > 0, bool(about["nanny"])
                number = next(self._numbers)
                place = _Place(number, address, gpu=gpu, nanny=nanny, **answer["result"])
                self._places = {**self._places, number: place}

    # Tasks --------------------------------------------------------------------------------------

    def _pinned(self, address: str, fn: Callable[..., str], *args: str) -> Any:
        """Dask's future of a task at one worker: there or nowhere, and once."""
        return self._client.submit(
            fn, *args, workers=[address], allow_other_workers=False, pure=False, retries=0
        )

    def _done(self, place: _Place, future: Future, task: Any) -> None:
        """Dask says that a task has ended."""
        try:
            answer = json.loads(task.result(timeout=FETCH))
        except Exception as error:
            if future not in place.tasks:
                return  # it was dropped
            if task.status in ("cancelled", "lost"):  # with the connection, which all places share
                self._drop(LOST, *self._places.values())
            broke = task.status == "error"
            answer = {"error": f"{type(error).__name__}: {error}"} if broke else {"gone": True}
        if "gone" in answer:  # another process has its address, or it does not answer any more
            self._drop(LOST, place)
            return
        with self._lock:
            waits = place.tasks.pop(future, None)
        if waits is not None:
            tell(future, answer)

    def _drop(self, why: str, *gone: _Place) -> None:
        """They are no places any more; what they were given ends with `WorkerDied`. All of them at
        once, or a run would be begun at one that goes next."""
        tasks: dict[Future, Any] = {}
        with self._lock:
            self._places = {k: one for k, one in self._places.items() if one not in gone}
            for place in gone:
                tasks |= place.tasks
                place.tasks = {}
        for future, task in tasks.items():
            with contextlib.suppress(Exception):  # or Dask would do it when that worker comes back
                task.cancel()
            future.set_exception(WorkerDied(why))

    def _fail_orphans(self, why: str) -> None:
        with self._lock:
            orphans, self._orphans = self._orphans, []
        for future in orphans:
            future.set_exception(WorkerDied(why))

    def _kill(self, place: _Place) -> None:
        with contextlib.suppress(Exception):  # of a worker without a nanny this ends the connection
            self._client.run(end_process, place.pid, workers=[place.address], nanny=place.nanny)


def _aside(fn: Callable[..., Any], *args: Any, **options: Any) -> threading.Thread:
    """Call it in a thread of its own, as it may wait for a process that does not answer."""

    def quietly() -> None:
        with contextlib.suppress(Exception):
            fn(*args, **options)

    thread = threading.Thread(target=quietly, daemon=True)
    thread.start()
    return thread
