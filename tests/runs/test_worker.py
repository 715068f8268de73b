"""What a worker does with one run, here in this process; `test_processes` has the real thing."""

import dataclasses
import math
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.corpora.own import own_corpus, save_own
from lm_core.errors import StoreUnavailable
from lm_core.models import models
from lm_core.runs import job, training_run, worker
from lm_core.runs.job import StoreControl
from lm_core.runs.prepare import prepare
from lm_core.runs.snapshots import load_snapshot, snapshot_steps
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.runs.worker import execute
from lm_core.tasks import NextToken
from lm_core.tokenizers import tokenizers
from lm_core.training import Budget, TrainSettings, loop
from lm_core.training.events import Checkpointed, Evaluated, Probed, Sampled, Step
from tests.marks import most_slow
from tests.tiny import TEXT, tiny_settings
from tests.working import worked


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(job, "PARENT_GONE", threading.Event())
    monkeypatch.setattr(job, "LOOK_SECONDS", -1.0)
    return RunStore()


def spec_of(family: str = "lstm", *, steps: int = 12, **rest) -> RunSpec:
    key = save_own(own_corpus(TEXT, title="Mine", items=False))
    return RunSpec(
        data=CorpusSpec(name="own", text=key),
        model_name=family,
        model=models[family].settings(**tiny_settings(family)),
        train=TrainSettings(batch_size=4, eval_every=5, lr=1e-2),
        budget=Budget(steps=steps),
        **rest,
    )


def queued(store: RunStore, spec: RunSpec) -> str:
    return store.create("ada", "", spec.to_dict())


def shown(store: RunStore, run: str) -> list[tuple[int, float]]:
    return [(row["step"], row["nats"]) for row in store.since(Step, run)]


def when(store: RunStore, run: str, step: int, deed: Callable[[], object]) -> Callable:
    """A trainer's step that does `deed` once when it has reached `step`."""
    plain = loop.Trainer.take_step

    def one_step(self, *given):
        result = plain(self, *given)
        if self.step + 1 == step:
            deed()
        return result

    return one_step


@pytest.mark.parametrize("family", ["ngram", "lstm", "transformer"])
def test_a_run_leaves_its_curve_its_samples_and_its_model(store: RunStore, family: str) -> None:
    spec = spec_of(family)
    run = queued(store, spec)
    assert worked(store, run) == "finished"
    row = store.get(run)
    assert row.status == "finished"
    assert row.started <= row.ended
    assert row.facts["corpus"] == "Mine"
    assert row.facts["unit"] == "nats per character"
    assert row.facts["counts"] == prepare(spec).card()["counts"]
    assert row.facts["parameters"] > 0
    assert row.facts["sizes"] == {"vocab_size": prepare(spec).tokenizer.vocab_size}
    assert row.facts["blind"] == math.log(row.facts["sizes"]["vocab_size"])
    threads = torch.get_num_threads()
    assert row.facts["device"].endswith(f", {threads} thread{'s' if threads > 1 else ''}")
    steps = [step for step, _ in shown(store, run)]
    assert steps == list(range(1, steps[-1] + 1))
    assert all(math.isfinite(nats) for _, nats in shown(store, run))
    assert store.last(Evaluated, run)["step"] == steps[-1]
    sample = store.last(Sampled, run)
    assert sample["text"] == "".join(text for text, _ in sample["pieces"]) != ""
    assert all(0 < p <= 1 for _, p in sample["pieces"])
    probed = store.since(Probed, run)
    assert [row["step"] for row in probed] == [row["step"] for row in store.since(Evaluated, run)]
    assert {len(row["nats"]) for row in probed} == {len(row.facts["probe"])}
    assert snapshot_steps(store, run)[0] == 1
    assert snapshot_steps(store, run)[-1] == steps[-1]
    folder = Path(store.last(Checkpointed, run)["path"])
    saved = load_checkpoint(folder)
    assert folder.is_relative_to(store.run_folder(run))
    assert RunSpec.from_dict(saved.meta["spec"]) == spec
    assert saved.meta["step"] == steps[-1]


def test_the_first_step_is_there_before_it_is_scored(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who presses Start waits for a point; an examination of the same step was kept before it."""
    run, there = queued(store, spec_of("transformer")), []
    plain = loop.Trainer.evaluate

    def evaluate(self: loop.Trainer, **how: int) -> Evaluated:
        there.append(store.last(Step, run) is not None)
        return plain(self, **how)

    monkeypatch.setattr(loop.Trainer, "evaluate", evaluate)
    assert worked(store, run) == "finished"
    assert len(there) > 1
    assert there[0]


def best_at_step_10(self: loop.Trainer, **how: int) -> Evaluated:
    weights = self.weights
    step = weights.best_step if weights.showing and weights.kept_step else self.step
    nats = 2.0 + 0.1 * abs(step - 10)
    return Evaluated(self.step, self.tokens, "validation", nats, 50, True)


def test_the_card_carries_the_evaluation_of_the_weights_that_are_kept(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop.Trainer, "evaluate", best_at_step_10)
    run = queued(store, spec_of(steps=20))
    assert worked(store, run) == "finished"
    row, card = store.get(run), load_checkpoint(store.run_folder(run) / "checkpoint").meta
    assert (card["step"], card["kept"], row.facts["kept"]) == (20, 10, 10)
    scored = card["metrics"]["validation"]
    assert (scored["nats_per_token"], scored["tokens"]) == (2.0, 50)
    assert "Kept: the weights of step 10, the best evaluation (2.00 nats)" in row.message
    kept = load_checkpoint(store.run_folder(run) / "checkpoint").model.state_dict()
    last = load_snapshot(store, run, 20).state_dict()  # what is looked back at is not what is kept
    assert any(not torch.equal(kept[name], last[name]) for name in kept)


def test_a_run_that_ended_early_says_so(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop.Trainer, "evaluate", best_at_step_10)
    spec = spec_of(steps=1000)
    run = queued(
        store, dataclasses.replace(spec, train=dataclasses.replace(spec.train, patience=2))
    )
    assert worked(store, run) == "finished"
    row = store.get(run)
    assert row.facts["early"]
    assert row.message.startswith(
        "It ended early: its evaluations got no better. Kept: the weights"
    )


def test_two_runs_of_one_spec_show_the_same(store: RunStore) -> None:
    runs = [queued(store, spec_of()) for _ in range(2)]
    for run in runs:
        worked(store, run)
    assert shown(store, runs[0]) == shown(store, runs[1])


def test_stopped_and_resumed_shows_what_a_run_never_stopped_shows(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, run = (queued(store, spec_of(steps=40)) for _ in range(2))
    worked(store, straight)
    with monkeypatch.context() as patch:
        stop = when(store, run, 17, lambda: store.update(run, requested="stop"))
        patch.setattr(loop.Trainer, "take_step", stop)
        assert worked(store, run) == "stopped"
    assert store.get(run).status == "stopped"
    assert store.get(run).requested == "run"
    assert shown(store, run) == shown(store, straight)[:17]
    assert worked(store, run) == "finished"
    assert shown(store, run) == shown(store, straight)


def test_a_run_that_died_before_its_first_checkpoint_begins_again(store: RunStore) -> None:
    run = queued(store, spec_of())
    store.record(run, [Step(k, 0, 0.0, -1.0) for k in range(1, 30)])  # shown, then killed
    worked(store, run)
    assert [step for step, _ in shown(store, run)] == list(range(1, 13))
    assert min(nats for _, nats in shown(store, run)) > 0
    assert "began anew" in store.get(run).message


@pytest.mark.parametrize("family", most_slow(["mixture", "ngram"], quick=["ngram"]))
def test_what_counts_goes_on_where_it_was_too(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    straight, run = (queued(store, spec_of(family)) for _ in range(2))
    worked(store, straight)
    store.update(run, pause_at=3)

    def wait(self, seconds: float = 0.05) -> None:
        store.update(run, requested="stop")

    monkeypatch.setattr(StoreControl, "wait", wait)
    assert worked(store, run) == "stopped"
    assert len(shown(store, run)) == 3
    assert worked(store, run) == "finished"
    assert shown(store, run) == shown(store, straight)
    assert store.get(run).message == ""
    weights = [
        load_checkpoint(store.run_folder(r) / "checkpoint").model.state_dict()
        for r in (straight, run)
    ]
    assert all(torch.equal(tensor, weights[1][name]) for name, tensor in weights[0].items())


def test_what_was_shown_after_the_last_checkpoint_is_done_again_and_not_mixed(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a run that was killed: what it said since is of another life."""
    run = queued(store, spec_of())
    with monkeypatch.context() as patch:
        stop = when(store, run, 5, lambda: store.update(run, requested="stop"))
        patch.setattr(loop.Trainer, "take_step", stop)
        assert worked(store, run) == "stopped"
    store.record(run, [Step(k, 0, 0.0, -1.0) for k in range(6, 40)])
    store.record(run, [Sampled(30, "of another life"), Evaluated(30, 0, "validation", 9.0, 1, 1)])
    assert worked(store, run) == "finished"
    assert [step for step, _ in shown(store, run)] == list(range(1, 13))
    assert store.last(Sampled, run)["step"] == store.last(Evaluated, run)["step"] == 12


def test_a_finished_run_resumed_is_finished(store: RunStore) -> None:
    run = queued(store, spec_of())
    worked(store, run)
    before = shown(store, run)
    assert worked(store, run) == "finished"
    assert shown(store, run) == before


def test_the_page_sees_pauses_and_single_steps(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(store, spec_of())
    seen = []

    def wait(self, seconds: float = 0.05) -> None:
        row = store.get(run)
        seen.append((row.status, store.last(Step, run)["step"]))
        if len(seen) < 4:
            store.update(run, single_steps=row.single_steps + 1)
        else:
            store.update(run, requested="run")

    monkeypatch.setattr(StoreControl, "wait", wait)
    pause = when(store, run, 3, lambda: store.update(run, requested="pause"))
    monkeypatch.setattr(loop.Trainer, "take_step", pause)
    assert worked(store, run) == "finished"
    assert seen == [("paused", 3), ("paused", 4), ("paused", 5), ("paused", 6)]


@pytest.mark.parametrize("asked", [{"requested": "pause"}, {"pause_at": 0}])
def test_a_run_that_counts_is_steered_too(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, asked: dict
) -> None:
    run = queued(store, spec_of("ngram"))
    store.update(run, **asked)
    seen = []

    def wait(self, seconds: float = 0.05) -> None:
        row = store.get(run)
        seen.append((row.status, (store.last(Step, run) or {"step": 0})["step"]))
        match len(seen):
            case 1:
                store.update(run, single_steps=1)
            case 2:
                store.update(run, requested="run", pause_at=4)
            case _:
                store.update(run, requested="stop")

    monkeypatch.setattr(StoreControl, "wait", wait)
    assert worked(store, run) == "stopped"
    assert seen == [("paused", 0), ("paused", 1), ("paused", 4)]
    assert len(shown(store, run)) == 4


def test_single_steps_of_an_earlier_life_are_not_taken_again(store: RunStore) -> None:
    run = queued(store, spec_of())
    store.update(run, single_steps=7, requested="pause")
    control = StoreControl(store, run)
    assert control.look() == "pause"
    assert not control.may_step()
    store.update(run, single_steps=9)
    control.look()
    assert [control.may_step() for _ in range(3)] == [True, True, False]


def test_a_run_pauses_after_the_step_that_was_named(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(store, spec_of())
    store.update(run, pause_at=5)
    seen = []

    def wait(self, seconds: float = 0.05) -> None:
        seen.append((store.get(run).status, store.last(Step, run)["step"], store.requested(run)))
        store.update(run, requested="run")

    monkeypatch.setattr(StoreControl, "wait", wait)
    assert worked(store, run) == "finished"
    assert seen == [("paused", 5, ("pause", 0, 1.0, None))]
    assert len(shown(store, run)) == 12


def test_a_stop_is_not_lost_to_a_pause_at_the_same_step(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page asks for a stop just when the named step is reached, between two looks."""
    run = queued(store, spec_of())
    store.update(run, pause_at=5)
    monkeypatch.setattr(job, "LOOK_SECONDS", 1e9)
    stop = when(store, run, 5, lambda: store.update(run, requested="stop"))
    monkeypatch.setattr(loop.Trainer, "take_step", stop)
    assert worked(store, run) == "stopped"
    assert len(shown(store, run)) == 5


def test_another_learning_rate_reaches_the_run(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(
        store,
        dataclasses.replace(
            spec_of(), train=TrainSettings(schedule="constant", warmup=0.0, lr=1e-2)
        ),
    )
    halve = when(store, run, 5, lambda: store.update(run, lr_scale=0.5))
    monkeypatch.setattr(loop.Trainer, "take_step", halve)
    worked(store, run)
    assert [row["lr"] for row in store.since(Step, run)] == [1e-2] * 5 + [5e-3] * 7


def test_a_request_to_stop_from_before_it_began(store: RunStore) -> None:
    run = queued(store, spec_of())
    store.update(run, requested="stop")
    assert worked(store, run) == "stopped"
    assert shown(store, run) == []
    assert worked(store, run) == "finished"
    assert len(shown(store, run)) == 12


def test_a_run_whose_page_server_ended_is_saved(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(store, spec_of())
    gone = when(store, run, 6, job.PARENT_GONE.set)
    monkeypatch.setattr(loop.Trainer, "take_step", gone)
    assert worked(store, run) == "interrupted"
    row = store.get(run)
    assert row.status == "interrupted"
    assert "it can go on" in row.message
    assert load_checkpoint(store.run_folder(run) / "checkpoint").meta["step"] == 6


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data": {"name": "own", "text": "ab" * 32}}, "upload or paste it again"),
        ({"data": {"name": "file", "file": "x.txt"}}, "command line only"),
        ({"model": {"name": "lstn"}}, "did you mean 'lstm'"),
        ({"train": {"lr": -1}}, "lr must be"),
        ({"version": 99}, "another version"),
    ],
)
def test_a_spec_that_cannot_be_run_fails_with_a_sentence(
    store: RunStore, change: dict, said: str
) -> None:
    run = store.create("ada", "", spec_of().to_dict() | change)
    assert worked(store, run) == "failed"
    row = store.get(run)
    assert row.status == "failed"
    assert said in row.message
    assert "\n" not in row.message
    assert row.ended is not None


def test_a_run_that_diverges_fails_with_a_sentence_and_keeps_its_points(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(store, spec_of())
    plain = loop.Trainer.take_step

    def blow_up(self, *given):
        if self.step == 7:
            with torch.no_grad():
                self.model.head.weight.fill_(3e38)
        return plain(self, *given)

    monkeypatch.setattr(loop.Trainer, "take_step", blow_up)
    assert worked(store, run) == "failed"
    assert "at step 8 (it diverged)" in store.get(run).message
    assert "learning rate" in store.get(run).message
    assert [step for step, _ in shown(store, run)] == list(range(1, 9))
    assert math.isnan(shown(store, run)[-1][1]) or math.isinf(shown(store, run)[-1][1])


@pytest.mark.parametrize("family", most_slow(["transformer", "rnn", "mlp"], quick=["mlp"]))
def test_a_rate_far_too_high_ends_in_a_sentence_not_in_a_defect(
    store: RunStore, family: str
) -> None:
    """Weights that overflow between two reports are evaluated and written from as they are."""
    train = TrainSettings(
        batch_size=4, eval_every=1, lr=10.0, grad_clip=0.0, schedule="constant", warmup=0.0
    )
    run = queued(store, dataclasses.replace(spec_of(family, steps=40), train=train))
    assert worked(store, run) in ("failed", "finished")
    row = store.get(run)
    assert row.status == "finished" or "(it diverged)" in row.message
    assert len(shown(store, run)) == 40 or row.status == "failed"


@pytest.mark.parametrize("last", [3e38, math.nan])
@pytest.mark.parametrize("held_out", [True, False])
def test_weights_that_a_step_broke_are_noticed_before_anything_is_written_from_them(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, last: float, held_out: bool
) -> None:
    """The loss of a step is that of the weights before it: after the last one nothing else says
    that they are no numbers."""
    if last == 3e38 and not held_out:
        pytest.skip("numbers, though too large ones: only a loss shows it")
    run = queued(store, spec_of())
    plain, ready = loop.Trainer.take_step, job.prepare

    def blow_up(self, *given):
        result = plain(self, *given)
        if self.step == 11:
            with torch.no_grad():
                self.model.head.weight.fill_(last)
        return result

    def prepared(spec):
        found = ready(spec)
        data = found.data if held_out else {"train": found.data["train"]}
        return dataclasses.replace(found, data=data)

    monkeypatch.setattr(loop.Trainer, "take_step", blow_up)
    monkeypatch.setattr(job, "prepare", prepared)
    assert worked(store, run) == "failed"
    assert "at step 12 (it diverged)" in store.get(run).message
    assert len(shown(store, run)) == 12
    assert store.last(Sampled, run)["step"] == 10
    assert not (store.run_folder(run) / "checkpoint").exists()
    assert math.isfinite(last) or snapshot_steps(store, run)[-1] < 12


def test_what_was_shown_is_kept_when_a_defect_ends_a_run(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(store, spec_of())

    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(loop.Trainer, "take_step", when(store, run, 9, broken))
    with pytest.raises(ZeroDivisionError):
        worked(store, run)
    assert [step for step, _ in shown(store, run)] == list(range(1, shown(store, run)[-1][0] + 1))
    assert shown(store, run)[-1][0] >= 5  # what had been read back by then


@pytest.mark.parametrize("noticed", [False, True])
def test_a_late_worker_changes_nothing_of_a_run_that_is_anothers(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, noticed: bool
) -> None:
    """Its server died, the run was said to be cut off, and its owner started it again: what the
    first worker still does comes to nothing, whether it has noticed the end of its server or not.
    """
    run, before = queued(store, spec_of(steps=40)), []
    late = store.hand_over(run)

    def taken_over() -> None:
        store.end(store.get(run), "interrupted", "Its server died.")
        store.update(run, status="queued", message="")
        store.hand_over(run)
        if noticed:
            job.PARENT_GONE.set()
        before.extend([store.get(run), shown(store, run)])

    monkeypatch.setattr(loop.Trainer, "take_step", when(store, run, 9, taken_over))
    assert execute(str(store.folder), run, late) == "lost"
    assert [store.get(run), shown(store, run)] == before
    assert not (store.run_folder(run) / "checkpoint").exists()


@pytest.mark.parametrize("kind", ["train", "doctor"])
@pytest.mark.parametrize("how", ["deleted", "ended", "another's"])
def test_a_worker_whose_run_is_gone_ends_without_a_word(
    store: RunStore, kind: str, how: str
) -> None:
    run = store.create("ada", "", spec_of().to_dict(), kind=kind)
    attempt = store.hand_over(run)
    if how == "deleted":
        store.delete(run, "ada")
    elif how == "ended":
        store.end(store.get(run), "interrupted", "Cut off.")
    else:
        store.hand_over(run)
    before = store.runs_of("ada", children=True)
    assert execute(str(store.folder), run, attempt) == "lost"
    assert store.runs_of("ada", children=True) == before
    assert not store.run_folder(run).exists()


def test_a_request_to_stop_and_the_end_of_the_lab_is_a_stop(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why it stopped is not replaced by what came after."""
    run = queued(store, spec_of())

    def both() -> None:
        store.update(run, requested="stop", message="Its page was closed.")
        job.PARENT_GONE.set()

    monkeypatch.setattr(loop.Trainer, "take_step", when(store, run, 5, both))
    assert worked(store, run) == "stopped"
    assert store.get(run).message == "Its page was closed."


def test_the_reason_of_a_failure_goes_before_that_it_cannot_be_written(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(store, dataclasses.replace(spec_of(), data=CorpusSpec(name="own", text="ab")))
    update = RunStore.update

    def full(self, run: str, **columns) -> None:
        if columns.get("status") == "failed":
            raise StoreUnavailable("The disk is full.")
        update(self, run, **columns)

    monkeypatch.setattr(RunStore, "update", full)
    with pytest.raises(StoreUnavailable, match=r"upload or paste it again\. The disk is full\."):
        worked(store, run)


def test_what_broke_a_run_is_told_though_the_disk_is_full_too(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_, **__):
        raise StoreUnavailable("The disk is full.")

    def broken() -> None:
        monkeypatch.setattr(RunStore, "record", full)
        raise ZeroDivisionError

    run = queued(store, spec_of())
    monkeypatch.setattr(loop.Trainer, "take_step", when(store, run, 9, broken))
    with pytest.raises(ZeroDivisionError):
        worked(store, run)


def test_a_checkpoint_that_was_damaged_fails_with_a_sentence(store: RunStore) -> None:
    run = queued(store, spec_of())
    worked(store, run)
    (store.run_folder(run) / "checkpoint" / "model.safetensors").write_bytes(b"\x00" * 99)
    assert worked(store, run) == "failed"
    assert "damaged" in store.get(run).message


def test_a_disk_that_fills_up_surfaces_as_a_sentence(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(store, spec_of())

    def full(*_, **__):
        raise StoreUnavailable("The disk is full: free some space.")

    with monkeypatch.context() as patch:
        patch.setattr(training_run, "save_checkpoint", full)
        assert worked(store, run) == "failed"
    assert store.get(run).message == "The disk is full: free some space."
    monkeypatch.setattr(RunStore, "record", full)
    with pytest.raises(StoreUnavailable):  # not even that can be written: the manager is told
        worked(store, run)


def test_warming_up_trains_a_little_and_touches_nothing(store: RunStore) -> None:
    before = torch.get_rng_state()
    worker.warm_up()
    assert torch.equal(torch.get_rng_state(), before)
    assert store.runs_with(["queued", "running", "finished"]) == []


def test_a_loss_names_what_it_counts() -> None:
    assert [NextToken().unit_of(tokenizers[t].build) for t in ("char", "word", "bpe")] == [
        "nats per character",
        "nats per word",
        "nats per token",
    ]
