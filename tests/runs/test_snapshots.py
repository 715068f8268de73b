"""Where snapshots of a run lie, that they are the weights of their step, and what is refused."""

import itertools
import math
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file

from lm_core.corpora.own import own_corpus, save_own
from lm_core.errors import BadCheckpoint, StoreUnavailable
from lm_core.models import models
from lm_core.runs import job
from lm_core.runs import snapshots as module
from lm_core.runs.prepare import prepare
from lm_core.runs.snapshots import (
    CARD,
    CODEC,
    FOLDER,
    MOST,
    PLANNED,
    Snapshots,
    load_snapshot,
    most_crowded,
    plan,
    snapshot_checkpoint,
    snapshot_steps,
)
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.clock import Seconds
from lm_core.training.events import Snapshot
from tests.marks import most_slow
from tests.tiny import TEXT, tiny_settings
from tests.working import worked

BUDGETS = [Budget(steps=300), Budget(tokens=300 * 64)]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(module, "FREE", 1e9)  # a slow disk is not what is tested here
    monkeypatch.setattr(job, "LOOK_SECONDS", -1.0)
    return RunStore()


def spec_of(family: str = "lstm", budget: Budget | None = None, **train) -> RunSpec:
    key = save_own(own_corpus(TEXT, title="Mine", items=False))
    return RunSpec(
        data=CorpusSpec(name="own", text=key),
        model_name=family,
        model=models[family].settings(**tiny_settings(family)),
        train=TrainSettings(batch_size=4, eval_every=50, lr=1e-2, **train),
        budget=budget or Budget(steps=100),
    )


class Going:
    """A run and its trainer, driven by the test."""

    def __init__(self, store: RunStore, spec: RunSpec) -> None:
        self.store, self.run = store, store.create("ada", "", spec.to_dict())
        self.prepared = prepare(spec)
        self.snapshots = Snapshots(store, self.run, self.prepared)
        self.trainer = Trainer(
            NextToken(),
            self.prepared.model,
            self.prepared.data,
            settings=spec.train,
            budget=spec.budget,
            callbacks=[self.snapshots],
        )

    def events(self):
        for event in self.trainer.run():
            self.store.record(self.run, [event])
            yield event

    def steps(self) -> list[int]:
        return [event.step for event in self.events() if isinstance(event, Snapshot)]


def weights(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: t.clone() for name, t in model.state_dict().items()}


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


# Where they lie -----------------------------------------------------------------------------------


def test_they_lie_evenly_on_the_logarithm_of_the_progress() -> None:
    found = plan(1e-3, 16)
    assert (found[0], found[-1]) == (pytest.approx(1e-3), 1.0)
    ratios = [b / a for a, b in itertools.pairwise(found)]
    assert ratios == pytest.approx([1e3 ** (1 / 15)] * 15)
    assert plan(0.5, 1) == plan(0.5, 0) == []


@pytest.mark.parametrize("budget", most_slow(BUDGETS, quick=BUDGETS[:1]))
def test_a_run_has_some_sixteen_the_early_ones_close_together(
    store: RunStore, budget: Budget
) -> None:
    steps = Going(store, spec_of(budget=budget)).steps()
    assert 12 <= len(steps) <= PLANNED
    assert (steps[:4], steps[-1]) == ([1, 2, 3, 4], 300)
    wide = [b / a for a, b in itertools.pairwise(steps)]
    assert max(wide[4:]) < 1.6


def test_a_run_of_so_many_seconds_has_them_too(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a clock that counts the steps: ten milliseconds each."""
    going = Going(store, spec_of(budget=Budget(seconds=2.0)))

    class Steady:
        def __init__(self, already: float, clock: Seconds) -> None:
            assert already == 0

        def seconds(self) -> float:
            return going.trainer.step / 100

    monkeypatch.setattr("lm_core.training.loop.Clock", Steady)
    steps = going.steps()
    assert 12 <= len(steps) <= PLANNED
    assert steps[:3] == [1, 2, 3]
    assert steps[-1] > 120


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_a_short_run_has_each_of_its_steps(store: RunStore, steps: int) -> None:
    assert Going(store, spec_of(budget=Budget(steps=steps))).steps() == list(range(1, steps + 1))


def test_one_that_cannot_be_afforded_yet_comes_later(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step takes a second and a snapshot two of which a tenth may be spent: what is planned for
    the steps between them waits until there is time for one."""
    monkeypatch.setattr(module, "FREE", 0.0)
    monkeypatch.setattr(module, "SHARE", 0.1)
    going, moments = Going(store, spec_of()), itertools.count(0, 2)
    going.trainer.clock = lambda: float(going.trainer.step)
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: next(moments)))
    assert going.steps() == [1, 40, 60, 80, 100]  # what one costs is known after the first
    assert going.snapshots.spent == 10


def test_without_any_time_there_is_the_first_alone(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FREE", 0.0)
    monkeypatch.setattr(module, "SHARE", 0.0)
    assert Going(store, spec_of()).steps() == [1]


# What they hold -----------------------------------------------------------------------------------


@pytest.mark.parametrize("family", most_slow(["lstm", "transformer", "mlp"], quick=["lstm"]))
def test_each_is_the_model_as_it_was_and_can_be_read_while_the_run_goes_on(
    store: RunStore, family: str
) -> None:
    going, then = Going(store, spec_of(family)), {}
    for event in going.events():
        if isinstance(event, Snapshot):
            then[event.step] = weights(going.trainer.model)
            assert same(weights(load_snapshot(store, going.run, event.step)), then[event.step])
    assert snapshot_steps(store, going.run) == list(then)
    for step, held in then.items():
        model = load_snapshot(store, going.run, step)
        assert same(weights(model), held)
        assert not model.training


def test_it_comes_with_its_tokenizer_and_what_it_was_trained_on(store: RunStore) -> None:
    going = Going(store, spec_of())
    going.steps()
    found = snapshot_checkpoint(store, going.run, 1)
    assert found.tokenizer.to_dict() == going.prepared.tokenizer.to_dict()
    assert (found.items, found.title) == (False, "lstm on Mine")
    assert found.meta["step"] == 1


def test_where_weights_are_averaged_the_average_is_kept(store: RunStore) -> None:
    going = Going(store, spec_of(ema=0.9))
    for event in going.events():
        if isinstance(event, Snapshot) and event.step > 20:
            kept, live = weights(load_snapshot(store, going.run, event.step)), going.trainer.model
            with going.trainer.weights.shown():
                assert same(kept, weights(live))
            assert not same(kept, weights(live))


def test_a_run_is_the_same_whether_they_are_taken_or_not(store: RunStore) -> None:
    one, other = Going(store, spec_of()), Going(store, spec_of())
    other.trainer.callbacks = ()
    one.steps(), other.steps()
    assert same(weights(one.trainer.model), weights(other.trainer.model))


def test_weights_that_are_no_numbers_are_not_kept(store: RunStore) -> None:
    going = Going(store, spec_of())
    for event in going.events():
        if isinstance(event, Snapshot) and event.step == 5:
            with torch.no_grad():
                going.trainer.model.head.weight.fill_(math.nan)
    assert snapshot_steps(store, going.run)[-1] == 5


# Large models -------------------------------------------------------------------------------------


def size(going: Going) -> int:
    return sum(p.nbytes for p in going.trainer.model.parameters())


def test_those_of_a_large_model_are_in_half_precision(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = Going(store, spec_of())
    monkeypatch.setattr(module, "MOST_BYTES", size(going) * PLANNED - 1)
    then = {}
    for event in going.events():
        if isinstance(event, Snapshot):
            then[event.step] = weights(going.trainer.model)
    assert len(then) >= 12
    for step, held in then.items():
        path = store.run_folder(going.run) / FOLDER / f"step-{step:09}.safetensors"
        assert path.stat().st_size < 0.6 * size(going)
        for name, tensor in weights(load_snapshot(store, going.run, step)).items():
            assert tensor.dtype == torch.float32
            torch.testing.assert_close(tensor, held[name], rtol=1e-3, atol=1e-6)


def test_a_weight_too_large_for_sixteen_bits_takes_the_wider_range() -> None:
    assert module._half(torch.tensor([1e5, 1.0])).dtype == torch.bfloat16
    assert module._half(torch.tensor([1e4, 1.0])).dtype == torch.float16


def test_a_larger_one_has_fewer_and_the_largest_none(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = Going(store, spec_of())
    monkeypatch.setattr(module, "MOST_BYTES", size(going) * 2 + 1)  # four halves
    steps = going.steps()
    assert (len(steps), steps[0], steps[-1]) == (4, 1, 100)
    folder = store.run_folder(going.run) / FOLDER
    assert sum(path.stat().st_size for path in folder.glob("*.safetensors")) < 2.2 * size(going)
    monkeypatch.setattr(module, "MOST_BYTES", size(going) // 2)
    assert Going(store, spec_of()).steps() == []


# Stopped and resumed ------------------------------------------------------------------------------


def executed(store: RunStore, spec: RunSpec, *stops: int) -> str:
    run = store.create("ada", "", spec.to_dict())
    for stop in stops:
        store.update(run, pause_at=stop)
        with pytest.MonkeyPatch.context() as patch:
            ended = lambda self, seconds=0.05: store.update(run, requested="stop")  # noqa: E731
            patch.setattr(job.StoreControl, "wait", ended)
            assert worked(store, run) == "stopped"
    assert worked(store, run) == "finished"
    return run


def test_a_run_that_was_stopped_has_those_of_one_that_was_not_and_the_stop(store: RunStore) -> None:
    straight, stopped = executed(store, spec_of()), executed(store, spec_of(), 38)
    steps = snapshot_steps(store, straight)
    assert snapshot_steps(store, stopped) == sorted({*steps, 38})
    for step in steps:
        one, other = (weights(load_snapshot(store, run, step)) for run in (straight, stopped))
        assert same(one, other)


def test_however_often_it_is_stopped_there_are_not_too_many(store: RunStore) -> None:
    run = executed(store, spec_of(), *range(60, 100, 4))
    steps = snapshot_steps(store, run)
    assert len(steps) == MOST
    assert (steps[0], steps[-1]) == (1, 100)
    folder = store.run_folder(run) / FOLDER
    assert {path.name for path in folder.iterdir()} == {
        CARD,
        CODEC,
        *(f"step-{step:09}.safetensors" for step in steps),
    }


def test_what_is_done_again_is_forgotten(store: RunStore) -> None:
    """It was killed before its first checkpoint, and begins anew."""
    killed = Going(store, spec_of())
    for event in killed.events():
        if event.step == 60:
            break
    assert snapshot_steps(store, killed.run)[-1] > 40
    again = Snapshots(store, killed.run, killed.prepared)
    assert again.wants(Going(store, spec_of()).trainer)
    assert snapshot_steps(store, killed.run) == again.taken == []


def test_the_one_that_is_missed_least_goes_first() -> None:
    assert most_crowded([1, 2, 4, 8, 9, 16]) == 9
    assert most_crowded([9, 16, 1]) == 9
    assert most_crowded([3, 5]) == 3


# What is refused ----------------------------------------------------------------------------------


@pytest.fixture
def kept(store: RunStore) -> Going:
    going = Going(store, spec_of(budget=Budget(steps=3)))
    assert going.steps() == [1, 2, 3]
    return going


def path_of(going: Going, step: int) -> Path:
    return going.store.run_folder(going.run) / FOLDER / f"step-{step:09}.safetensors"


def test_a_step_that_was_not_kept_is_one_sentence(store: RunStore, kept: Going) -> None:
    for step in (0, 4, -1):
        with pytest.raises(BadCheckpoint, match="was not kept: choose another step"):
            load_snapshot(store, kept.run, step)
    path_of(kept, 2).unlink()
    assert snapshot_steps(store, kept.run) == [1, 3]


@pytest.mark.parametrize("wrong", ["cut", "strange", "shape", "name", "missing", "no numbers"])
def test_a_damaged_one_is_one_sentence(store: RunStore, kept: Going, wrong: str) -> None:
    path = path_of(kept, 2)
    tensors = load_file(path)
    name = next(iter(tensors))
    match wrong:
        case "cut":
            path.write_bytes(path.read_bytes()[:-9])
        case "strange":
            path.write_bytes(b"\x00" * 99)
        case "shape":
            save_file(tensors | {name: tensors[name][:1].clone()}, path)
        case "name":
            save_file(tensors | {"other": torch.zeros(1)}, path)
        case "missing":
            save_file({k: v for k, v in tensors.items() if k != name}, path)
        case "no numbers":
            save_file(tensors | {name: tensors[name] * math.nan}, path)
    with pytest.raises(BadCheckpoint, match="damaged or gone: choose another step"):
        load_snapshot(store, kept.run, 2)
    load_snapshot(store, kept.run, 1)


@pytest.mark.parametrize("name", [CARD, CODEC])
@pytest.mark.parametrize("content", [b"", b"[]", b"{"])
def test_a_damaged_card_is_one_sentence(
    store: RunStore, kept: Going, name: str, content: bytes
) -> None:
    (store.run_folder(kept.run) / FOLDER / name).write_bytes(content)
    with pytest.raises(BadCheckpoint):
        load_snapshot(store, kept.run, 2)


def test_a_full_disk_is_one_sentence(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_replace", full)
    going = Going(store, spec_of())
    with pytest.raises(StoreUnavailable, match="free some space"):
        list(going.snapshots.take(going.trainer))


def test_a_half_written_file_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(module.os, "replace", broken)
    with pytest.raises(OSError, match="gone"):
        module._replace(tmp_path / "x", b"content")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".new", "x"))]
