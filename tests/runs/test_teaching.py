"""A teacher holds every run, lets all go on, and ends one; nobody's own pause is undone by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lm_core.errors import LabError, RunNotFound
from lm_core.runs import manager as module
from lm_core.runs.manager import RunManager
from lm_core.runs.store import RunStore
from lm_core.runs.teaching import BY_TEACHER
from tests.going import points, started
from tests.runs.test_manager import SPEC, Bench, status
from tests.waiting import until


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunManager]:
    monkeypatch.setattr(module, "joinable", lambda *given: None)
    store = RunStore(tmp_path / "home")
    manager = RunManager(store, Bench(store), slots=1, present=lambda owner: True)
    yield manager
    manager.close()


def in_turn(manager: RunManager) -> list[str]:
    return list(manager.backend.tasks)


def test_while_all_is_held_no_turn_begins_and_new_runs_wait(manager: RunManager) -> None:
    mine = manager.start(SPEC, "ada")
    manager.backend.begin(mine)
    manager.pause_all()
    assert in_turn(manager) == [mine]  # to the end of its turn
    manager.backend.turn(mine)
    new = manager.start(SPEC, "bob")
    manager.look_after()
    assert in_turn(manager) == []
    assert [status(manager, run) for run in (mine, new)] == ["running", "queued"]
    manager.go_on_all()
    assert in_turn(manager) == [new]  # a fresh one first, as ever
    manager.backend.begin(new)
    manager.backend.turn(new)
    assert in_turn(manager) == [mine]


def test_while_all_is_held_nobody_steps_on_and_who_stops_is_heard(manager: RunManager) -> None:
    mine = manager.start(SPEC, "ada")
    manager.backend.begin(mine)
    manager.pause(mine, "ada")
    manager.backend.turn(mine)
    manager.backend.turn(mine, paused=True)
    manager.pause_all()
    manager.single_step(mine, "ada")
    manager.resume(mine, "ada")
    assert in_turn(manager) == []
    manager.stop(mine, "ada")
    assert in_turn(manager) == [mine]
    manager.backend.finish(mine, "stopped")
    assert in_turn(manager) == []


def test_a_pause_of_ones_own_outlasts_that_of_all(manager: RunManager) -> None:
    mine = manager.start(SPEC, "ada")
    manager.backend.begin(mine)
    manager.pause(mine, "ada")
    manager.backend.turn(mine)
    manager.backend.turn(mine, paused=True)
    manager.pause_all()
    manager.go_on_all()
    manager.look_after()
    assert in_turn(manager) == []


def test_a_lab_that_is_started_anew_holds_nothing(manager: RunManager) -> None:
    manager.pause_all()
    manager.close()
    again = RunManager(manager.store, Bench(manager.store), slots=1)
    run = again.start(SPEC, "ada")
    assert in_turn(again) == [run]
    again.close()


def test_the_teacher_ends_any_run_and_its_owner_is_told(manager: RunManager) -> None:
    going, waiting = manager.start(SPEC, "ada"), manager.start(SPEC, "bob")
    manager.backend.begin(going)
    manager.end(going)
    manager.end(waiting)
    assert manager.store.requested(going).state == "stop"
    manager.backend.finish(going, "stopped")
    for run in (going, waiting):
        assert (status(manager, run), manager.store.get(run).message) == ("stopped", BY_TEACHER)
    with pytest.raises(LabError, match="ended already"):
        manager.end(going)
    with pytest.raises(RunNotFound):
        manager.end("nobody's")


def test_ending_a_run_that_another_follows_leaves_the_other(manager: RunManager) -> None:
    store = manager.store
    first = manager.start(SPEC, "ada")
    second = store.join(first, "bob", "Mine")
    manager.end(second)
    assert store.get(second).status == "stopped"
    assert store.get(second).message == BY_TEACHER
    assert store.get(first).active
    assert store.get(first).requested == "run"
    assert store.get(first).message == ""


def test_what_else_is_kept_is_tidied_with_the_runs(tmp_path: Path) -> None:
    times: list[str] = []
    store = RunStore(tmp_path / "other")
    manager = RunManager(store, Bench(store), tidied=lambda: times.append("tidied"))
    manager.look_after()
    manager.close()
    assert times == ["tidied"]


@pytest.mark.slow
def test_a_real_run_stands_still_and_goes_on(tmp_path: Path) -> None:
    manager = RunManager(RunStore(tmp_path / "home"), slots=1, present=lambda owner: True)
    try:
        run = started(manager, "ada")
        manager.pause_all()
        until(lambda: not manager._running)
        seen = max(points(manager, run))
        manager.look_after()
        assert max(points(manager, run)) == seen
        manager.go_on_all()
        until(lambda: max(points(manager, run)) > seen)
        assert sorted(points(manager, run)) == list(range(1, max(points(manager, run)) + 1))
        manager.end(run)
        until(lambda: status(manager, run) == "stopped")
    finally:
        manager.close()
