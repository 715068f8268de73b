from itertools import product
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint, load_training, save_checkpoint
from lm_core.doctor.faults import FAULTS
from lm_core.errors import BadCheckpoint
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings, loop
from lm_core.training.events import Step
from lm_core.training.resume import restore, training_tensors
from tests.marks import most_slow
from tests.steered import StopAt
from tests.tiny import NAMES, READERS, TEXT, encoded, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
ITEM_TOKENIZER, ITEMS = encoded(NAMES, items=True)
LAST, FIRST_PART = 44, 30
BEFORE = [{}, {"ema": 0.9, "keep_best": True, "eval_every": 4}]
AFTER = [{}, {"ema": 0.5}, {"keep_best": True, "patience": 3}]
# Each of these is among the options alone, too.
EVERYTHING = {"accumulate": 2, "ema": 0.9, "ramp": 0.8, "keep_best": True, "eval_every": 4}
BUDGETS = [Budget(steps=LAST), Budget(tokens=LAST * 4 * 8)]


def make(
    model, data, *, stop=None, budget=None, kind=Trainer, validation=False, **settings
) -> Trainer:
    control = StopAt(stop)
    control.trainer = kind(
        NextToken(),
        model,
        {"train": data, "validation": data} if validation else {"train": data},
        settings=TrainSettings(**({"batch_size": 4, "lr": 1e-2} | settings)),
        budget=budget or Budget(steps=LAST),
        seed=3,
        control=control,
    )
    return control.trainer


def shown(training: Trainer) -> list[tuple]:
    events = [event for event in training.run() if isinstance(event, Step)]
    return [(e.step, e.tokens, e.loss, e.lr, e.grad_norm) for e in events]


def through_a_file(training: Trainer, tokenizer, folder: Path, **changes) -> Trainer:
    """Saved as a run saves itself, and a fresh trainer put where it was."""
    meta = {"step": training.step, "tokens": training.tokens, "seconds": training.seconds}
    save_checkpoint(folder, training.model, tokenizer, meta, training=training_tensors(training))
    saved = load_checkpoint(folder)
    fresh = make(saved.model, changes.pop("data", training.data["train"]), **changes)
    restore(fresh, load_training(folder), saved.meta)
    return fresh


@pytest.mark.parametrize(
    ("family", "kind", "budget"),
    most_slow(
        list(product(("transformer", "lstm"), ("text", "items"), BUDGETS)),
        quick=[("lstm", "text", BUDGETS[1])],
    ),
)
def test_stopped_and_resumed_is_never_stopped(
    family: str, kind: str, budget: Budget, tmp_path: Path
) -> None:
    """Carried state, dropout, the optimizer's memory, the schedule: to the last bit."""
    tokenizer, data = (TOKENIZER, RUNNING) if kind == "text" else (ITEM_TOKENIZER, ITEMS)

    def model():
        return tiny_model(family, tokenizer.vocab_size, dropout=0.2, block_size=8)

    straight = make(model(), data, budget=budget)
    expected = shown(straight)

    stopped = make(model(), data, budget=budget, stop=FIRST_PART)
    first = shown(stopped)
    resumed = through_a_file(stopped, tokenizer, tmp_path / "checkpoint", budget=budget)
    assert resumed.step == FIRST_PART
    assert [*first, *shown(resumed)] == expected
    for a, b in zip(straight.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("family", [entry.name for entry in READERS])
def test_every_family_goes_on_as_if_never_stopped(family: str, tmp_path: Path) -> None:
    """Those that descend, that count, and that do both, in the words of the registry."""
    V = TOKENIZER.vocab_size
    budget = Budget(steps=9)
    straight, stopped = (
        make(tiny_model(family, V), RUNNING, stop=stop, budget=budget) for stop in (None, 3)
    )
    expected, first = shown(straight), shown(stopped)
    assert len(first) == 3
    resumed = through_a_file(stopped, TOKENIZER, tmp_path / "checkpoint", budget=budget)
    assert [*first, *shown(resumed)] == expected
    state = straight.model.state_dict()
    assert all(torch.equal(tensor, state[k]) for k, tensor in resumed.model.state_dict().items())
    assert resumed.done
    assert not stopped.done


@pytest.mark.parametrize("fault", most_slow(FAULTS, quick=["no-zero-grad"]))
def test_a_fault_goes_on_too(fault: str, tmp_path: Path) -> None:
    how = {"kind": FAULTS[fault], "validation": True}
    straight, stopped = (
        make(tiny_model("transformer", TOKENIZER.vocab_size), RUNNING, stop=stop, **how)
        for stop in (None, FIRST_PART)
    )
    expected, first = shown(straight), shown(stopped)
    resumed = through_a_file(stopped, TOKENIZER, tmp_path / "checkpoint", data=RUNNING, **how)
    assert [*first, *shown(resumed)] == expected


def test_resumed_again_and_again_is_never_stopped(tmp_path: Path) -> None:
    V = TOKENIZER.vocab_size
    expected = shown(make(tiny_model("lstm", V, dropout=0.1, block_size=8), RUNNING))
    training = make(tiny_model("lstm", V, dropout=0.1, block_size=8), RUNNING, stop=7)
    seen = shown(training)
    for stop in (8, 23, 24, None):
        training = through_a_file(training, TOKENIZER, tmp_path / "checkpoint", stop=stop)
        seen += shown(training)
    assert seen == expected


@pytest.mark.parametrize(
    ("family", "kind"),
    most_slow(
        list(product(("transformer", "lstm"), ("text", "items"))),
        quick=[("lstm", "text")],
    ),
)
@pytest.mark.parametrize(
    "options",
    most_slow(
        [
            {"accumulate": 3},
            {"ema": 0.95},
            {"ramp": 0.9},
            {"schedule": "one-cycle", "optimizer": "muon"},
            {"schedule": "wsd", "deterministic": True},
            {"schedule": "step", "optimizer": "sgd-momentum"},
            {"optimizer": "sgd"},
            {"optimizer": "adam"},
            {"ema": 0.95, "keep_best": True, "patience": 100, "eval_every": 4},
            EVERYTHING,
        ],
        quick=[{"schedule": "one-cycle", "optimizer": "muon"}, {"optimizer": "adam"}, EVERYTHING],
    ),
    ids=lambda options: "-".join(options),
)
def test_with_every_option_it_is_never_stopped(
    family: str, kind: str, options: dict, tmp_path: Path
) -> None:
    """The same numbers on the way, the same live weights, and the same weights to keep."""
    tokenizer, data = (TOKENIZER, RUNNING) if kind == "text" else (ITEM_TOKENIZER, ITEMS)

    def start(stop: int | None = None) -> Trainer:
        model = tiny_model(family, tokenizer.vocab_size, dropout=0.2, block_size=8)
        training = make(model, data, stop=stop, **options)
        if "keep_best" in options:
            training.data["validation"] = data
        return training

    straight, stopped = start(), start(stop=FIRST_PART)
    expected, first = shown(straight), shown(stopped)
    resumed = through_a_file(stopped, tokenizer, tmp_path / "checkpoint", **options)
    resumed.data |= {k: v for k, v in straight.data.items() if k == "validation"}
    assert [*first, *shown(resumed)] == expected
    for a, b in zip(straight.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(a, b)
    ends = [training_tensors(training) for training in (straight, resumed)]
    assert ends[0].keys() == ends[1].keys()
    assert all(torch.equal(tensor, ends[1][name]) for name, tensor in ends[0].items())


@pytest.mark.parametrize(
    ("before", "after"),
    most_slow(
        list(product(BEFORE, AFTER)),
        quick=[(BEFORE[0], AFTER[2]), (BEFORE[1], AFTER[1])],
    ),
    ids=str,
)
def test_options_may_change_between_two_parts_of_a_run(
    before: dict, after: dict, tmp_path: Path
) -> None:
    first = make(tiny_model("lstm", TOKENIZER.vocab_size), RUNNING, stop=FIRST_PART, **before)
    first.data["validation"] = RUNNING
    seen = shown(first)
    expected = shown(make(tiny_model("lstm", TOKENIZER.vocab_size), RUNNING))
    resumed = through_a_file(first, TOKENIZER, tmp_path / "checkpoint", **after)
    assert [*seen, *shown(resumed)] == expected  # what trains is the same with or without


def test_averages_of_another_model_are_refused() -> None:
    training = make(tiny_model("transformer", TOKENIZER.vocab_size), RUNNING, ema=0.9)
    with pytest.raises(BadCheckpoint, match="does not fit this run"):
        restore(
            training,
            {"average.0": torch.zeros(3, 3)},
            {"step": 1, "tokens": 1, "seconds": 1.0},
        )


def test_time_goes_on_from_where_it_was(tmp_path: Path) -> None:
    training = make(tiny_model("lstm", TOKENIZER.vocab_size), RUNNING, stop=5)
    list(training.run())
    training.seconds = 1000.0
    resumed = through_a_file(training, TOKENIZER, tmp_path / "checkpoint")
    events = [event for event in resumed.run() if isinstance(event, Step)]
    assert all(1000.0 < event.seconds < 1100.0 for event in events)


def test_a_finished_run_resumed_ends_at_once(tmp_path: Path) -> None:
    training = make(tiny_model("transformer", TOKENIZER.vocab_size), RUNNING)
    list(training.run())
    assert shown(through_a_file(training, TOKENIZER, tmp_path / "checkpoint")) == []


def test_another_batch_size_drops_the_carried_state_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)
    training = make(tiny_model("lstm", TOKENIZER.vocab_size), RUNNING, stop=FIRST_PART)
    first = shown(training)
    resumed = through_a_file(training, TOKENIZER, tmp_path / "checkpoint", batch_size=7)
    rest = shown(resumed)
    assert [step for step, *_ in rest] == list(range(FIRST_PART + 1, LAST + 1))
    assert rest[0][2] < 0.9 * first[0][2]  # what was learned is there
    assert resumed.state[0].size(1) == 7


def test_a_checkpoint_without_memory_goes_on_with_a_fresh_optimizer() -> None:
    training = make(tiny_model("transformer", TOKENIZER.vocab_size), RUNNING)
    restore(training, {}, {"step": 10, "tokens": 320, "seconds": 1.0})
    assert [step for step, *_ in shown(training)] == list(range(11, LAST + 1))


@pytest.mark.parametrize("left_out", ["step", "tokens", "seconds"])
def test_a_card_that_does_not_say_how_far_it_came_is_refused(left_out: str) -> None:
    training = make(tiny_model("transformer", TOKENIZER.vocab_size), RUNNING)
    meta = {"step": 1, "tokens": 1, "seconds": 1.0}
    del meta[left_out]
    with pytest.raises(BadCheckpoint, match="start a new one"):
        restore(training, {}, meta)


@pytest.mark.parametrize(
    "tensors",
    [
        {"optimizer.0.exp_avg": torch.zeros(3, 3)},
        {"optimizer.9999.exp_avg": torch.zeros(3, 3)},
        {"optimizer.first.exp_avg": torch.zeros(3, 3)},
        {"optimizer.0": torch.zeros(3, 3)},
    ],
    ids=["shape", "number", "word", "short"],
)
def test_memory_of_another_model_is_refused(tensors: dict) -> None:
    training = make(tiny_model("transformer", TOKENIZER.vocab_size), RUNNING)
    with pytest.raises(BadCheckpoint, match="does not fit this run"):
        restore(training, tensors, {"step": 1, "tokens": 1, "seconds": 1.0})


def test_a_counting_model_has_nothing_to_remember() -> None:
    training = make(tiny_model("ngram", TOKENIZER.vocab_size), RUNNING)
    list(training.run())
    assert training_tensors(training) is None
