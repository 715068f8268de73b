"""How often a run saves, and that what it saves can be gone on from."""

import math

import pytest
import torch

from lm_core.tasks import NextToken
from lm_core.tasks.counting import sizes_of
from lm_core.training import Budget, Control, Trainer, TrainSettings, loop
from lm_core.training.events import Checkpointed, Failed, Finished
from lm_core.training.saving import LEAST, SHARE, Saving
from tests.marks import most_slow
from tests.tiny import TEXT, encoded, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])


def make(family: str = "mlp", *, steps: int = 20, **rest) -> Trainer:
    return Trainer(
        NextToken(),
        tiny_model(family, TOKENIZER.vocab_size),
        {"train": RUNNING},
        settings=TrainSettings(batch_size=4),
        budget=Budget(steps=steps),
        **rest,
    )


class World:
    """A clock that only steps and saving move; `saved` are the steps with a checkpoint."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, step: float, save: float) -> None:
        self.now, self.cost, self.saved = 0.0, save, []
        plain = Trainer.take_step

        def one_step(training, *given):
            self.now += step
            return plain(training, *given)

        monkeypatch.setattr(Trainer, "take_step", one_step)

    def save(self, training: Trainer) -> str:
        self.now += self.cost
        self.saved.append(training.step)
        return "somewhere"


@pytest.mark.parametrize("cost", most_slow([0.001, 0.09, 0.5, 3.0, 40.0], quick=[0.001, 0.5, 40.0]))
def test_saving_takes_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch, cost: float) -> None:
    steps = 150
    world = World(monkeypatch, step=10 * max(cost, 0.1), save=cost)
    list(make(steps=steps, save=world.save, clock=lambda: world.now).run())
    *on_the_way, last = world.saved
    assert last == steps
    # Before the first, what it takes is a guess; from then on it is known.
    before = (on_the_way[0] - 1) * 10 * max(cost, 0.1)
    assert len(on_the_way[1:]) * cost <= SHARE * (world.now - before)
    assert len(on_the_way) * (cost / SHARE + LEAST) > 0.5 * world.now  # nor much less


def test_where_it_costs_nothing_some_seconds_lie_between(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, step=1.0, save=0.0)
    list(make(steps=31, save=world.save, clock=lambda: world.now).run())
    apart = int(LEAST) + 1
    assert world.saved == [*range(apart, 31, apart), 31]


def test_the_first_of_a_large_model_is_later_than_that_of_a_small_one() -> None:
    large = make()
    large.model.register_parameter("more", torch.nn.Parameter(torch.zeros(10**6)))
    assert Saving(large).cost > 10 * Saving(make()).cost > 0


@pytest.mark.parametrize("broken", [math.nan, math.inf, 1e30])
@pytest.mark.parametrize("when", ["on the way", "at the end", "stopped"])
def test_weights_that_are_no_numbers_take_no_sound_ones_place(
    monkeypatch: pytest.MonkeyPatch, broken: float, when: str
) -> None:
    """The loss of a step says nothing of what the step made of the weights."""
    monkeypatch.setattr(Saving, "due", lambda self: when == "on the way")
    monkeypatch.setattr(loop, "QUICK_SECONDS", 0.0)
    plain, control, saved = Trainer.take_step, Control(), []

    def one_step(training, *given):
        found = plain(training, *given)
        if training.step + 1 == 7:
            with torch.no_grad():
                training.model.head.weight.fill_(broken)
            if when == "stopped":
                control.stop()
        return found

    monkeypatch.setattr(Trainer, "take_step", one_step)
    training = make(steps=7, control=control, save=lambda t: saved.append(t.step) or "somewhere")
    end = list(training.run())[-1]
    assert isinstance(end, Failed)
    assert end.step == 7
    assert saved == ([1, 2, 3, 4, 5, 6] if when == "on the way" else [])


def test_what_counts_saves_between_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Saving, "due", lambda self: True)
    events = list(make("ngram", save=lambda t: f"at {t.step}").run())
    saved = [event for event in events if isinstance(event, Checkpointed)]
    fits = len(sizes_of(RUNNING))
    assert saved == [Checkpointed(k, f"at {k}") for k in (*range(1, fits + 1), fits)]
    assert isinstance(events[-1], Finished)
