"""Runs that take turns in one process: each is to the bit what it is alone."""

import threading
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.corpora.own import own_corpus, save_own
from lm_core.models import models
from lm_core.runs import job, worker
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.runs.turns import Job
from lm_core.runs.worker import JOBS, execute, put_away
from lm_core.training import Budget, TrainSettings
from lm_core.training.clock import Stopwatch
from lm_core.training.events import Evaluated, Found, Paused, Sampled, Step
from tests.marks import most_slow
from tests.tiny import TEXT, tiny_settings
from tests.working import worked

FAMILIES = ["lstm", "transformer", "mlp", "ngram"]
STEPS = 24


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(job, "PARENT_GONE", threading.Event())
    monkeypatch.setattr(job, "LOOK_SECONDS", -1.0)
    return RunStore()


@pytest.fixture(autouse=True)
def nothing_left():
    JOBS.clear()
    yield
    assert not JOBS


def started(store: RunStore, family: str = "lstm", *, steps: int = STEPS, **rest) -> str:
    settings = tiny_settings(family)
    if "dropout" in models[family].settings().to_dict():
        settings |= {"dropout": 0.2}
    spec = RunSpec(
        data=CorpusSpec(name="own", text=save_own(own_corpus(TEXT, title="Mine", items=False))),
        model_name=family,
        model=models[family].settings(**settings),
        train=TrainSettings(batch_size=4, lr=1e-2, ema=0.9),
        budget=Budget(steps=steps),
    )
    return store.create("ada", "", spec.to_dict(), **rest)


def shown(store: RunStore, run: str) -> list:
    """All that a page sees of it, without how long it took, which a sample's length hangs on."""
    steps = [(row["step"], row["nats"], row["lr"]) for row in store.since(Step, run)]
    judged = [(row["step"], row["split"], row["nats"]) for row in store.since(Evaluated, run)]
    written = [(row["step"], row["text"][:10]) for row in store.since(Sampled, run)]
    return [*steps, *judged, *written]


def weights(store: RunStore, run: str) -> dict[str, torch.Tensor]:
    return load_checkpoint(store.run_folder(run) / "checkpoint").model.state_dict()


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def in_turns(store: RunStore, runs: list[str], between=lambda turn: None) -> list[str]:
    """The shortest turns there are, one after the other; how each ended."""
    attempts, ended = {run: store.hand_over(run) for run in runs}, {}
    for turn in range(10_000):
        for run in [run for run in runs if run not in ended]:
            status = execute(str(store.folder), run, attempts[run], 0.0)
            if isinstance(status, str):
                ended[run] = status
        if len(ended) == len(runs):
            return [ended[run] for run in runs]
        between(turn)
    raise AssertionError("they do not end")


@pytest.mark.parametrize(
    "families", most_slow([["lstm", "ngram"], FAMILIES], quick=[["lstm", "ngram"]]), ids="-".join
)
def test_runs_in_turns_are_to_the_bit_what_they_are_alone(
    store: RunStore, families: list[str]
) -> None:
    alone = [started(store, family) for family in families]
    assert [worked(store, run) for run in alone] == ["finished"] * len(families)
    runs = [started(store, family) for family in families]
    assert in_turns(store, runs) == ["finished"] * len(families)
    for run, straight in zip(runs, alone, strict=True):
        assert shown(store, run) == shown(store, straight) != []
        assert same(weights(store, run), weights(store, straight))


def test_what_others_do_with_global_chance_and_threads_touches_no_run(store: RunStore) -> None:
    straight, run = started(store), started(store)
    worked(store, straight)

    def disturb(turn: int) -> None:
        torch.rand(turn + 1)
        torch.set_num_threads(1 + turn % 2)

    assert in_turns(store, [run], disturb) == ["finished"]
    assert shown(store, run) == shown(store, straight)


def test_the_first_turn_shows_what_the_model_writes(store: RunStore) -> None:
    run = started(store, steps=1000)
    told = execute(str(store.folder), run, store.hand_over(run), 0.0)
    assert told["paused"] is False
    assert told["seconds"] > 0
    assert [row["step"] for row in store.since(Sampled, run)] == [1]
    assert [row["step"] for row in store.since(Evaluated, run)] == [1]
    assert store.get(run).status == "running"
    store.update(run, requested="stop")
    assert in_turns_on(store, run) == "stopped"


def in_turns_on(store: RunStore, run: str) -> str:
    home, attempt = str(store.folder), store.get(run).attempt
    while not isinstance(status := execute(home, run, attempt, 0.0), str):
        pass
    return status


def test_a_pause_ends_the_turn_and_takes_no_time(store: RunStore) -> None:
    straight, run = started(store), started(store)
    worked(store, straight)
    attempt = store.hand_over(run)
    store.update(run, pause_at=7)
    while not execute(str(store.folder), run, attempt, 0.0)["paused"]:
        pass
    assert store.get(run).status == "paused"
    assert [row["step"] for row in store.since(Step, run)] == list(range(1, 8))
    for _ in range(3):  # asked, and still paused
        assert execute(str(store.folder), run, attempt, 60.0)["paused"]
    store.update(run, single_steps=1)
    assert execute(str(store.folder), run, attempt, 60.0)["paused"]
    assert store.last(Step, run)["step"] == 8
    store.update(run, requested="run")
    assert execute(str(store.folder), run, attempt, 1e9) == "finished"
    assert shown(store, run) == shown(store, straight)


@pytest.mark.parametrize("turns", most_slow([1, 4, 9], quick=[4]))
def test_put_away_a_run_goes_on_elsewhere_to_the_bit(store: RunStore, turns: int) -> None:
    straight, run = started(store), started(store)
    worked(store, straight)
    attempt = store.hand_over(run)
    for _ in range(turns):
        execute(str(store.folder), run, attempt, 0.0)
    assert put_away(str(store.folder), run)
    assert not JOBS
    assert store.get(run).status == "running"  # a page sees nothing of it
    assert worked(store, run) == "finished"
    assert shown(store, run) == shown(store, straight)
    assert same(weights(store, run), weights(store, straight))
    assert store.get(run).message == ""


def test_a_paused_run_that_is_put_away_stays_paused(store: RunStore) -> None:
    run = started(store)
    attempt = store.hand_over(run)
    store.update(run, pause_at=7)
    while not execute(str(store.folder), run, attempt, 0.0)["paused"]:
        pass
    assert put_away(str(store.folder), run)
    row = store.get(run)
    assert (row.status, row.requested) == ("paused", "pause")
    store.update(run, requested="run")
    assert worked(store, run) == "finished"
    assert [row["step"] for row in store.since(Step, run)] == list(range(1, STEPS + 1))


def test_what_counts_stays_where_it_is(store: RunStore) -> None:
    run = started(store, "ngram")
    attempt = store.hand_over(run)
    assert isinstance(execute(str(store.folder), run, attempt, 0.0), dict)
    assert not put_away(str(store.folder), run)
    assert in_turns_on(store, run) == "finished"


def test_an_earlier_attempt_at_a_run_is_forgotten(store: RunStore) -> None:
    run = started(store)
    execute(str(store.folder), run, store.hand_over(run), 0.0)
    assert worked(store, run) == "finished"
    assert [row["step"] for row in store.since(Step, run)] == list(range(1, STEPS + 1))


def test_what_is_going_when_the_page_is_gone_is_saved(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [started(store), started(store)]
    for run in runs:
        execute(str(store.folder), run, store.hand_over(run), 0.0)
    with monkeypatch.context() as patch:
        gone = threading.Event()
        gone.set()
        patch.setattr(job, "PARENT_GONE", gone)
        worker.end_all()
    assert [store.get(run).status for run in runs] == ["interrupted"] * 2
    assert all(worked(store, run) == "finished" for run in runs)
    assert shown(store, runs[0]) == shown(store, runs[1])


def test_a_doctors_job_takes_turns_too(store: RunStore) -> None:
    run = started(store, kind="doctor", options={"seconds": 3.0})
    attempt = store.hand_over(run)
    turns = 0
    while isinstance(execute(str(store.folder), run, attempt, 0.0), dict):
        turns += 1
    assert turns > 20
    assert store.get(run).status == "finished"
    assert {row["part"] for row in store.since(Found, run)} >= {"init", "lr", "grid"}


# Without a run ------------------------------------------------------------------------------------


def test_a_turn_lasts_its_seconds_and_the_clock_stands_still_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    seen = []

    def work(job: Job):
        for step in range(1, 9):
            now[0] += 1.0
            seen.append(job.clock())
            yield Step(step, 0, 0.0, 1.0)
        return "finished"

    monkeypatch.setattr("lm_core.runs.turns.Stopwatch", lambda *_: Stopwatch(lambda: now[0]))
    job = Job(work)
    for until in (3, 6):
        assert job.turn(2.5, clock=lambda: now[0]) is None
        assert seen == [float(k) for k in range(1, until + 1)]
        now[0] += 100.0
    assert job.turn(2.5, clock=lambda: now[0]) == "finished"
    assert seen == [float(k) for k in range(1, 9)]


def test_a_pause_is_the_end_of_a_turn() -> None:
    def work(job: Job):
        yield Paused(1)
        yield Step(1, 0, 0.0, 1.0)
        return "finished"

    job = Job(work)
    assert job.turn(60.0) is None
    assert job.paused
    assert job.turn(60.0) == "finished"
    assert not job.paused
