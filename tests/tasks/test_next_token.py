"""What every family learns: the task it names prepares it, measures it and shows what it does."""

import json
import math
from pathlib import Path

import pytest
import torch

from lm_core.cli import main
from lm_core.evaluation import evaluate
from lm_core.evaluation.score import accuracy
from lm_core.models import models
from lm_core.tasks import NextToken, tasks
from lm_core.tasks.token_batches import TokenBatches
from tests.tiny import NAMES, READERS, TEXT, encoded, lively_model, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
ITEM_TOKENIZER, ITEMS = encoded(NAMES, items=True)
FAMILIES = [entry.name for entry in READERS]


def task_of(family: str) -> NextToken:
    return tasks[models[family].build.tasks[0]].build()


def test_a_family_that_reads_both_sides_fills_gaps_and_every_other_goes_on() -> None:
    learned = {entry.name: entry.build.tasks[0] for entry in READERS}
    both = {entry.name for entry in READERS if not entry.build.causal}
    assert {name for name, of in learned.items() if of == "fill-gap"} == both
    assert {name for name, of in learned.items() if of == "next-token"} == set(learned) - both
    of_text = ["next-token", "fill-gap", "translation", "text-class", "text-value"]
    assert tasks.names()[: len(of_text)] == of_text


@pytest.mark.parametrize("family", FAMILIES)
def test_it_is_scored_as_any_text_is(family: str) -> None:
    model, task = lively_model(family, TOKENIZER.vocab_size).eval(), task_of(family)
    scored = task.evaluate(model, {"validation": RUNNING}, "validation", limit=None)
    expected = evaluate(model, RUNNING)
    assert (scored.loss, scored.targets, scored.whole) == (
        expected.nats_per_token,
        expected.tokens,
        True,
    )
    assert scored.metrics == {
        "perplexity": pytest.approx(math.exp(scored.loss)),
        "accuracy": accuracy(model, RUNNING),
    }
    assert scored.metrics.keys() == task.metrics.keys()
    assert task.blind(model, {}) == math.log(TOKENIZER.vocab_size)


@pytest.mark.parametrize("family", FAMILIES)
def test_who_learns_by_gradient_is_a_player(family: str) -> None:
    model, task = tiny_model(family), task_of(family)
    players = task.players(model)
    assert bool(players) == any(True for _ in model.parameters())
    assert all(player.module is model and player.loss == task.loss for player in players)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_loss_of_a_batch_is_the_models_own(family: str) -> None:
    model, task = lively_model(family, TOKENIZER.vocab_size).eval(), task_of(family)
    if not task.players(model):
        pytest.skip("it counts")
    batches = task.batches(model, RUNNING, batch_size=3, seed=0)
    assert isinstance(batches, TokenBatches)
    batch = batches.at(0)
    each, penalty, _ = task.loss(model, *batch.inputs, None)
    nats, expected, _ = model.objective(batch.idx, batch.targets, None)
    assert torch.equal(each, nats)
    assert float(penalty) == float(expected)


@pytest.mark.parametrize("family", ["lstm", "encoder"])
def test_it_shows_what_it_does_now(family: str) -> None:
    model = lively_model(family, ITEM_TOKENIZER.vocab_size).eval()
    shown = task_of(family).preview(model, ITEM_TOKENIZER, {"train": ITEMS}, seed=1)
    assert (shown.kind, bool(shown.text)) == ("text", True)
    written = "".join(piece for piece, _ in shown.pieces)
    assert written == (shown.text if family == "lstm" else "")


def test_the_weight_of_a_mixture_goes_with_its_parts() -> None:
    model = lively_model("mixture", TOKENIZER.vocab_size).eval()
    model.weight.fill_(0.123)
    NextToken().keep(model, {"validation": RUNNING}, limit=None)
    kept = float(model.weight)
    assert kept != 0.123
    NextToken().evaluate(model, {"validation": RUNNING}, "validation", limit=None)
    assert float(model.weight) == kept


@pytest.fixture
def begin(tmp_path: Path) -> list[str]:
    text = tmp_path / "text.txt"
    text.write_text(TEXT)
    return ["train", "--corpus", str(text), "--steps", "2", "--out", str(tmp_path / "out")]


def test_the_command_line_names_the_task_and_its_figures(
    begin: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*begin, "--model", "mlp", "--task", "next-token", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["task"] == "next-token"
    nats = answer["validation_nats"]
    right = answer["metrics"].pop("accuracy")
    assert answer["metrics"] == {"nats": nats, "perplexity": pytest.approx(math.exp(nats))}
    assert 0 <= right <= 1


@pytest.mark.parametrize(
    ("task", "family", "mend"),
    [
        ("fill-gap", "mlp", "mlp does not learn fill-gap, but next-token: leave --task out."),
        ("next-token", "encoder", "but fill-gap or text-class or text-value: leave --task out."),
        ("fill-gaps", "encoder", "did you mean 'fill-gap'?"),
        ("", "mlp", "next-token"),
    ],
)
def test_a_task_that_a_family_does_not_learn_is_refused_with_a_sentence(
    begin: list[str], capsys: pytest.CaptureFixture[str], task: str, family: str, mend: str
) -> None:
    assert main([*begin, "--model", family, "--task", task]) == 2
    said = capsys.readouterr().err
    assert mend in said
    assert len(said.splitlines()) == 1
