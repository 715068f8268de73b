"""A race in the queue: started, measured at its end, stopped and deleted as one."""

import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint
from lm_core.corpora.own import own_corpus, save_own
from lm_core.errors import BadSettings, LabError, RunNotFound
from lm_core.evaluation import evaluate
from lm_core.runs import job
from lm_core.runs.caps import caps
from lm_core.runs.final_score import final_score, why_not
from lm_core.runs.finish import FACT, Finish
from lm_core.runs.manager import RunManager
from lm_core.runs.prepare import prepare
from lm_core.runs.race import Race
from lm_core.runs.race_file import FIGURES
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.runs.worker import CPU, JOBS, execute, put_away
from lm_core.training import Budget
from tests.runs.test_manager import Bench
from tests.tiny import NAMES

FAMILIES = ("neural-bigram", "bigram")


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunManager]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(job, "PARENT_GONE", threading.Event())
    made = RunManager(RunStore(), Bench(RunStore()), slots=1)
    yield made
    made.close()
    JOBS.clear()


@pytest.fixture
def race(manager: RunManager) -> Race:
    """Of a list of one's own, as its splits are small."""
    key = save_own(own_corpus("\n".join(NAMES), title="Mine", items=True))
    return Race(CorpusSpec(name="own", text=key, items=True), FAMILIES, Budget(steps=3), 2)


def trained(manager: RunManager, run: str) -> None:
    """The worker's side of a run, in this process, a turn at a time."""
    folder, task = str(manager.store.folder), manager.backend.tasks.pop(run)
    attempt = manager.store.get(run).attempt
    assert task.set_running_or_notify_cancel()
    for _ in range(200):
        ended = execute(folder, run, attempt, 0.0)
        if isinstance(ended, str):
            task.set_result(ended)
            return
    pytest.fail("it did not end")


def all_trained(manager: RunManager) -> None:
    while manager.backend.tasks:
        trained(manager, next(iter(manager.backend.tasks)))


def test_each_run_is_measured_at_its_end_with_the_weights_it_keeps(manager, race) -> None:
    id = manager.race(race, "ada", title="Mine")
    row = manager.store.races.get(id, "ada")
    assert (row.title, Race.from_dict(row.spec)) == ("Mine", race)
    all_trained(manager)
    runs = manager.store.runs_in(id, "ada")
    asked = [(run.spec["model"]["name"], run.spec["seed"]) for run in runs]
    assert asked == [("bigram", 0), ("neural-bigram", 0), ("neural-bigram", 1)]
    for run in runs:
        assert run.status == "finished", run.message
        figures, data = run.facts[FACT], prepare(RunSpec.from_dict(run.spec)).data
        assert set(figures) == set(FIGURES)
        saved = load_checkpoint(manager.store.run_folder(run.id) / "checkpoint")
        for split in ("validation", "test"):
            right = evaluate(saved.model, data[split])
            assert figures[f"{split}_nats"] == pytest.approx(right.nats_per_token, abs=1e-6)
        assert figures["perplexity"] == pytest.approx(math.exp(figures["test_nats"]))
        assert figures["bits_per_character"] == pytest.approx(right.bits_per_character, abs=1e-6)
        assert figures["parameters"] == saved.model.n_parameters
        assert figures["cpu_seconds"] == run.facts[CPU] > 0
        assert figures["memory"] > 0 < figures["writes_per_second"]
        kept = final_score(manager.store, run)  # the one look that there is
        assert kept.nats == figures["test_nats"]
        assert "measured already" in why_not(manager.store, run)
        (baseline,) = run.facts["baselines"].values()
        assert 0 < baseline < run.facts["blind"]


def test_time_of_the_processor_goes_on_where_a_run_was_put_away(manager, race) -> None:
    manager.race(replace(race, models=("neural-bigram",), seeds=1), "ada")
    (run,) = manager.backend.tasks
    folder, attempt = str(manager.store.folder), manager.store.get(run).attempt
    execute(folder, run, attempt, 0.0)
    assert put_away(folder, run)
    before = manager.store.get(run).facts[CPU]
    assert before > 0
    trained(manager, run)
    row = manager.store.get(run)
    assert row.status == "finished"
    assert row.facts[FACT]["cpu_seconds"] > before


def test_what_is_not_of_a_race_is_not_measured(manager, race) -> None:
    spec = next(race.entrants()).spec
    run = manager.start(spec, "ada")
    all_trained(manager)
    assert FACT not in manager.store.get(run).facts
    assert why_not(manager.store, manager.store.get(run)) == ""


def test_it_is_stopped_and_deleted_as_one_and_by_its_owner_alone(manager, race) -> None:
    id = manager.race(race, "ada")
    runs = manager.store.runs_in(id, "ada")
    for deed in (manager.stop_race, manager.delete_race):
        with pytest.raises(RunNotFound, match="This race is not here"):
            deed(id, "eve")
    assert manager.store.runs_in(id, "eve") == []
    with pytest.raises(LabError, match="stop it first"):
        manager.delete_race(id, "ada")
    manager.stop_race(id, "ada")
    assert {run.status for run in manager.store.runs_in(id, "ada")} == {"stopped"}
    assert all(FACT not in run.facts for run in manager.store.runs_in(id, "ada"))
    with pytest.raises(RunNotFound):
        manager.resume_race(id, "eve")
    manager.resume_race(id, "ada")
    all_trained(manager)
    again = manager.store.runs_in(id, "ada")
    assert {run.status for run in again} == {"finished"}
    assert all(FACT in run.facts for run in again)
    manager.delete_race(id, "ada")
    assert manager.store.races.of("ada") == []
    for run in runs:
        with pytest.raises(RunNotFound):
            manager.store.get(run.id)


def test_who_asks_to_stop_while_it_is_measured_is_heard(manager, race, monkeypatch) -> None:
    manager.race(replace(race, models=("neural-bigram",), seeds=1), "ada")
    (run,) = manager.backend.tasks
    measured = []

    def measure(self: Finish) -> Iterator[None]:
        manager.stop(run, "ada")
        yield
        measured.append(self)

    monkeypatch.setattr(Finish, "measure", measure)
    monkeypatch.setattr(job, "LOOK_SECONDS", -1.0)
    trained(manager, run)
    row = manager.store.get(run)
    assert row.status == "finished"  # what it learned it has
    assert FACT not in row.facts
    assert not measured


def test_a_race_is_one_thing_to_wait_for_and_cannot_jump_the_queue(manager, race) -> None:
    wide = replace(race, models=("neural-bigram", "mlp", "gru"), seeds=3)
    for _ in range(caps().runs_waiting):
        manager.race(wide, "ada")
    waiting = len(manager.store.runs_with(("queued",)))
    assert waiting > caps().runs_waiting
    with pytest.raises(LabError, match=f"{caps().runs_waiting} of your runs are waiting already"):
        manager.race(race, "ada")
    assert len(manager.store.runs_with(("queued",))) == waiting
    assert manager.race(race, "bob")  # somebody else's does not hold him up


def test_one_that_cannot_run_here_starts_nothing(manager, race) -> None:
    with pytest.raises(BadSettings, match="Files can be named on the command line only"):
        manager.race(replace(race, data=CorpusSpec(name="file", file="/x", items=True)), "ada")
    assert manager.store.races.of("ada") == []
    assert manager.store.runs_of("ada") == []


def test_two_who_race_the_same_share_runs_and_each_has_all_figures(manager, race) -> None:
    shared = Race(CorpusSpec(name="names"), ("bigram",), Budget(steps=2), 1)
    alone = manager.start(next(shared.entrants()).spec, "eve")  # it will lack a finish
    one, other = manager.race(shared, "ada"), manager.race(shared, "bob")
    (ada,), (bob,) = (manager.store.runs_in(i, o) for i, o in ((one, "ada"), (other, "bob")))
    assert not ada.follows
    assert bob.follows == ada.id
    all_trained(manager)
    found = [manager.store.get(run).facts for run in (ada.id, bob.id)]
    assert found[0][FACT] == found[1][FACT]
    assert FACT not in manager.store.get(alone).facts


def test_races_go_with_their_owner_and_go_when_all_is_deleted(manager, race) -> None:
    id = manager.race(race, "ada", title="Mine")
    all_trained(manager)
    manager.adopt("ada", "new")
    assert manager.store.races.of("ada") == []
    assert [one.id for one in manager.store.races.of("new")] == [id]
    assert len(manager.store.runs_in(id, "new")) == 3
    manager.delete_all("new")
    assert manager.store.races.of("new") == []
    assert manager.store.runs_of("new") == []
