"""The test split of a run: scored with the weights it kept, once, and kept for good."""

import dataclasses
import json
import math
from pathlib import Path

import pytest

from lm_core.checkpoints import add_to_card, load_checkpoint, read_meta, save_checkpoint
from lm_core.cli import main
from lm_core.corpora.own import own_corpus, save_own
from lm_core.corpora.own_kind import corpus_of
from lm_core.errors import LabError
from lm_core.evaluation import evaluate
from lm_core.json_files import numbers
from lm_core.runs.final_score import command, final_score, keep, why_not
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import Run, RunStore
from tests.corpora.test_own_kind import CLASSES
from tests.tiny import NAMES, lively_model, tiny_settings

ANSWER = {"nats_per_token": 2.0, "tokens": 70, "bits_per_character": 2.9}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    return RunStore()


def a_run(store: RunStore, status: str = "finished") -> Run:
    """One over names, with a small model of its own."""
    text = save_own(own_corpus(NAMES, title="Names", items=True))
    spec = RunSpec.from_dict(
        {
            "corpus": {"name": "own", "text": text},
            "model": {"name": "mlp", **tiny_settings("mlp")},
            "budget": {"steps": 5},
        }
    )
    ready = prepare(spec)
    run = store.create("owner", "Mine", spec.to_dict())
    model = lively_model("mlp", ready.tokenizer.vocab_size)
    card = ready.card() | {
        "step": 5,
        "kept": 4,
        "metrics": {"validation": {"nats_per_token": 3.0, "tokens": 9}},
    }
    save_checkpoint(store.run_folder(run) / "checkpoint", model, ready.tokenizer, card)
    store.update(run, status=status, facts={"counts": ready.card()["counts"]})
    return store.get(run)


def test_it_is_scored_by_the_one_that_scores_and_kept_in_record_and_card(
    store: RunStore, capsys: pytest.CaptureFixture
) -> None:
    run = a_run(store)
    assert why_not(store, run) == ""
    assert final_score(store, run) is None
    assert main([*command(store, run), "--json"]) == 0
    keep(store, run, numbers(json.loads(capsys.readouterr().out)))
    run = store.get(run.id)
    folder = store.run_folder(run.id) / "checkpoint"
    score = evaluate(
        load_checkpoint(folder).model, prepare(RunSpec.from_dict(run.spec)).data["test"]
    )
    kept = final_score(store, run)
    assert kept.nats == pytest.approx(score.nats_per_token)
    assert kept.perplexity == pytest.approx(math.exp(score.nats_per_token))
    assert kept.bits == pytest.approx(score.bits_per_character)
    assert (kept.tokens, kept.step, kept.validation, kept.now) == (score.tokens, 4, 3.0, True)
    metrics = read_meta(folder)["metrics"]
    assert metrics["validation"]["nats_per_token"] == 3.0
    assert metrics["test"]["nats_per_token"] == pytest.approx(kept.nats)


def test_a_run_of_another_task_has_the_figures_of_its_task(
    store: RunStore, capsys: pytest.CaptureFixture
) -> None:
    text = save_own(corpus_of("classes", CLASSES, title="Mine"))
    spec = RunSpec.from_dict(
        {
            "data": {"name": "own", "text": text, "kind": "classes"},
            "codec": {"name": "word"},
            "model": {"name": "encoder", **tiny_settings("encoder")},
            "task": {"name": "text-class"},
        }
    )
    ready = prepare(spec)
    run = store.create("owner", "Mine", spec.to_dict())
    folder = store.run_folder(run) / "checkpoint"
    save_checkpoint(folder, ready.model, ready.codec, ready.card())
    store.update(run, status="finished", facts={"counts": ready.card()["counts"]})
    run = store.get(run)
    assert why_not(store, run) == ""
    assert main([*command(store, run), "--json"]) == 0
    keep(store, run, numbers(json.loads(capsys.readouterr().out)))
    kept = final_score(store, store.get(run.id))
    scored = ready.task.evaluate(ready.model, ready.data, "test", limit=None)
    assert kept.nats == pytest.approx(scored.loss, rel=1e-5)
    assert kept.bits is None
    assert kept.tokens == scored.targets
    assert kept.metrics == pytest.approx({"nats": scored.loss, **scored.metrics}, rel=1e-5)
    assert read_meta(folder)["metrics"]["test"]["metrics"] == kept.metrics


def test_it_is_measured_no_second_time(store: RunStore) -> None:
    run = a_run(store)
    keep(store, run, ANSWER)
    keep(store, run, ANSWER | {"nats_per_token": 1.0})
    run = store.get(run.id)
    assert final_score(store, run).nats == 2.0
    assert why_not(store, run) == "It was measured already, and once is all."


def test_other_weights_do_not_inherit_the_figure_nor_a_second_look(store: RunStore) -> None:
    run = a_run(store)
    keep(store, run, ANSWER)
    folder = store.run_folder(run.id) / "checkpoint"
    saved = load_checkpoint(folder)
    add_to_card(folder, title="Renamed")
    assert final_score(store, store.get(run.id)).now  # the card changed, the weights did not
    save_checkpoint(
        folder, lively_model("mlp", saved.model.vocab_size, seed=1), saved.tokenizer, {}
    )
    assert not final_score(store, store.get(run.id)).now
    assert why_not(store, store.get(run.id))


def test_what_is_infinite_or_withheld_stays_so(store: RunStore) -> None:
    run = a_run(store)
    keep(store, run, ANSWER | {"nats_per_token": math.inf, "bits_per_character": None})
    kept = final_score(store, store.get(run.id))
    assert (kept.nats, kept.perplexity, kept.bits) == (math.inf, math.inf, None)
    with pytest.raises(LabError, match="could not be scored"):
        keep(store, a_run(store), ANSWER | {"nats_per_token": math.nan})


def test_why_it_cannot_be_measured_is_one_sentence(store: RunStore) -> None:
    run = a_run(store, "running")
    assert why_not(store, run) == "The test split is measured once, when the run has ended."
    counts = {"train": {}, "validation": {}}
    own = dataclasses.replace(run, status="finished", facts={"counts": counts})
    assert why_not(store, own).startswith("This text has no test split")
    gone = dataclasses.replace(own, id="none")
    assert why_not(store, gone) == "This run kept no weights to measure."
