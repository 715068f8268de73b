"""One run that several visitors watch, and how they part."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lm_core import checkpoints
from lm_core.corpora.own import own_corpus, save_own
from lm_core.errors import RunNotFound
from lm_core.models import models
from lm_core.runs import job
from lm_core.runs.manager import RunManager
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.runs.worker import JOBS, execute, put_away
from lm_core.training import Budget, TrainSettings
from lm_core.training.events import Checkpointed, Evaluated, Sampled, Snapshot, Step
from tests.marks import most_slow
from tests.runs.test_manager import Bench
from tests.tiny import TEXT, tiny_settings

SPEC = RunSpec(
    model_name="lstm",
    model=models["lstm"].settings(**tiny_settings("lstm")),
    train=TrainSettings(batch_size=4, lr=1e-2, eval_tokens=100),
    budget=Budget(steps=40),
)
ALL = (Step, Evaluated, Sampled, Snapshot, Checkpointed)


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunManager]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(job, "PARENT_GONE", threading.Event())
    monkeypatch.setattr(job, "LOOK_SECONDS", -1.0)
    made = RunManager(RunStore(), Bench(RunStore()), slots=1)
    yield made
    made.close()
    JOBS.clear()


def shown(manager: RunManager, run: str) -> list:
    """What a page sees of the events of a run, and of how it stands."""
    store = manager.store
    rows = [[{**row, "seq": 0, "path": ""} for row in store.since(kind, run)] for kind in ALL]
    row = store.get(run)
    return [rows, row.status, row.facts, row.spec]


def trained(manager: RunManager, run: str, *, to: int = 10_000) -> None:
    """The worker's side of a run, in this process, to a step or to its end."""
    folder, row = str(manager.store.folder), manager.store.get(run)
    for _ in range(1000):
        if not manager.store.get(run).active:
            break
        assert execute(folder, run, row.attempt, 0.0) != "lost"
        last = manager.store.last(Step, run)
        if last and last["step"] >= to:
            return
    manager.backend.tasks.pop(run).set_result("finished")


def test_who_starts_what_another_trains_joins_that_run(manager: RunManager) -> None:
    run = manager.start(SPEC, "ada", title="Hers")
    trained(manager, run, to=10)
    mine = manager.start(SPEC, "bob", title="His")
    assert mine != run
    assert list(manager.backend.tasks) == [run]  # trained once
    assert shown(manager, mine) == shown(manager, run)  # from its beginning
    row = manager.store.get(mine, "bob")
    assert (row.title, row.owner, row.number, row.follows) == ("His", "bob", 1, run)
    assert manager.store.run_folder(mine) == manager.store.run_folder(run)
    assert sorted(manager.store.watchers(mine)) == ["ada", "bob"]
    trained(manager, run)
    assert manager.store.get(mine).status == "finished"
    assert shown(manager, mine) == shown(manager, run)
    with pytest.raises(RunNotFound):
        manager.store.get(run, "bob")
    with pytest.raises(RunNotFound):
        manager.stop(mine, "ada")


@pytest.mark.parametrize(
    "other",
    [
        replace(SPEC, seed=1),
        replace(SPEC, budget=Budget(steps=41)),
        replace(SPEC, train=replace(SPEC.train, lr=2e-2)),
    ],
    ids=["seed", "budget", "rate"],
)
def test_another_seed_or_setting_is_ones_own(manager: RunManager, other: RunSpec) -> None:
    manager.start(SPEC, "ada")
    assert not manager.store.get(manager.start(other, "bob")).follows


def test_ones_own_second_run_and_what_has_ended_or_was_steered_are_not_joined(
    manager: RunManager,
) -> None:
    run = manager.start(SPEC, "ada")
    assert not manager.store.get(manager.start(SPEC, "ada")).follows
    manager.store.update(run, lr_scale=0.5)
    (second,) = [r.id for r in manager.store.runs_of("ada") if r.id != run]
    manager.store.update(second, requested="pause")
    assert not manager.store.get(manager.start(SPEC, "bob")).follows


def test_a_text_of_ones_own_is_nobody_elses(manager: RunManager) -> None:
    text = save_own(own_corpus(TEXT, title="Mine", items=False))
    spec = replace(SPEC, data=CorpusSpec(name="own", text=text))
    manager.start(spec, "ada")
    assert not manager.store.get(manager.start(spec, "bob")).follows


def test_an_examination_is_not_joined(manager: RunManager) -> None:
    manager.start(SPEC, "ada", kind="doctor")
    assert not manager.store.get(manager.start(SPEC, "bob", kind="doctor")).follows


def going(manager: RunManager, *owners: str, to: int = 12) -> list[str]:
    runs = [manager.start(SPEC, owner) for owner in owners]
    manager.backend.begin(runs[0])
    trained(manager, runs[0], to=to)
    return runs


def steps(manager: RunManager, run: str) -> list:
    return [(row["step"], row["nats"]) for row in manager.store.since(Step, run)]


def test_a_follower_who_steers_has_a_run_of_their_own(manager: RunManager) -> None:
    run, mine, third = going(manager, "ada", "bob", "cleo")
    put_away(str(manager.store.folder), run)  # so that there is a checkpoint
    before = shown(manager, run)
    manager.pause(mine, "bob")
    assert manager.store.get(run).requested == "run"
    assert shown(manager, run) == before
    row = manager.store.get(mine)
    assert (row.follows, row.requested, row.status) == ("", "pause", "queued")
    assert manager.store.get(third).follows == run
    assert steps(manager, mine) == steps(manager, run)
    assert manager.store.run_folder(mine) != manager.store.run_folder(run)
    manager.resume(mine, "bob")
    manager.backend.turn(run)
    assert list(manager.backend.tasks) == [mine]
    trained(manager, mine)
    assert [step for step, _ in steps(manager, mine)] == list(range(1, 41))
    while run not in manager.backend.tasks:
        manager._dispatch()
    trained(manager, run)
    assert steps(manager, mine) == steps(manager, run)  # to the bit


@pytest.mark.parametrize("failures", most_slow([1, 1000], quick=[1]))
def test_a_checkpoint_that_is_replaced_while_it_is_copied_costs_nothing(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """It is copied again, or left out: then the run begins anew, to the same bits."""
    run, mine = going(manager, "ada", "bob")
    put_away(str(manager.store.folder), run)
    before, tries, plain = steps(manager, mine), [], checkpoints.shutil.copytree

    def moved(folder, to, *rest, **how):
        tries.append(folder)
        if Path(folder).name == "checkpoint" and len(tries) <= failures:
            raise shutil.Error([(str(folder), str(to), "No such file or directory")])
        return plain(folder, to, *rest, **how)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", moved)
        manager.pause(mine, "bob")
    assert steps(manager, mine) == before
    whole = (manager.store.run_folder(mine) / "checkpoint" / "meta.json").exists()
    assert whole is (failures == 1)
    manager.resume(mine, "bob")
    manager.backend.turn(run)
    trained(manager, mine)
    assert dict(steps(manager, mine)).items() >= dict(before).items()


def test_where_the_first_steers_the_others_go_on_together(manager: RunManager) -> None:
    run, second, third = going(manager, "ada", "bob", "cleo")
    manager.set_rate(run, "ada", 1e-3)
    rows = {name: manager.store.get(name) for name in (run, second, third)}
    assert rows[run].lr_scale == pytest.approx(0.1)
    assert (rows[second].follows, rows[second].lr_scale) == ("", 1.0)
    assert rows[third].follows == second
    assert steps(manager, second) == steps(manager, run)
    assert manager.store.watchers(third) == ["bob", "cleo"]


def test_a_follower_who_stops_keeps_what_there_was_and_stops_nobody(manager: RunManager) -> None:
    run, mine = going(manager, "ada", "bob")
    manager.stop(mine, "bob")
    assert (manager.store.get(mine).status, manager.store.get(mine).follows) == ("stopped", "")
    assert manager.store.requested(run).state == "run"
    assert steps(manager, mine) == steps(manager, run) != []


def test_where_the_first_stops_or_deletes_nobody_loses_anything(manager: RunManager) -> None:
    run, mine = going(manager, "ada", "bob")
    before = steps(manager, mine)
    manager.stop(run, "ada")
    assert manager.store.get(mine).status == "queued"
    assert steps(manager, mine) == before
    trained(manager, run)
    assert manager.store.get(run).status == "stopped"
    assert list(manager.backend.tasks) == [mine]
    trained(manager, mine)
    assert [step for step, _ in steps(manager, mine)] == list(range(1, 41))


@pytest.mark.parametrize("first", [True, False])
def test_a_finished_run_is_deleted_for_its_owner_alone(manager: RunManager, first: bool) -> None:
    run, mine = going(manager, "ada", "bob")
    trained(manager, run)
    before = shown(manager, mine)
    if first:
        manager.delete(run, "ada")
        left, gone = mine, run
    else:
        manager.delete(mine, "bob")
        left, gone = run, mine
    assert shown(manager, left) == before
    assert (manager.store.run_folder(left) / "checkpoint" / "meta.json").exists()
    with pytest.raises(RunNotFound):
        manager.store.get(gone)
    if first:
        assert not manager.store.run_folder(run).exists()
        paths = [row["path"] for row in manager.store.since(Snapshot, mine)]
        assert all(Path(path).exists() for path in paths)


def test_a_run_goes_on_while_one_of_those_who_watch_it_is_here(
    manager: RunManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = going(manager, "ada", "bob")
    manager._present = lambda owner: owner == "bob"
    monkeypatch.setenv("LM_LAB_GRACE", "0")
    manager.look_after()
    assert manager.store.requested(run).state == "run"
    manager._present = lambda owner: False
    manager.look_after()
    assert manager.store.requested(run).state == "stop"


def test_a_title_and_a_note_are_ones_own(manager: RunManager) -> None:
    run, mine = going(manager, "ada", "bob")
    manager.rename(mine, "bob", "Bob's")
    manager.annotate(mine, "bob", "Mine.")
    assert (manager.store.get(run).title, manager.store.get(run).note) == ("", "")
    assert (manager.store.get(mine).title, manager.store.get(mine).note) == ("Bob's", "Mine.")
