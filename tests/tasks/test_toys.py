"""Pictures, a series, and a game of two networks learn through the same Trainer: whatever is new in
them is in one small file of their own."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from lm_core.models.contract import Model
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Evaluated, Event, Finished, Step
from lm_core.training.resume import restore, training_tensors
from lm_core.training.task import Loss, Task
from tests.steered import StopAt
from tests.tasks.toys import pictures, points, series

LINES = 60


@dataclass(frozen=True)
class Toy:
    file: ModuleType
    task: type[Task]
    model: type[Model]
    train: Any
    validation: Any
    steps: int = 150
    lr: float = 1e-2


TOYS = {
    "pictures": Toy(
        pictures,
        pictures.PictureClass,
        pictures.Convolution,
        pictures.made(600, 0),
        pictures.made(200, 1),
    ),
    "series": Toy(
        series, series.Forecast, series.Forecaster, series.made(400, 0), series.made(200, 400)
    ),
    "points": Toy(
        points,
        points.Circle,
        points.Game,
        points.made(600, 0),
        points.made(10, 1),
        steps=300,
        lr=3e-3,
    ),
}


def make(name: str, *, steps: int | None = None, stop: int | None = None, **how: Any) -> Trainer:
    toy, control = TOYS[name], StopAt(stop)
    torch.manual_seed(0)
    control.trainer = Trainer(
        toy.task(),
        toy.model(),
        {"train": toy.train, "validation": toy.validation},
        settings=TrainSettings(**{"lr": toy.lr, "batch_size": 32, "eval_every": 25} | how),
        budget=Budget(steps=steps or toy.steps),
        seed=3,
        control=control,
    )
    return control.trainer


def losses(events: Iterator[Event]) -> list[float]:
    return [event.loss for event in events if isinstance(event, Step)]


@pytest.mark.parametrize("name", TOYS)
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
    class Generous(points.Circle):
        def fooled(self, *given: Any) -> Loss:
            return Loss(0.0 * super().fooled(*given).each)

    training = make("points", steps=1, weight_decay=0.0)
    training.task = Generous()
    training.players = training.task.players(training.model)
    before = copy.deepcopy(training.model)
    list(training.run())
    unmoved = zip(before.maker.parameters(), training.model.maker.parameters(), strict=True)
    moved = zip(before.judge.parameters(), training.model.judge.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in unmoved)
    assert all(not torch.equal(a, b) for a, b in moved)


@pytest.mark.parametrize("name", TOYS)
def test_all_that_is_new_is_one_small_file(name: str) -> None:
    text = Path(TOYS[name].file.__file__).read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) < LINES
