"""A real Dask cluster on this machine: a scheduler and three workers, each a process of its own, as
README starts them. One cluster serves all tests of this file.
"""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lm_core.corpora.own import load_own
from lm_core.errors import LabError
from lm_core.runs import cluster, cluster_worker, dispatch
from lm_core.runs.cluster import ClusterProcesses, processes
from lm_core.runs.database import Database
from lm_core.runs.dispatch import KILLED, WENT_ON
from lm_core.runs.manager import RunManager
from lm_core.runs.processes import LocalProcesses, WorkerDied, worker_count
from lm_core.runs.queue import Turns
from lm_core.runs.store import ACTIVE, WAITING, RunStore
from lm_core.training.events import Checkpointed, Evaluated, Sampled
from tests.going import (
    alive,
    goes_on_though_killed,
    halt,
    hears_its_owner,
    points,
    spec_of,
    started,
    status,
    stop,
)
from tests.waiting import PATIENCE, until
from tests.working import worked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends processes by POSIX signals")
DASK = [sys.executable, "-m", "dask"]
HERE = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]


class Dask:
    """A scheduler and what works for it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, []
        self.log = (folder / "log").open("w")
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"

    def _start(self, *command: str) -> subprocess.Popen:
        given = {key: value for key, value in os.environ.items() if not key.startswith("LM_LAB_H")}
        self.processes.append(
            subprocess.Popen([*DASK, *command, *HERE], env=given, cwd=self.folder, stderr=self.log)
        )
        return self.processes[-1]

    def scheduler(self) -> subprocess.Popen:
        return self._start("scheduler", "--port", str(self.port))

    def worker(self, *options: str, threads: int = 1) -> subprocess.Popen:
        memory = ["--memory-limit", "0", "--local-directory", str(self.folder)]
        return self._start("worker", self.address, "--nthreads", str(threads), *memory, *options)

    def end(self, *which: subprocess.Popen) -> None:
        """Workers first: they say goodbye to the scheduler."""
        for process in which or self.processes[::-1]:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """Of the three workers one says that it has a GPU."""
    dask = Dask(tmp_path_factory.mktemp("dask"))
    dask.scheduler()
    dask.worker("--nworkers", "2")
    dask.worker("--resources", "GPU=1")
    yield dask
    dask.end()


@pytest.fixture(scope="module")
def manager(dask: Dask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunManager]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LM_LAB_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("LM_LAB_CLUSTER", dask.address)
        manager = RunManager(RunStore())
        yield manager
        manager.close()


def there(manager: RunManager, number: int) -> None:
    """Wait for so many places, each as long as it takes."""
    for count in range(1, number + 1):
        until(lambda count=count: len(manager.backend.places) >= count)


@pytest.fixture
def cleared(manager: RunManager) -> Iterator[RunManager]:
    """A test that failed leaves no run to the next."""
    there(manager, 1)
    yield manager
    for run in manager.store.runs_with(ACTIVE + WAITING):
        stop(manager, run.id)


@pytest.fixture
def pool() -> Iterator[Callable[[str], ClusterProcesses]]:
    made: list[ClusterProcesses] = []

    def make(address: str) -> ClusterProcesses:
        made.append(ClusterProcesses(address))
        return made[-1]

    yield make
    for one in made:
        one.shutdown()


# Runs ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_three_runs_at_once_each_in_a_process_of_its_own_and_as_on_this_machine(
    cleared: RunManager, tmp_path: Path
) -> None:
    there(cleared, 3)
    owners = ("ada", "bob", "cy")
    runs = [cleared.start(spec_of(steps=120, seed=k), owner) for k, owner in enumerate(owners)]
    until(lambda: all(points(cleared, run) for run in runs))
    pids = {cleared.store.get(run).pid for run in runs}
    assert len(pids - {os.getpid()}) == 3
    until(lambda: {status(cleared, run) for run in runs} == {"finished"})
    for kind in (Evaluated, Sampled, Checkpointed):
        assert cleared.store.last(kind, runs[0])["step"] == 120
    here = RunStore(tmp_path)
    for seed, run in enumerate(runs):
        local = here.create("ada", "", spec_of(steps=120, seed=seed).to_dict())
        assert worked(here, local) == "finished"
        curve = points(cleared, run)
        assert sorted(curve) == list(range(1, 121))
        assert curve == points(type("Has", (), {"store": here}), local)


@pytest.mark.slow
def test_pause_resume_and_stop_reach_a_worker(
    cleared: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "STOP_SECONDS", PATIENCE)  # it stops by itself
    hears_its_owner(cleared)


@pytest.mark.slow
def test_a_run_begins_on_a_worker_with_a_gpu_where_one_is_free(cleared: RunManager) -> None:
    there(cleared, 3)
    first, *others = cleared.backend.places
    assert [cleared.backend._places[place].gpu for place in (first, *others)] == [
        True,
        False,
        False,
    ]
    run = started(cleared, "ada")
    assert cleared._turns.going[run].place == first
    beside = started(cleared, "bob")
    assert cleared._turns.going[beside].place in others


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_trains_costs_nothing_that_was_shown(
    cleared: RunManager,
) -> None:
    """Its run goes on by itself elsewhere with the same values, the others as before."""
    there(cleared, 3)
    mine, other = started(cleared, "ada"), started(cleared, "bob", seed=1)
    where, places = cleared.store.get(other).pid, set(cleared.backend.places)
    goes_on_though_killed(cleared, mine)
    said = cleared.store.get(mine).message
    assert f"has left the cluster. {WENT_ON}" in said
    assert "It went on from step" in said
    others = max(points(cleared, other))
    until(lambda: max(points(cleared, other)) > others + 20)
    assert (status(cleared, other), cleared.store.get(other).pid) == ("running", where)
    assert len(places & set(cleared.backend.places)) == 2


@pytest.mark.slow
def test_a_worker_that_was_halted_is_ended_by_a_stop(
    cleared: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the worker that Dask starts in its place is used."""
    there(cleared, 3)
    run, places = started(cleared, "ada"), set(cleared.backend.places)
    pid = cleared.store.get(run).pid
    halt(cleared, pid)
    monkeypatch.setattr(dispatch, "STOP_SECONDS", 0.5)
    cleared.stop(run, "ada")
    until(lambda: status(cleared, run) == "stopped")
    assert cleared.store.get(run).message == KILLED
    until(lambda: not alive(pid))
    there(cleared, 3)
    assert len(places & set(cleared.backend.places)) == 2
    runs = [started(cleared, owner) for owner in ("ada", "bob", "cy")]
    assert len({cleared.store.get(run).pid for run in runs}) == 3


def test_places_come_and_go() -> None:
    """What was in the memory of one that has left is on disk, and begun where there is room."""
    turns = Turns(2)
    one, two = turns.begin("one", "ada", 1, 0), turns.begin("two", "bob", 1, 1)
    assert (turns.free(), turns.next(0), turns.next(1)) == ([0, 1], one, two)
    two.state = "busy"
    turns.has([7, 1])
    assert (one.place, two.place) == (None, 1)  # who is in its turn is told by that
    assert (turns.free(), turns.next(7)) == ([7], one)
    two.state = "ready"
    turns.has([7])
    assert (one.place, two.place, turns.free(), turns.to_move()) == (None, None, [7], None)
    turns.has([])
    assert (turns.free(), turns.to_move()) == ([], None)
    one.place = two.place = 9
    turns.has([9, 8])
    assert turns.to_move() in (one, two)  # to the one that has joined


# The pool itself ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_a_worker_raises_comes_back_as_what_it_is(cleared: RunManager) -> None:
    submit = cleared.backend.submit
    assert submit(worker_count).result(PATIENCE) == 1
    with pytest.raises(LabError, match="upload or paste it again"):
        submit(load_own, "no-such-text").result(PATIENCE)
    with pytest.raises(RuntimeError, match=r"TypeError: .*takes 0 positional"):
        submit(worker_count, 1).result(PATIENCE)


@pytest.mark.slow
def test_a_task_for_a_place_that_has_gone_ends_as_one_whose_worker_died(
    cleared: RunManager,
) -> None:
    with pytest.raises(WorkerDied, match="has left the cluster"):
        cleared.backend.submit_to(10**6, worker_count).result(PATIENCE)


@pytest.mark.slow
def test_another_process_at_the_address_of_one_that_died_does_not_do_its_task(
    cleared: RunManager,
) -> None:
    """Dask gives a task again to whoever has the address; the place has gone all the same."""
    backend = cleared.backend
    place = backend._places[backend.places[-1]]
    place.process = "another"
    with pytest.raises(WorkerDied, match="connection"):
        backend.submit_to(place.number, worker_count).result(PATIENCE)
    assert place.number not in backend.places
    there(cleared, 3)  # under another number


@pytest.mark.slow
def test_a_worker_of_several_threads_is_refused_and_says_why(
    cleared: RunManager, dask: Dask
) -> None:
    worker = dask.worker("--no-nanny", threads=2)
    (why,) = until(lambda: list(cleared.backend._refused.values()))
    assert "it has 2 threads, and a run needs a process of its own" in why
    assert cleared.backend.places
    assert cleared.backend.trouble == ""  # the others work
    dask.end(worker)
    until(lambda: not cleared.backend._refused)


def test_a_worker_that_does_not_see_the_home_folder_says_so(tmp_path: Path) -> None:
    given = {"LM_LAB_HOME": str(tmp_path)}
    with pytest.raises(LabError, match=f"{tmp_path} is not there on its machine"):
        cluster_worker.join(given, str(tmp_path / "mark"), "0")
    with pytest.raises(LabError, match="and the lab 0: update one"):
        cluster_worker.join(given, str(tmp_path), "0")


# What has to be mended ----------------------------------------------------------------------------


def test_without_a_scheduler_start_says_how_to_mend_it_and_heals(
    pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is computed on this machine instead, which would not be noticed."""
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(cluster, "ANSWER", 0.2)
    dask = Dask(tmp_path)
    backend = pool(dask.address)
    manager = RunManager(RunStore(), backend)
    try:
        until(lambda: backend.trouble)
        with pytest.raises(LabError, match=f"No Dask scheduler answers at {dask.address}: start"):
            manager.start(spec_of(), "ada")
        assert manager.store.runs_with(WAITING + ACTIVE) == []
        monkeypatch.setattr(cluster, "ANSWER", 5.0)
        dask.scheduler()
        until(lambda: "has no worker" in backend.trouble)
        assert f"start one with python -m dask worker {dask.address}" in backend.trouble
    finally:
        manager.close()
        dask.end()


def test_an_address_that_is_none_and_a_package_that_is_missing(
    pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = pool("localhost")
    until(lambda: backend.trouble)
    assert backend.trouble.startswith("LM_LAB_CLUSTER is 'localhost': set it to the address")
    assert not backend.wait_until_warm(0.1)
    monkeypatch.setitem(sys.modules, "distributed", None)
    backend = pool("tcp://127.0.0.1:9")
    until(lambda: backend.trouble)
    assert "needs the package distributed, which is not installed: run python" in backend.trouble


def test_dask_is_imported_where_it_is_asked_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys, lm_core.runs.cluster; print({'dask', 'distributed'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    monkeypatch.delenv("LM_LAB_CLUSTER", raising=False)
    started = []  # no process of it: each would import torch before it hears that it may end
    monkeypatch.setattr("lm_core.runs.processes._Slot", lambda pool, number: started.append(number))
    assert isinstance(processes(1), LocalProcesses)
    assert started == [0]


def test_the_record_on_a_shared_folder_needs_its_locks_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No memory that is shared, as WAL has; a record of before is brought over."""

    def mode() -> str:
        database = Database(tmp_path / "runs.sqlite", lambda db: None)
        with database.reading() as db:
            said = db.execute("PRAGMA journal_mode").fetchone()[0]
        database._disconnect()
        return said

    monkeypatch.delenv("LM_LAB_CLUSTER", raising=False)
    assert mode() == "wal"
    monkeypatch.setenv("LM_LAB_CLUSTER", "tcp://127.0.0.1:8786")
    assert mode() == "truncate"
    assert not list(tmp_path.glob("*-wal"))
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as db:  # it is written in the file
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"


# The end ------------------------------------------------------------------------------------------


LAB = """
import sys
from lm_core.runs.manager import RunManager
from lm_core.runs.store import RunStore
from tests.going import points, spec_of
from tests.waiting import until
manager = RunManager(RunStore())
run = manager.start(spec_of(), "ada")
until(lambda: points(manager, run))
print(run, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True])
def test_a_lab_that_ends_leaves_its_runs_to_the_next_one(
    cleared: RunManager, killed: bool, capfd: pytest.CaptureFixture
) -> None:
    """By itself it lets them save themselves; where it was killed they go on from what they had
    saved, and what the workers hold is let go."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", LAB], **pipes) as lab:
        run = lab.stdout.readline().strip()
        until(lambda: cleared.store.last(Checkpointed, run))
        seen = points(cleared, run)
        if killed:
            lab.kill()
        lab.communicate(timeout=PATIENCE)
    until(lambda: status(cleared, run) == "interrupted")
    assert killed or "it can go on" in cleared.store.get(run).message
    assert "Traceback" not in capfd.readouterr().err
    seen |= points(cleared, run)
    if not killed:
        assert cleared.store.last(Checkpointed, run)["step"] == max(seen)
    cleared.resume(run, "ada")
    until(lambda: max(points(cleared, run), default=0) > max(seen))
    assert {step: points(cleared, run)[step] for step in seen} == seen


@pytest.mark.slow
def test_a_scheduler_that_is_killed_holds_up_the_runs_until_it_is_there_again(
    cleared: RunManager, dask: Dask
) -> None:
    run = started(cleared, "ada")
    until(lambda: cleared.store.last(Checkpointed, run))
    scheduler, *workers = dask.processes[:3]
    scheduler.kill()
    until(lambda: "No Dask scheduler answers" in cleared.backend.trouble)
    assert cleared.backend.places == ()
    assert "connection to the machine that trained it was lost" in cleared.store.get(run).message
    dask.end(*workers)
    seen = points(cleared, run)
    del dask.processes[:3]
    dask.scheduler()
    until(lambda: "has no worker" in cleared.backend.trouble)
    idle = cleared.store.get(run).status
    assert idle in ACTIVE  # it waits
    dask.worker("--nworkers", "2")
    dask.worker("--resources", "GPU=1")
    there(cleared, 3)
    until(lambda: max(points(cleared, run)) > max(seen))
    assert {step: points(cleared, run)[step] for step in seen} == seen


@pytest.mark.slow
def test_a_run_without_any_worker_can_be_stopped(
    cleared: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(cleared, "ada")
    backend = cleared.backend
    with monkeypatch.context() as patch:
        patch.setattr(backend, "_look", lambda: None)
        backend._drop("It has left.", *backend._places.values())
        cleared.stop(run, "ada")
        until(lambda: status(cleared, run) == "stopped")
    there(cleared, 3)


@pytest.mark.slow
def test_closing_saves_what_is_going_and_leaves_the_cluster_as_it_is(
    cleared: RunManager, dask: Dask
) -> None:
    """The last test of this file, as the manager is gone afterwards."""
    runs = [started(cleared, owner) for owner in ("ada", "bob")]
    workers = [cleared.store.get(run).pid for run in runs]
    cleared.close()
    assert {status(cleared, run) for run in runs} == {"interrupted"}
    for run in runs:
        assert "it can go on" in cleared.store.get(run).message
        assert cleared.store.last(Checkpointed, run)["step"] == max(points(cleared, run))
    assert all(map(alive, workers))
    cleared.close()  # a second time changes nothing
