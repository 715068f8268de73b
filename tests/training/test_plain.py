"""The plain loop takes the Trainer's steps: the same batches, losses and weights."""

import inspect

import pytest
import torch
from torch import nn

from lm_core.encoded import Encoded
from lm_core.evaluation import evaluate as score
from lm_core.models import LanguageModel
from lm_core.models.plain import lesson, plain_names
from lm_core.models.weights import stored
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Step
from lm_core.training.plain import adamw, evaluate, train
from lm_core.training.plain_batches import (
    batches_along_text,
    batches_at_random,
    batches_in_order,
    batches_of_items,
)
from tests.marks import most_slow
from tests.tiny import NAMES, READERS, TEXT, encoded, tiny_model, tiny_settings

BY_GRADIENT = [entry.name for entry in READERS if entry.build.learns_by == "gradient"]
# The others compute fewer places, or in other pieces, so that other numbers are hidden.
HIDES_THE_SAME = {"mlp", "rnn", "gru", "lstm", "transformer", "encoder"}
STEPS, SEED = 8, 7


def both(family: str, V: int) -> tuple[LanguageModel, nn.Module]:
    """A small model and its plain twin, with the same weights."""
    changes = {"dropout": 0.1} if family in HIDES_THE_SAME else {}
    fast = tiny_model(family, V, **changes)
    plain = getattr(lesson(type(fast)), type(fast).__name__)
    values = tiny_settings(family, **changes)
    taken = inspect.signature(plain).parameters
    made = plain(V, **{name: value for name, value in values.items() if name in taken})
    made.load_state_dict(plain_names(stored(fast)))
    return fast, made


def text_of(*, items: bool) -> tuple[int, Encoded]:
    tokenizer, data = encoded(NAMES if items else [TEXT], items=items)
    return tokenizer.vocab_size, data


def plain_batches(model: nn.Module, data: Encoded, *, batch_size: int):
    along = batches_along_text if model.carries_state else batches_at_random
    kind = batches_of_items if data.items else along
    sizes = {"batch_size": batch_size, "block_size": 16, "seed": SEED}
    return kind(data.ids, data.starts.tolist(), **sizes)


def optimizer_of(model: nn.Module, settings: TrainSettings) -> torch.optim.Optimizer:
    return adamw(model.parameters(), lr=settings.lr, weight_decay=settings.weight_decay)


@pytest.mark.parametrize("items", most_slow([False, True], quick=[False]))
@pytest.mark.parametrize(
    "family", most_slow(BY_GRADIENT, quick=["mlp", "lstm", "transformer", "encoder-decoder"])
)
def test_it_gives_the_losses_of_the_trainer_step_by_step(family: str, items: bool) -> None:
    V, data = text_of(items=items)
    fast, plain = both(family, V)
    settings = TrainSettings(lr=0.01, batch_size=4, grad_clip=0.5, warmup=0.3)
    steps = {"settings": settings, "budget": Budget(steps=STEPS), "seed": SEED}
    ran = Trainer(NextToken(), fast, {"train": data}, **steps).run()
    losses = [event.loss for event in ran if isinstance(event, Step)]
    with torch.random.fork_rng(devices=[]):
        taken = train(
            plain,
            optimizer_of(plain, settings),
            plain_batches(plain, data, batch_size=4),
            budget={"steps": STEPS},
            warmup=0.3,
            grad_clip=0.5,
            seed=SEED,
        )
        said = list(taken)
    assert [loss for _, _, loss in said] == pytest.approx(losses, abs=6e-4)
    assert [(step, used) for step, used, _ in said][-1] == (STEPS, 1.0)
    assert len(losses) == STEPS
    assert sum(losses[-3:]) < sum(losses[:3])


@pytest.mark.parametrize("schedule", ["linear", "constant"])
@pytest.mark.parametrize("warmup", [0.0, 0.5])
def test_it_takes_the_trainers_rates_along_a_budget_of_tokens(schedule: str, warmup: float) -> None:
    V, data = text_of(items=True)
    fast, plain = both("neural-bigram", V)
    settings = TrainSettings(schedule=schedule, warmup=warmup, grad_clip=0.0)
    ran = Trainer(
        NextToken(), fast, {"train": data}, settings=settings, budget=Budget(tokens=900), seed=SEED
    )
    rates = [event.lr for event in ran.run() if isinstance(event, Step)]
    optimizer = optimizer_of(plain, settings)
    batches = plain_batches(plain, data, batch_size=settings.batch_size)
    how = {"schedule": schedule, "warmup": warmup, "grad_clip": 0.0, "seed": SEED}
    taken = train(plain, optimizer, batches, budget={"tokens": 900}, **how)
    found = [optimizer.param_groups[0]["lr"] for _ in taken]
    assert found == pytest.approx(rates)
    assert len(set(rates)) > 1 or (schedule, warmup) == ("constant", 0.0)


def test_it_measures_as_the_lab_does() -> None:
    V, data = text_of(items=True)
    fast, plain = both("lstm", V)
    order = batches_in_order(data.ids, data.starts.tolist(), block_size=16)
    assert evaluate(plain, order) == pytest.approx(score(fast, data).nats_per_token, abs=1e-5)
    some = list(batches_in_order(data.ids, data.starts.tolist(), block_size=4, most=5))
    assert [len(idx) for idx, _, _ in some] == [5]


def test_whoever_takes_the_steps_may_stop() -> None:
    V, data = text_of(items=False)
    _, plain = both("mlp", V)
    batches = plain_batches(plain, data, batch_size=4)
    optimizer = adamw(plain.parameters(), lr=0.01, weight_decay=0.0)
    with torch.random.fork_rng(devices=[]):
        steps = train(plain, optimizer, batches, budget={"seconds": 3600.0})
        first = next(steps)
        evaluate(plain, batches_in_order(data.ids, [0], block_size=16))
        second = next(steps)
    assert (first[0], second[0]) == (1, 2)
    assert 0 < first[1] < second[1] < 1
    assert plain.training
