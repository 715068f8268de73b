"""Each fault does its one thing wrong, and nothing else."""

import math

import pytest
import torch

from lm_core.doctor.faults import FAULTS, HONEST, trainer_with
from lm_core.encoded import Encoded
from lm_core.errors import UnknownName
from lm_core.evaluation import evaluate
from lm_core.models.contract import IGNORED
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Evaluated, Failed, Finished, Step
from tests.doctor.patients import ITEMS, RUNNING, V
from tests.tiny import lively_model

DATA = {"items": ITEMS, "text": RUNNING}


def make(fault: str, kind: str = "items", *, steps: int = 3, **changes) -> Trainer:
    return trainer_with(fault)(
        NextToken(),
        lively_model("mlp", V, **changes),
        DATA[kind],
        settings=TrainSettings(batch_size=8, eval_every=2, grad_clip=0.0),
        budget=Budget(steps=steps),
    )


def pieces(encoded: Encoded) -> list[list[int]]:
    """Each sequence of the stream from boundary to boundary."""
    starts = encoded.starts.tolist()
    ends = [*starts[1:], len(encoded.ids) - 1]
    return [encoded.ids[a : b + 1].tolist() for a, b in zip(starts, ends, strict=True)]


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_every_fault_runs_to_its_end(fault: str, kind: str) -> None:
    *_, last = make(fault, kind).run()
    assert isinstance(last, Finished)


def test_gradients_that_are_not_cleared_are_the_sum_of_all() -> None:
    """One step at a time beside a loop that keeps the same weights: the rate is 0."""
    run = make("no-zero-grad", steps=3)
    run.control.lr_scale = 0.0
    norms = [event.grad_norm for event in run.run() if isinstance(event, Step)]
    model, expected = lively_model("mlp", V).train(), []
    for step in range(3):
        batch = run.batches.at(step)
        model.nats(batch.idx, batch.targets)[0].sum().div(batch.asked).backward()
        whole = torch.cat([p.grad.flatten() for p in model.parameters()])
        expected.append(whole.norm().item())
    assert norms == pytest.approx(expected, rel=1e-4)


def test_without_eval_dropout_goes_on_in_the_evaluation() -> None:
    run = make("no-eval", dropout=0.5)
    torch.manual_seed(1)
    scores = {run.evaluate().loss for _ in range(3)}
    assert len(scores) == 3
    assert "eval" not in vars(run.model)
    right = evaluate(run.model, run.data["validation"]).nats_per_token
    assert make("", dropout=0.5).evaluate().loss == pytest.approx(right)


@pytest.mark.parametrize("kind", DATA)
def test_shuffled_targets_are_those_of_the_batch_in_another_order(kind: str) -> None:
    wrong, right = make("shuffled-targets", kind), make("", kind)
    list(wrong.run()), list(right.run())
    ours, theirs = wrong.batches.at(1), right.batches.at(1)
    assert torch.equal(ours.idx, theirs.idx)
    assert torch.equal(ours.targets == IGNORED, theirs.targets == IGNORED)
    assert not torch.equal(ours.targets, theirs.targets)
    assert sorted(ours.targets.flatten().tolist()) == sorted(theirs.targets.flatten().tolist())
    (part,), asked = wrong.batches.parts(1)
    assert torch.equal(part.targets, ours.targets)
    assert asked == ours.asked


def test_a_leaked_split_trains_on_what_it_is_judged_by() -> None:
    """As much again is kept from it, and scored beside."""
    run, held = make("leaked-split"), pieces(ITEMS["validation"])
    m = len(held) // 2
    assert pieces(run.data["train"]) == [*pieces(ITEMS["train"])[:m], *held[:m]]
    assert pieces(run.data["validation"]) == held[:m]
    assert pieces(run.data[HONEST]) == held[-m:]
    scored = [event for event in run.run() if isinstance(event, Evaluated)]
    assert [(e.step, e.split) for e in scored[:2]] == [(2, "validation"), (2, HONEST)]
    with torch.inference_mode():
        honest = evaluate(run.model.eval(), run.data[HONEST]).nats_per_token
    assert scored[-1].loss == pytest.approx(honest)
    held = RUNNING["validation"].ids
    m = len(held) // 2
    data = make("leaked-split", "text").data
    assert torch.equal(data["train"].ids, torch.cat([RUNNING["train"].ids[:m], held[:m]]))
    assert torch.equal(data[HONEST].ids, held[-m:])


def test_another_tokenizer_renames_the_tokens_of_one_split() -> None:
    run = make("other-tokenizer")
    ours, theirs = run.data["validation"].ids, ITEMS["validation"].ids
    pairs = set(zip(ours.tolist(), theirs.tolist(), strict=True))
    assert len(pairs) == len(set(ours.tolist())) == len(set(theirs.tolist()))
    assert [(0, int(theirs[0]))] == [pair for pair in pairs if pair[0] == 0]
    counts = torch.bincount(ours)[1:].tolist()
    assert counts == sorted(counts, reverse=True)
    assert torch.equal(run.data["train"].ids, ITEMS["train"].ids)


def test_few_data_are_the_beginning_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lm_core.doctor.faults.FEW", 0.2)
    run = make("few-data")
    kept = pieces(run.data["train"])
    assert kept == pieces(ITEMS["train"])[:6]
    assert len(make("few-data", "text").data["train"].ids) == 80


@pytest.mark.parametrize("fault", FAULTS)
def test_a_text_without_validation_has_nothing_to_spoil_there(fault: str) -> None:
    run = trainer_with(fault)(
        NextToken(), lively_model("mlp", V), {"train": RUNNING["train"]}, budget=Budget(steps=1)
    )
    events = list(run.run())
    assert not any(isinstance(event, Evaluated | Failed) for event in events)
    assert math.isfinite(events[0].loss)


@pytest.mark.parametrize("name", ["no-zero-grads", None, [], ["no-eval"], 3])
def test_an_unknown_fault_is_one_sentence(name) -> None:
    with pytest.raises(UnknownName, match="Unknown fault"):
        trainer_with(name)
