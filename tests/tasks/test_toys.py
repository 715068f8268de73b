"""Pictures, a series, and a game of two networks learn through the same Trainer: whatever is new in
them is in one small file of their own."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.cli import main
from lm_core.device import choose_device
from lm_core.doctor.plan import Plan
from lm_core.doctor.reading import read
from lm_core.doctor.steps import examine
from lm_core.errors import Unsupported
from lm_core.models import models
from lm_core.runs.doctoring import patient_of
from lm_core.runs.prepare import prepare
from lm_core.runs.snapshots import snapshot_checkpoint, snapshot_steps
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.runs.training_run import TrainingRun, how_it_ended
from lm_core.runs.worker import execute
from lm_core.tasks import task_of
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Diagnosed, Evaluated, Event, Examined, Finished, Sampled, Step
from lm_core.training.resume import restore, training_tensors
from lm_core.training.task import Loss, tasks
from tests.doctor.patients import Machine
from tests.marks import most_slow
from tests.steered import StopAt
from tests.tasks.toys import moved_in

LINES = 60
TOYS = {  # file: corpus, family, steps, learning rate
    "pictures": ("toy-stripes", "toy-convolution", 150, 1e-2),
    "series": ("toy-waves", "toy-forecaster", 150, 1e-2),
    "points": ("toy-circle", "toy-game", 300, 3e-3),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    with moved_in(*TOYS):
        yield


def spec_of(name: str, *, steps: int | None = None, seed: int = 3, **how: Any) -> RunSpec:
    corpus, family, usual, lr = TOYS[name]
    train = TrainSettings(**{"lr": lr, "batch_size": 32, "eval_every": 25} | how)
    budget = Budget(steps=steps or usual)
    return RunSpec(
        CorpusSpec(name=corpus), model_name=family, train=train, budget=budget, seed=seed
    )


def make(name: str, *, steps: int | None = None, stop: int | None = None, **how: Any) -> Trainer:
    ready, control = prepare(spec_of(name, steps=steps, **how)), StopAt(stop)
    control.trainer = Trainer(
        ready.task,
        ready.model,
        ready.data,
        settings=ready.spec.train,
        budget=ready.spec.budget,
        seed=ready.spec.seed,
        control=control,
    )
    return control.trainer


def losses(events: Iterator[Event]) -> list[float]:
    return [event.loss for event in events if isinstance(event, Step)]


@pytest.mark.parametrize("name", most_slow(TOYS, quick=["series", "pictures"]))
def test_it_learns(name: str) -> None:
    training = make(name)
    *events, end = training.run()
    scored = [event for event in events if isinstance(event, Evaluated)]
    blind = training.task.blind(training.model, training.data)
    assert isinstance(end, Finished)
    assert scored[-1].loss < 0.5 * blind
    assert all(event.metrics.keys() == training.task.metrics.keys() for event in scored)


@pytest.mark.parametrize("name", TOYS)
def test_the_same_seed_gives_the_same_run(name: str) -> None:
    first, again = (losses(make(name, steps=6).run()) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("name", ["pictures", "series"])
def test_gradients_of_pieces_add_up_to_those_of_the_batch(name: str) -> None:
    whole, pieces = (losses(make(name, steps=6, accumulate=n).run()) for n in (1, 5))
    assert pieces == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize("how", [{}, {"ema": 0.9}, {"optimizer": "muon"}], ids=str)
@pytest.mark.parametrize("name", TOYS)
def test_stopped_and_gone_on_with_it_is_the_same_run(name: str, how: dict) -> None:
    straight = losses(make(name, steps=12, **how).run())
    first = make(name, steps=12, stop=7, **how)
    begun = losses(first.run())
    kept = {key: tensor.clone() for key, tensor in training_tensors(first).items()}
    second = make(name, steps=12, **how)
    second.model.load_state_dict(copy.deepcopy(first.model.state_dict()))
    restore(second, kept, {"step": first.step, "tokens": first.tokens, "seconds": first.seconds})
    assert begun + losses(second.run()) == straight


def test_every_player_moves_its_own_weights_alone() -> None:
    training = make("points", steps=1, weight_decay=0.0)
    judge, maker = training.players
    generous = replace(maker, loss=lambda *given: Loss(0.0 * maker.loss(*given).each))
    training.players = (judge, generous)
    before = copy.deepcopy(training.model)
    list(training.run())
    unmoved = zip(before.maker.parameters(), training.model.maker.parameters(), strict=True)
    moved = zip(before.judge.parameters(), training.model.judge.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in unmoved)
    assert all(not torch.equal(a, b) for a, b in moved)


@pytest.mark.parametrize("name", TOYS)
def test_all_that_is_new_is_one_small_file(name: str) -> None:
    text = (Path(__file__).parent / "toys" / f"{name}.py").read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) < LINES


@pytest.mark.parametrize("name", TOYS)
def test_what_it_learned_is_kept_and_found_again(name: str, tmp_path: Path) -> None:
    ready = prepare(spec_of(name, steps=5))
    training = TrainingRun(ready, tmp_path / "model", choose_device("cpu"))
    list(training)
    saved = load_checkpoint(tmp_path / "model")
    assert saved.task == ready.spec.task_name
    found = [
        ready.task.evaluate(m, ready.data, "validation", limit=None)
        for m in (ready.model, saved.model)
    ]
    assert found[0] == found[1]
    assert saved.meta["metrics"]["validation"]["nats_per_token"] == found[1].loss
    with pytest.raises(Unsupported, match=tasks[saved.task].title.lower()):
        _ = saved.tokenizer


@pytest.mark.parametrize("name", TOYS)
def test_a_worker_trains_it_and_the_store_keeps_what_it_shows(name: str, tmp_path: Path) -> None:
    store, spec = RunStore(tmp_path), spec_of(name, steps=12, eval_every=4)
    run = store.create("ada", name, spec.to_dict())
    assert execute(str(tmp_path), run, store.hand_over(run)) == "finished"
    row, task = store.get(run), tasks[spec.task_name].build()
    assert (row.facts["unit"], row.facts["judge"]) == (task.unit, task.judge)
    assert row.facts["blind"] > 0
    scored = store.since(Evaluated, run)
    assert len(scored) > 1
    assert all(one["metrics"].keys() == task.metrics.keys() for one in scored)
    shown = store.last(Sampled, run)
    kinds = {"pictures": "pictures", "series": "table"}
    assert (shown["kind"] if shown else None) == kinds.get(name)
    assert not shown or all(shown["rows"])
    assert store.last(Examined, run)["data"]["layers"]
    (step,) = snapshot_steps(store, run)[-1:]
    assert snapshot_checkpoint(store, run, step).task == spec.task_name


@pytest.mark.parametrize("name", most_slow(TOYS, quick=["series"]))
def test_the_doctor_examines_it(name: str) -> None:
    ready = prepare(spec_of(name))
    machine = Machine(0.01, each_look=0.01)
    who = machine.runs(patient_of(ready, choose_device("cpu")))
    said = {}
    for event in examine(who, Plan(seconds=6.0), clock=machine.clock):
        if isinstance(event, Diagnosed):
            said.setdefault(event.step, []).append(event.code)
    assert said[0] == said[2] == ["not_for_task"]  # texts, and what their tokens allow
    assert {3, 4, 5} <= set(said)  # a rate, the grid, the look inside
    assert (said[1] == said[3] == ["not_for_task"]) == (name == "points")  # losses that may rise


@pytest.mark.parametrize("name", TOYS)
def test_the_command_line_trains_it(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, family, *_ = TOYS[name]
    args = ["train", "--corpus", corpus, "--model", family, "--steps", "3", "--json"]
    assert main([*args, "--out", str(tmp_path / "model")]) == 0
    answer = json.loads(capsys.readouterr().out)
    task = task_of(family)
    assert (answer["task"], answer["steps"]) == (models[family].build.tasks[0], 3)
    assert answer["metrics"].keys() == {task.judge, *task.metrics}
    assert answer["validation_nats"] == answer["metrics"][task.judge]
    assert main(["generate", str(tmp_path / "model"), "--json"]) == 2
    assert f"learned {tasks[answer['task']].title.lower()}" in capsys.readouterr().err


@pytest.mark.parametrize("name", TOYS)
def test_what_is_said_of_it_is_in_its_own_unit(name: str, tmp_path: Path) -> None:
    ready = prepare(spec_of(name, steps=60, eval_every=5))
    training = TrainingRun(ready, tmp_path / "model", choose_device("cpu"))
    points, scored, end = [], [], None
    for event in training:
        match event:
            case Step():
                points.append((event.step, event.loss))
            case Evaluated(split="validation"):
                scored.append((event.step, event.loss))
            case Finished():
                end = event
    judge = ready.task.judge
    curves = [
        pd.DataFrame(points, columns=["step", "train_nats"]),
        pd.DataFrame(scored, columns=["step", "nats"]),
    ]
    kept = replace(end, kept=5, kept_loss=0.5)
    said = [verdict.text for verdict in training.health.verdicts]
    said += [read(*curves, judge=judge).text, how_it_ended(kept, judge)]
    assert len(said) > 2
    assert all(judge in text for text in said)
    assert judge == "nats" or not any("nats" in text for text in said)
