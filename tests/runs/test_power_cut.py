"""kill -9 of the server, alone and with its worker: started again on the same home, what was shown
is there, and Resume goes on exactly as if nothing had happened. Two real servers on one home.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lm_core.runs.manager import CAN_GO_ON, CLOSED, RunManager
from lm_core.runs.processes import LocalProcesses
from lm_core.runs.store import RunStore
from lm_core.training.events import Checkpointed
from tests.going import points, spec_of
from tests.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="ends processes by POSIX signals"),
]
SERVER = """
import sys
from lm_core.runs.manager import RunManager
from lm_core.runs.processes import LocalProcesses
from lm_core.runs.store import RunStore
from tests.going import spec_of
manager = RunManager(RunStore(), LocalProcesses(1))
for k in range(2):
    print(manager.start(spec_of(seed=k), f"visitor {k}"), flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def server(home: Path) -> Iterator[tuple[subprocess.Popen, list[str]]]:
    """A server of its own process, and the two runs that take turns in its worker."""
    command = [sys.executable, "-c", SERVER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        runs = [process.stdout.readline().strip() for _ in range(2)]
        yield process, runs
        process.kill()


def seen(store: RunStore, run: str) -> dict[int, float]:
    return points(type("Has", (), {"store": store}), run)


def furthest(store: RunStore, run: str) -> int:
    return max(seen(store, run), default=0)


@pytest.mark.parametrize("with_worker", [False, True])
def test_killed_and_started_again_everything_is_there_and_goes_on_exactly(
    server: tuple[subprocess.Popen, list[str]], with_worker: bool
) -> None:
    process, runs = server
    store = RunStore()
    until(lambda: all(store.last(Checkpointed, run) for run in runs))
    saved = {run: store.last(Checkpointed, run)["step"] for run in runs}
    until(lambda: all(furthest(store, run) > saved[run] + 20 for run in runs))
    worker = store.get(runs[0]).pid
    if with_worker:
        os.kill(worker, signal.SIGSTOP)  # it has no time to save anything
    process.kill()
    process.wait()
    if with_worker:
        os.kill(worker, signal.SIGKILL)
    else:
        until(lambda: not any(store.get(run).active for run in runs))
    before = {run: seen(store, run) for run in runs}

    manager = RunManager(store, LocalProcesses(1))
    try:
        for run in runs:
            row = store.get(run)
            assert row.status == "interrupted"
            assert row.message in (CLOSED, "The lab was closed while this was going; it can go on.")
            assert with_worker == (row.message == CLOSED)
            assert CAN_GO_ON in CLOSED
            assert seen(store, run) == before[run] != {}
        straight = manager.start(spec_of(seed=1), "visitor 2")
        for run in runs:
            manager.resume(run, row.owner if run == row.id else "visitor 0")
        further = {run: max(before[run]) + 20 for run in runs}
        until(lambda: all(furthest(store, run) > further[run] for run in runs))
        until(lambda: furthest(store, straight) > further[runs[1]])
        for run in runs:
            again = seen(store, run)
            assert sorted(again) == list(range(1, max(again) + 1))
            assert {step: again[step] for step in before[run]} == before[run]
        unbroken = seen(store, straight)
        both = [step for step in seen(store, runs[1]) if step in unbroken]
        assert {s: unbroken[s] for s in both} == {s: seen(store, runs[1])[s] for s in both}
        assert max(both) > further[runs[1]]
    finally:
        manager.close()


def test_two_servers_on_one_home_train_side_by_side_and_one_survives_the_other(
    server: tuple[subprocess.Popen, list[str]],
) -> None:
    process, (theirs, other) = server
    store = RunStore()
    manager = RunManager(store, LocalProcesses(1))
    try:
        mine = manager.start(spec_of(seed=5), "visitor 0")
        until(lambda: all(furthest(store, run) > 20 for run in (theirs, other, mine)))
        assert store.get(theirs).server != store.get(mine).server
        manager.pause(theirs, "visitor 0")  # whose page is at the other server now
        until(lambda: store.get(theirs).status == "paused")
        reached = furthest(store, theirs)
        manager.resume(theirs, "visitor 0")
        until(lambda: furthest(store, theirs) > reached + 20)
        manager.stop(other, "visitor 1")
        until(lambda: store.get(other).status == "stopped")
        process.kill()
        process.wait()
        until(lambda: store.get(theirs).status == "interrupted")
        reached = furthest(store, mine)
        until(lambda: furthest(store, mine) > reached + 20)
        manager.resume(theirs, "visitor 0")
        reached = furthest(store, theirs)
        until(lambda: furthest(store, theirs) > reached)
        assert store.get(theirs).server == store.get(mine).server
    finally:
        manager.close()
