"""Runs that go on in worker processes of a real manager, and what tests do with them."""

import os
import signal
from pathlib import Path

from lm_core.corpora.own import own_corpus, save_own
from lm_core.models import models
from lm_core.runs.manager import RunManager
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training import Budget, TrainSettings
from lm_core.training.events import Checkpointed, Step
from tests.tiny import TEXT
from tests.waiting import until


def spec_of(*, steps: int = 1_000_000, seed: int = 0) -> RunSpec:
    """A small model; unless told otherwise it goes on until it is stopped."""
    key = save_own(own_corpus(TEXT, title="Mine", items=False))
    return RunSpec(
        data=CorpusSpec(name="own", text=key),
        model_name="lstm",
        model=models["lstm"].settings(n_hidden=32, n_embd=16, block_size=16, dropout=0.1),
        train=TrainSettings(batch_size=4, schedule="constant", warmup=0.0),
        budget=Budget(steps=steps),
        seed=seed,
    )


def points(manager: RunManager, run: str) -> dict[int, float]:
    return {row["step"]: row["nats"] for row in manager.store.since(Step, run)}


def status(manager: RunManager, run: str) -> str:
    return manager.store.get(run).status


def started(manager: RunManager, owner: str, **rest) -> str:
    """A run of the owner that shows its first points."""
    run = manager.start(spec_of(**rest), owner)
    until(lambda: points(manager, run))
    return run


def stop(manager: RunManager, *runs: str) -> None:
    for run in runs:
        manager.stop(run, manager.store.get(run).owner)
    until(lambda: not any(manager.store.get(run).active for run in runs))


def halt(manager: RunManager, *pids: int) -> None:
    """Halt processes at a moment when none of them holds the record, which would wait for it."""
    with manager.store._writing():
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return True
    return state != "Z"


def hears_its_owner(manager: RunManager) -> None:
    """A run in another process pauses, takes one step, goes on and stops, each as it is asked."""
    run = started(manager, "ada")
    manager.pause(run, "ada")
    until(lambda: status(manager, run) == "paused")
    reached = max(points(manager, run))
    manager.single_step(run, "ada")
    until(lambda: max(points(manager, run)) == reached + 1)
    manager.resume(run, "ada")
    until(lambda: max(points(manager, run)) > reached + 10)
    manager.stop(run, "ada")
    until(lambda: status(manager, run) == "stopped")
    assert sorted(points(manager, run)) == list(range(1, max(points(manager, run)) + 1))


def goes_on_though_killed(manager: RunManager, run: str) -> None:
    """End the process of a run after its first checkpoint; it goes on in another, and shows what it
    would have shown."""
    until(lambda: manager.store.last(Checkpointed, run))
    checkpoint = manager.store.last(Checkpointed, run)["step"]
    until(lambda: max(points(manager, run)) > checkpoint + 20)
    seen, killed = points(manager, run), manager.store.get(run).pid

    os.kill(killed, signal.SIGKILL)
    # Which process has it is known before what it showed is taken back to what was saved.
    until(lambda: manager.store.get(run).pid not in (killed, None))
    until(lambda: status(manager, run) == "running")
    until(lambda: max(points(manager, run)) > max(seen) + 20)
    again = points(manager, run)
    assert sorted(again) == list(range(1, max(again) + 1))
    # From the checkpoint on the steps were done a second time, and came out the same.
    assert {step: again[step] for step in seen} == seen
