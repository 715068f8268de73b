"""What goes wrong on the day: clocks that jump, a disk that is full in the middle of a turn, two
servers on one home. Nothing that was shown is lost, and what goes on goes on exactly.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from lm_core.errors import StoreUnavailable
from lm_core.home import unwritable
from lm_core.runs import dispatch, job, training_run
from lm_core.runs.database import Database
from lm_core.runs.dispatch import KILLED
from lm_core.runs.manager import RunManager
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import RunStore
from lm_core.runs.worker import JOBS, execute, put_away
from lm_core.training import Budget
from lm_core.training.events import Step
from tests.marks import most_slow
from tests.runs.test_manager import Bench
from tests.runs.test_turns import in_turns_on, same, shown, started, weights
from tests.waiting import until
from tests.working import worked

HOUR = 3600.0
SPEC = RunSpec()


class Movers(Bench):
    """It also notes the runs that are to be put away."""

    def submit_to(self, place, fn, /, *args) -> Future:
        if fn is put_away:
            self.tasks["away"] = Future()
            return self.tasks["away"]
        return super().submit_to(place, fn, *args)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(job, "PARENT_GONE", threading.Event())
    monkeypatch.setattr(job, "LOOK_SECONDS", -1.0)
    return RunStore()


@pytest.fixture
def make(store: RunStore) -> Iterator:
    made: list[RunManager] = []

    def manager() -> RunManager:
        made.append(RunManager(store, Movers(store), slots=1))
        return made[-1]

    yield manager
    for one in made:
        one.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """By how much the wall clock of this process is off."""
    off, real = [0.0], time.time
    monkeypatch.setattr(time, "time", lambda: real() + off[0])
    return off


# A clock that jumps -------------------------------------------------------------------------------


def test_a_clock_that_jumps_stops_nobodys_run_and_the_grace_goes_on(
    make, store: RunStore, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = make()
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    for off in (HOUR, -HOUR, 0.0):
        clock[0] = off
        manager.look_after()
        row = store.get(run)
        assert row.requested == "run"
        assert abs(time.time() - row.started) < HOUR / 2
        assert abs(time.time() - store.last_visit("ada")) < HOUR / 2
    clock[0] = -HOUR
    manager.look_after()
    monkeypatch.setenv("LM_LAB_GRACE", "0.2")
    until(lambda: store.get(run).requested == "stop")  # not an hour later


def test_a_run_that_does_not_listen_is_ended_though_the_clock_was_set_back(
    make, store: RunStore, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "STOP_SECONDS", 0.2)
    manager = make()
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    manager.stop(run, "ada")
    clock[0] = -HOUR
    until(lambda: not store.get(run).active)
    assert store.get(run).message == KILLED


def test_how_long_an_examination_still_takes_is_no_more_than_it_was_given(
    make, clock: list[float]
) -> None:
    manager = make()
    run = manager.start(SPEC, "ada", kind="doctor", options={"seconds": 60.0})
    manager.backend.begin(run)
    clock[0] = -HOUR
    manager.look_after()
    assert 0 < manager.seconds_left(run, "ada") <= 60


def test_a_budget_of_seconds_goes_by_a_clock_that_nobody_sets(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    off, real = [0.0], time.time

    def jumping() -> float:
        off[0] = -HOUR if off[0] else HOUR  # at each look
        return real() + off[0]

    run = started(store)
    spec = RunSpec.from_dict(store.get(run).spec)
    seconds = store.create(
        "ada", "", spec.to_dict() | {"budget": Budget(seconds=0.5).to_dict() | {"steps": None}}
    )
    monkeypatch.setattr(time, "time", jumping)
    assert worked(store, seconds) == "finished"
    spent = [row["seconds"] for row in store.since(Step, seconds)]
    assert spent == sorted(spent)
    assert 0 < spent[-1] < HOUR / 2


# A disk that is full ------------------------------------------------------------------------------


def full(*_, **__):
    raise StoreUnavailable(unwritable(OSError(28, "No space left on device")))


def test_a_full_disk_in_a_turn_costs_that_run_alone_which_goes_on_exactly(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, mine, other = (started(store) for _ in range(3))
    worked(store, straight)
    home = str(store.folder)
    attempts = {run: store.hand_over(run) for run in (mine, other)}
    for _ in range(3):
        for run in attempts:
            assert isinstance(execute(home, run, attempts[run], 0.0), dict)
    seen = shown(store, mine)
    with monkeypatch.context() as patch:
        patch.setattr(Database, "writing", full)
        with pytest.raises(StoreUnavailable, match="free some space"):
            execute(home, mine, attempts[mine], 60.0)
    assert (home, mine) not in JOBS
    assert in_turns_on(store, other) == "finished"
    assert shown(store, other) == shown(store, straight)
    assert shown(store, mine) == seen  # until it goes on
    assert worked(store, mine) == "finished"
    assert shown(store, mine) == shown(store, straight)


@pytest.mark.parametrize("paused", most_slow([False, True], quick=[True]))
def test_a_run_that_cannot_be_put_away_stays_in_memory_as_it_was(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, paused: bool
) -> None:
    straight, run = started(store), started(store)
    worked(store, straight)
    home, attempt = str(store.folder), store.hand_over(run)
    if paused:
        store.update(run, pause_at=5)
        while not execute(home, run, attempt, 0.0)["paused"]:
            pass
    else:
        execute(home, run, attempt, 0.0)
    status, seen = store.get(run).status, shown(store, run)
    with monkeypatch.context() as patch:
        patch.setattr(training_run, "save_checkpoint", full)
        assert not put_away(home, run)
    assert (home, run) in JOBS
    assert store.get(run).status == status
    assert set(seen) <= set(shown(store, run))
    assert not (store.run_folder(run) / "checkpoint" / "meta.json").exists()
    assert put_away(home, run)  # there is room again
    store.update(run, requested="run")
    assert worked(store, run) == "finished"
    assert shown(store, run) == shown(store, straight)
    assert same(weights(store, run), weights(store, straight))


def test_a_record_that_cannot_be_read_keeps_no_place_from_others(
    make, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment at which a paused run comes back from being put away."""
    manager = make()
    run = manager.start(SPEC, "ada")
    manager.backend.begin(run)
    store.update(run, status="paused", requested="pause")
    manager.backend.turn(run, paused=True)
    monkeypatch.setattr(dispatch, "PARKED", -1.0)
    until(lambda: "away" in manager.backend.tasks)
    monkeypatch.setattr(dispatch, "PARKED", 1e9)
    with monkeypatch.context() as patch:
        patch.setattr(store, "requested", full)
        manager.backend.tasks.pop("away").set_result(False)
    until(lambda: run in manager.backend.tasks)  # it has a turn, and finds that it is paused
    manager.backend.turn(run, paused=True)
    other = manager.start(SPEC, "bob")
    assert list(manager.backend.tasks) == [other]


# Two servers on one home --------------------------------------------------------------------------


def test_a_run_that_sleeps_at_one_server_hears_its_owner_at_the_other(
    make, store: RunStore
) -> None:
    here, there = make(), make()
    run = here.start(SPEC, "ada")
    here.backend.begin(run)
    there.pause(run, "ada")
    store.update(run, status="paused")
    here.backend.turn(run, paused=True)
    for ask in (there.single_step, there.resume, there.stop):
        ask(run, "ada")
        until(lambda: run in here.backend.tasks)
        there.pause(run, "ada")
        here.backend.turn(run, paused=True)
    assert there.backend.tasks == {}
