"""The real thing: worker processes that are started, watched, killed and closed.

One pool of two serves all tests of this file, as each process takes seconds to import torch.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from lm_core.corpora.own import load_own
from lm_core.errors import LabError
from lm_core.machine import resident_memory
from lm_core.runs import dispatch, processes
from lm_core.runs.dispatch import KILLED
from lm_core.runs.manager import RunManager
from lm_core.runs.processes import LocalProcesses, WorkerDied, _why, worker_count
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import ACTIVE, WAITING, RunStore
from lm_core.runs.worker import execute
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
from tests.marks import most_slow
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends processes by POSIX signals")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers' standard error goes."""
    return tmp_path_factory.mktemp("log") / "stderr"


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[RunManager]:
    with pytest.MonkeyPatch.context() as patch, log.open("w") as stderr:
        patch.setenv("LM_LAB_HOME", str(tmp_path_factory.mktemp("home")))
        names = {"PIPE": subprocess.PIPE, "TimeoutExpired": subprocess.TimeoutExpired}
        logged = SimpleNamespace(Popen=partial(subprocess.Popen, stderr=stderr), **names)
        patch.setattr(processes, "subprocess", logged)
        manager = RunManager(RunStore(), LocalProcesses(2))
        assert manager.backend.wait_until_warm(PATIENCE)
        yield manager
        manager.close()


@pytest.fixture(autouse=True)
def nothing_left_going(manager: RunManager) -> Iterator[None]:
    """A test that failed leaves no run to the next."""
    yield
    for run in manager.store.runs_with(ACTIVE + WAITING):
        stop(manager, run.id)


def test_a_run_from_the_click_to_its_end(manager: RunManager) -> None:
    run = started(manager, "ada", steps=30)
    until(lambda: status(manager, run) == "finished")
    assert sorted(points(manager, run)) == list(range(1, 31))
    for kind in (Evaluated, Sampled, Checkpointed):
        assert manager.store.last(kind, run)["step"] == 30
    row = manager.store.get(run)
    assert row.pid != os.getpid()
    assert row.facts["corpus"] == "Mine"


def test_workers_give_way_to_the_page(manager: RunManager) -> None:
    for slot in manager.backend._slots:
        assert os.getpriority(os.PRIO_PROCESS, slot.process.pid) >= 10


def test_workers_are_the_first_to_go_when_memory_ends(manager: RunManager) -> None:
    if not Path("/proc/self/oom_score_adj").exists():
        pytest.skip("Linux alone lets a process say so")
    assert manager.backend.wait_until_warm(PATIENCE)
    for slot in manager.backend._slots:
        assert Path(f"/proc/{slot.process.pid}/oom_score_adj").read_text().strip() == "800"
    assert int(Path("/proc/self/oom_score_adj").read_text()) < 800


def hold(number: int) -> int:
    """A task that leaves so many bytes behind."""
    HELD.append(b"x" * number)
    return number


HELD: list[bytes] = []


@pytest.mark.slow
def test_a_worker_that_holds_too_much_after_a_task_is_replaced(manager: RunManager) -> None:
    """What it was asked for is answered, and the next task finds a fresh one."""
    if resident_memory() is None:
        pytest.skip("this system does not say how much a process holds")
    assert manager.backend.wait_until_warm(PATIENCE)
    before = {slot.process.pid for slot in manager.backend._slots}
    submit = manager.backend.submit
    assert submit(hold, 1000).result(PATIENCE) == 1000
    assert submit(worker_count).result(PATIENCE) == 1
    assert {slot.process.pid for slot in manager.backend._slots} == before
    assert submit(hold, 2 * 10**9).result(PATIENCE) == 2 * 10**9
    until(lambda: {slot.process.pid for slot in manager.backend._slots} != before)
    assert manager.backend.wait_until_warm(PATIENCE)
    assert len({slot.process.pid for slot in manager.backend._slots} & before) == 1
    until(lambda: sum(map(alive, before)) == 1)


def test_pause_resume_and_stop_reach_the_worker(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "STOP_SECONDS", PATIENCE)  # it stops by itself
    hears_its_owner(manager)


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_that_was_shown_and_its_runs_go_on(
    manager: RunManager,
) -> None:
    """By themselves, exactly as they would have gone on, and the page says why."""
    mine, other = started(manager, "ada"), started(manager, "bob", seed=1)
    goes_on_though_killed(manager, mine)
    said = manager.store.get(mine).message
    assert "ended from outside by SIGKILL (often: the machine ran out of memory)." in said
    assert "It went on from step" in said
    others = max(points(manager, other))
    until(lambda: max(points(manager, other)) > others + 20)
    assert status(manager, other) == "running"
    stop(manager, mine, other)


@pytest.mark.slow
def test_two_runs_share_one_process_and_the_death_of_it(manager: RunManager) -> None:
    """Four runs on two places: with each process two die, and all of them go on."""
    runs = [started(manager, owner, seed=k) for k, owner in enumerate(("ada", "bob", "cy", "dan"))]
    where = {run: manager.store.get(run).pid for run in runs}
    assert len(set(where.values())) == 2
    seen = {run: points(manager, run) for run in runs}
    until(lambda: all(len(points(manager, run)) > len(seen[run]) for run in runs))
    os.kill(where[runs[0]], signal.SIGKILL)
    # What had not been saved yet begins anew, and comes to the same.
    until(lambda: {status(manager, run) for run in runs} == {"running"})
    until(lambda: all(len(points(manager, run)) > len(seen[run]) for run in runs))
    for run in runs:
        again = points(manager, run)
        assert {step: again[step] for step in seen[run]} == seen[run]
    assert {status(manager, run) for run in runs} == {"running"}
    stop(manager, *runs)


@pytest.mark.slow
@pytest.mark.parametrize("early", [True, False])
def test_a_process_that_was_halted_is_ended_by_a_stop(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch, early: bool
) -> None:
    """It hears nothing, not even a signal to end; and if it was halted early, nobody has its id."""
    assert manager.backend.wait_until_warm(PATIENCE)
    if early:
        halt(manager, *(slot.process.pid for slot in manager.backend._slots))
        run = manager.start(spec_of(), "ada")
    else:
        run = started(manager, "ada")
        halt(manager, manager.store.get(run).pid)
    monkeypatch.setattr(dispatch, "STOP_SECONDS", 0.5)
    manager.stop(run, "ada")
    until(lambda: not manager.store.get(run).active)
    row = manager.store.get(run)
    assert row.status == "stopped"
    # It may not have been handed over yet: then there was nothing to end.
    assert row.message == KILLED or (early and row.message == "")
    for slot in manager.backend._slots:
        with contextlib.suppress(ProcessLookupError):  # the one that was ended
            os.kill(slot.process.pid, signal.SIGCONT)
    again = started(manager, "ada", steps=30)
    until(lambda: status(manager, again) == "finished")


def test_a_worker_whose_record_was_deleted_ends_and_its_run_is_listed_again(
    manager: RunManager,
) -> None:
    """Nobody computes on for nobody; what the run's folder holds can be gone on with."""
    run = started(manager, "ada")
    until(lambda: manager.store.last(Checkpointed, run))
    for file in manager.store.folder.glob("runs.sqlite*"):
        file.unlink()
    until(lambda: manager.store.get(run).status == "interrupted")
    assert "folder was found again" in manager.store.get(run).message
    until(lambda: not manager._running)
    manager.resume(run, "ada")
    until(lambda: points(manager, run))
    assert min(points(manager, run)) > 1  # it goes on, and does not begin anew
    stop(manager, run)


@pytest.mark.slow
def test_a_run_begins_though_an_idle_worker_was_killed(manager: RunManager) -> None:
    assert manager.backend.wait_until_warm(PATIENCE)
    busy = started(manager, "bob")  # so that only the killed one is there for the next
    (idle,) = [
        slot for slot in manager.backend._slots if slot.process.pid != manager.store.get(busy).pid
    ]
    os.kill(idle.process.pid, signal.SIGKILL)
    run = manager.start(spec_of(steps=5), "ada")
    until(lambda: status(manager, run) == "finished")
    stop(manager, busy)


def test_a_run_whose_page_is_closed_stops_and_goes_on_later(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(manager, "cleo")
    monkeypatch.setenv("LM_LAB_GRACE", "0.1")
    until(lambda: status(manager, run) == "stopped")
    assert "its page was closed" in manager.store.get(run).message
    monkeypatch.delenv("LM_LAB_GRACE")
    seen = points(manager, run)
    manager.resume(run, "cleo")
    until(lambda: len(points(manager, run)) > len(seen))
    assert {step: points(manager, run)[step] for step in seen} == seen
    stop(manager, run)


def test_bad_input_fails_with_a_sentence_and_nothing_in_the_log(
    manager: RunManager, log: Path
) -> None:
    spec = RunSpec(data=CorpusSpec(name="own", text="ab" * 32))
    run = manager.start(spec, "ada")
    until(lambda: status(manager, run) == "failed")
    assert manager.store.get(run).message == (
        "That text is not stored on this machine (any more): upload or paste it again."
    )
    assert log.read_text() == ""


# The pool itself ----------------------------------------------------------------------------------


def test_what_a_worker_raises_comes_back_as_what_it_is(manager: RunManager, log: Path) -> None:
    submit = manager.backend.submit
    assert submit(worker_count).result(PATIENCE) == 1
    assert submit(execute, str(manager.store.folder), "no-such-run", 1).result(PATIENCE) == "lost"
    with pytest.raises(LabError, match="upload or paste it again"):
        submit(load_own, "no-such-text").result(PATIENCE)
    assert log.read_text() == ""
    with pytest.raises(RuntimeError, match=r"TypeError: .*takes 0 positional"):
        submit(worker_count, 1).result(PATIENCE)
    assert "Traceback" in log.read_text()  # a defect is for the log


def test_what_was_cancelled_is_not_done(manager: RunManager) -> None:
    naps = [manager.backend.submit(time.sleep, 0.3) for _ in range(2)]
    waiting = manager.backend.submit(time.sleep, 60)
    assert waiting.cancel()
    for nap in naps:
        nap.result(PATIENCE)
    assert manager.backend.submit(worker_count).result(PATIENCE) == 1
    with pytest.raises(CancelledError):
        waiting.result(0)


PAGE = """
import sys
import time
from lm_core.runs.processes import LocalProcesses
pool = LocalProcesses(1)
if sys.argv[1] == "warm":
    pool.wait_until_warm(300)
print(pool._slots[0].process.pid, flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("closes", most_slow(["at once", "warm"], quick=["at once"]))
def test_workers_end_when_the_page_is_killed_and_when_it_closes(closes: str) -> None:
    """No orphans: neither of a page that was killed early, nor of one that ended by itself."""
    pages = [
        subprocess.Popen(
            [sys.executable, "-c", PAGE, when],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for when in ("at once", closes)
    ]
    workers = [int(page.stdout.readline()) for page in pages]
    pages[0].kill()
    pages[1].communicate("\n", timeout=PATIENCE)
    pages[0].communicate(timeout=PATIENCE)
    until(lambda: not any(map(alive, workers)))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (0, "on its own (exit status 0)"),
        (3, "on its own (exit status 3)"),
        (-9, "from outside by SIGKILL (often: the machine ran out of memory)"),
        (-15, "from outside by SIGTERM"),
        (-11, "from outside by SIGSEGV"),
        (-250, "from outside by signal 250"),
    ],
)
def test_an_exit_status_in_words(code: int, said: str) -> None:
    assert _why(code) == f"The training process {'ended' if code >= 0 else 'was ended'} {said}."
    assert issubclass(WorkerDied, RuntimeError)


@pytest.mark.parametrize(("text", "count"), [("3", 3), ("0", 1), ("-2", 1), ("many", None)])
def test_how_many_workers_is_set_in_the_environment(
    text: str, count: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_WORKERS", text)
    assert worker_count() == count or (count is None and worker_count() >= 1)


def test_closing_saves_what_is_going_and_leaves_no_process(manager: RunManager) -> None:
    """The last test of this file, as the pool is gone afterwards."""
    runs = [started(manager, "ada") for _ in range(2)]
    waiting = manager.start(spec_of(), "ada")
    workers = [manager.store.get(run).pid for run in runs]
    assert all(map(alive, workers))
    manager.close()
    assert not any(map(alive, workers))
    assert {status(manager, run) for run in [*runs, waiting]} == {"interrupted"}
    for run in runs:
        assert "it can go on" in manager.store.get(run).message
        assert manager.store.last(Checkpointed, run)["step"] == max(points(manager, run))
    manager.close()  # a second time changes nothing
