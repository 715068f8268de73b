"""A run of the page that was stopped, or killed, and goes on: one curve, whatever the family."""

import threading
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.corpora.own import own_corpus, save_own
from lm_core.corpora.own_pairs import pairs_of
from lm_core.models import models
from lm_core.models.mixture import Mixture
from lm_core.runs import job
from lm_core.runs.job import StoreControl
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.tasks import families_for
from lm_core.training import Budget, TrainSettings
from lm_core.training.events import Diagnosed, Evaluated, Sampled, Step
from tests.marks import most_slow
from tests.tiny import NAMES, TEXT, tiny_settings
from tests.working import worked

BUDGET = 8
FITS = 13  # of a family that counts, on a text this short


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(job, "PARENT_GONE", threading.Event())
    return RunStore()


def data_for(family: str) -> CorpusSpec:
    """A text; pairs, for a family that learns from nothing else."""
    if family in families_for("text"):
        return CorpusSpec(name="own", text=save_own(own_corpus(TEXT, title="Mine", items=False)))
    rows = "\n".join(f"{name}\t{name[::-1]}" for name in NAMES)
    return CorpusSpec(name="own", text=save_own(pairs_of(rows, title="Mine")), kind="pairs")


def queued(store: RunStore, family: str, **settings) -> str:
    given = models[family].settings(**(tiny_settings(family) | settings))
    train = TrainSettings(batch_size=4, eval_every=4, lr=1e-2, deterministic=True)
    spec = RunSpec(
        data=data_for(family),
        model_name=family,
        model=given,
        train=train,
        budget=Budget(steps=BUDGET),
    )
    return store.create("ada", "", spec.to_dict())


def stop_after(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    def look(self: StoreControl) -> str:
        return "stop" if self.trainer.step >= step else "run"

    monkeypatch.setattr(StoreControl, "look", look)


def shown(store: RunStore, run: str, kind: type = Step) -> list[tuple]:
    return [(row["step"], row["nats"]) for row in store.since(kind, run)]


def kept(store: RunStore, run: str) -> dict[str, torch.Tensor]:
    return load_checkpoint(store.run_folder(run) / "checkpoint").model.state_dict()


def files(store: RunStore, run: str) -> dict[Path, bytes]:
    folder = store.run_folder(run) / "checkpoint"
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


FAMILIES = [(family, {}) for family in models.names()]
FAMILIES += [("mixture", {"first": "bigram", "second": "ngram order=3"})]  # counts alone
FAMILIES += [("mixture", {"first": "lstm n_embd=8", "second": "mlp n_embd=8"})]  # descends alone


@pytest.mark.parametrize(
    ("family", "settings"),
    most_slow(FAMILIES, quick=[("lstm", {})]),
    ids=str,
)
@pytest.mark.parametrize("after", most_slow([1, 4], quick=[4]))
def test_stopped_and_resumed_is_one_curve_and_one_model(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, family: str, settings: dict, after: int
) -> None:
    straight, run = (queued(store, family, **settings) for _ in range(2))
    assert worked(store, straight) == "finished"
    with monkeypatch.context() as patch:
        stop_after(patch, after)
        assert worked(store, run) == "stopped"
    assert shown(store, run) == shown(store, straight)[:after]
    with monkeypatch.context() as patch:  # what was counted is there
        patch.setattr(Mixture, "fit", Mixture.fit if settings.get("first") == "bigram" else None)
        assert worked(store, run) == "finished"
    assert store.get(run).message == ""
    assert shown(store, run) == shown(store, straight)
    steps = [step for step, _ in shown(store, run)]
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) in (BUDGET, FITS)
    assert shown(store, run, Evaluated)[-1] == shown(store, straight, Evaluated)[-1]
    expected, found = kept(store, straight), kept(store, run)
    assert found.keys() == expected.keys()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in found.items())


@pytest.mark.parametrize("family", most_slow(models.names(), quick=["lstm", "ngram"]))
def test_nothing_left_to_do_changes_no_byte(store: RunStore, family: str) -> None:
    run = queued(store, family)
    worked(store, run)
    curve, before, scored = shown(store, run), files(store, run), store.last(Evaluated, run)
    assert worked(store, run) == "finished"
    assert shown(store, run) == curve
    assert files(store, run) == before
    assert "perplexity" in scored["metrics"] or family == "encoder"
    assert store.last(Evaluated, run)["metrics"] == scored["metrics"]


@pytest.mark.parametrize(
    ("family", "steps"),
    most_slow([("lstm", BUDGET), ("ngram", FITS)], quick=[("lstm", BUDGET)]),
)
def test_what_was_shown_and_not_saved_makes_place_and_that_is_said(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, family: str, steps: int
) -> None:
    """As of a process that was killed after its last checkpoint, or before its first."""
    for saved in (0, 3):
        run = queued(store, family)
        if saved:
            with monkeypatch.context() as patch:
                stop_after(patch, saved)
                worked(store, run)
        lost = [Step(k, 0, 0.0, -1.0) for k in range(saved + 1, 30)]  # more than it will take
        lost += [Sampled(29, "lost"), Evaluated(29, 0, "validation", -1.0, 1, True)]
        lost += [Diagnosed(29, "lost", "alarm", "It was lost.", "")]
        store.record(run, lost)
        assert worked(store, run) == "finished"
        assert [step for step, _ in shown(store, run)] == list(range(1, steps + 1))
        assert min(nats for _, nats in shown(store, run)) > 0
        assert min(nats for _, nats in shown(store, run, Evaluated)) > 0
        assert "lost" not in [row["text"] for row in store.since(Sampled, run)]
        assert "lost" not in [row["code"] for row in store.since(Diagnosed, run)]
        said = store.get(run).message
        assert said.startswith("It went on from step 3," if saved else "It began anew:")
