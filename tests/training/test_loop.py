import itertools
import math
from collections.abc import Iterator
from itertools import pairwise

import pytest
import torch

from lm_core.encoded import encode_documents
from lm_core.generation import write_text
from lm_core.tasks import NextToken
from lm_core.training import Budget, Control, Trainer, TrainSettings, loop
from lm_core.training.clock import Seconds
from lm_core.training.events import (
    Checkpointed,
    Diagnosed,
    Evaluated,
    Failed,
    Finished,
    Paused,
    Sampled,
    Step,
)
from lm_core.training.saving import Saving
from lm_core.training.schedules import lr_factor
from tests.marks import most_slow
from tests.steered import Patient
from tests.tiny import NAMES, TEXT, encoded, stream, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
ITEM_TOKENIZER, ITEMS = encoded(NAMES, items=True)
V, ROWS = TOKENIZER.vocab_size, 4
TEXTS = {"train": RUNNING, "validation": RUNNING}


def make(family="transformer", data=None, *, budget=None, dropout=0.0, settings=None, **rest):
    settings = {"batch_size": ROWS, "lr": 1e-2, "eval_every": 1000} | (settings or {})
    return Trainer(
        NextToken(),
        tiny_model(family, V, dropout=dropout, n_layer=1, block_size=8),
        data or TEXTS,
        settings=TrainSettings(**settings),
        budget=budget or Budget(steps=20),
        **rest,
    )


def steps(events):
    return [event for event in events if isinstance(event, Step)]


@pytest.fixture
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step is reported at once, so that a test can act between two of them."""
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)


def until(events: Iterator, step: int) -> list:
    """Events up to the Step of that number."""
    seen = []
    for event in events:
        seen.append(event)
        if isinstance(event, Step) and event.step == step:
            return seen
    raise AssertionError(f"step {step} never came")


@pytest.mark.parametrize("family", most_slow(["transformer", "lstm"], quick=["lstm"]))
def test_the_loss_falls_from_every_token_alike(family: str) -> None:
    events = list(make(family, budget=Budget(steps=150)).run())
    losses = [event.loss for event in steps(events)]
    assert losses[0] == pytest.approx(math.log(V), rel=0.05)
    assert sum(losses[-10:]) / 10 < 0.75 * losses[0]
    assert events[-1] == Finished(150, 150 * ROWS * 8, events[-1].seconds, "budget")


@pytest.mark.parametrize("family", ["transformer", "lstm"])
@pytest.mark.parametrize("data", [TEXTS, {"train": ITEMS}], ids=["text", "items"])
def test_two_runs_of_one_seed_are_equal_to_the_last_bit(family: str, data: dict) -> None:
    runs = []
    for seed in (7, 7, 8):
        events = steps(make(family, data, dropout=0.2, seed=seed).run())
        runs.append([(e.step, e.tokens, e.loss, e.lr, e.grad_norm) for e in events])
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("family", ["transformer", "lstm"])
def test_the_global_generator_is_left_alone(family: str, every_step: None) -> None:
    before = torch.get_rng_state()
    training = make(
        family,
        dropout=0.3,
        settings={"eval_every": 3},
        write=lambda model, _: write_text(model, TOKENIZER, max_tokens=5)[0],
        save=lambda _: "nowhere",
    )
    kinds = set()
    for event in training.run():
        kinds.add(type(event))
        assert torch.equal(torch.get_rng_state(), before)
    assert kinds == {Step, Evaluated, Sampled, Checkpointed, Finished}


def test_every_step_is_reported_once_and_in_order() -> None:
    seen = steps(make(budget=Budget(steps=57)).run())
    assert [event.step for event in seen] == list(range(1, 58))
    assert [event.tokens for event in seen] == [k * ROWS * 8 for k in range(1, 58)]
    assert all(a.seconds < b.seconds for a, b in pairwise(seen))


def test_the_learning_rate_follows_its_schedule(every_step: None) -> None:
    settings = {"schedule": "linear", "warmup": 0.25, "lr": 0.01}
    seen = steps(make(settings=settings).run())
    expected = [0.01 * lr_factor("linear", 0.25, k / 20) for k in range(20)]
    assert [event.lr for event in seen] == pytest.approx(expected)


# Steering ----------------------------------------------------------------------------------------


def test_stop_acts_at_the_next_boundary(every_step: None) -> None:
    control = Control()
    events = make(control=control).run()
    until(events, 5)
    control.stop()
    rest = list(events)
    assert rest[-1].reason == "stopped"
    assert rest[-1].step == 5
    assert not steps(rest)


def test_a_run_stopped_before_it_began_says_so() -> None:
    control = Control()
    control.stop()
    (event,) = make(control=control).run()
    assert event == Finished(0, 0, event.seconds, "stopped")


def test_a_slow_evaluation_does_not_hold_up_a_stop(
    every_step: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "QUICK_SECONDS", 0.0)  # now any evaluation is a slow one
    control = Control()
    events = make(control=control, settings={"eval_every": 5}).run()
    until(events, 7)
    control.stop()
    assert [type(event) for event in events] == [Finished]


def test_a_pause_waits_and_a_resume_goes_on(every_step: None) -> None:
    control = Patient("pause", "pause", "resume")
    events = make(control=control).run()
    until(events, 5)
    control.pause()
    assert next(events) == Paused(5)
    assert next(events).step == 6
    assert control.waited == 3
    assert [event.step for event in steps(events)] == list(range(7, 21))


def test_a_paused_run_takes_single_steps(every_step: None) -> None:
    control = Patient("single_step", "single_step", "resume")
    events = make(control=control).run()
    until(events, 5)
    control.pause()
    seen = [next(events) for _ in range(5)]
    assert [(type(event), event.step) for event in seen] == [
        (Paused, 5),
        (Step, 6),
        (Paused, 6),
        (Step, 7),
        (Paused, 7),
    ]
    assert next(events).step == 8


def test_a_paused_run_can_be_stopped(every_step: None) -> None:
    control = Patient("stop")
    events = make(control=control).run()
    until(events, 5)
    control.pause()
    assert [type(event) for event in events if type(event) is not Evaluated] == [Paused, Finished]


def test_pausing_and_resuming_changes_no_number(every_step: None) -> None:
    plain = [event.loss for event in steps(make("lstm", dropout=0.2).run())]
    control = Patient("resume")
    events = make("lstm", dropout=0.2, control=control).run()
    seen = until(events, 9)
    control.pause()
    assert [event.loss for event in steps([*seen, *events])] == plain


@pytest.mark.parametrize("budget", [Budget(steps=20), Budget(tokens=20 * ROWS * 8)], ids=str)
def test_a_machine_of_any_speed_keeps_the_same_weights(budget: Budget) -> None:
    """Where the budget is no time: what is evaluated, kept and written is the same as well."""

    def ended(slow: float) -> tuple[list, torch.Tensor]:
        now = itertools.count(step=slow)  # seconds between two looks at the clock
        given = {"eval_every": 0, "lr": 0.1}
        trainer = make(budget=budget, dropout=0.1, settings=given, clock=lambda: next(now))
        seen = [(event.step, event.loss) for event in trainer.run() if isinstance(event, Evaluated)]
        return seen, torch.cat([p.detach().flatten() for p in trainer.model.parameters()])

    (seen, weights), *others = [ended(slow) for slow in (1e-6, 0.01, 100.0)]
    assert len(seen) > 5
    for evaluated, other in others:
        assert evaluated == seen
        assert torch.equal(other, weights)


def test_pauses_do_not_count_as_time(every_step: None, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]

    class Asleep(Control):
        def wait(self, seconds: float = 0.05) -> None:
            now[0] += 1000.0
            self.resume()

    control = Asleep()
    events = make(control=control, budget=Budget(seconds=60), clock=lambda: now[0]).run()
    seen = []
    for event in events:
        if isinstance(event, Step):
            seen.append(event)
            now[0] += 6.0
            if event.step == 4:
                control.pause()
    assert [event.seconds for event in seen] == [6.0 * k for k in range(10)]


def test_another_learning_rate_acts_from_the_next_step(every_step: None) -> None:
    control = Control()
    events = make(control=control, settings={"schedule": "constant", "warmup": 0.0}).run()
    seen = until(events, 5)
    control.lr_scale = 0.5
    assert [event.lr for event in steps([*seen, *events])] == [0.01] * 5 + [0.005] * 15


# Budgets -----------------------------------------------------------------------------------------


def test_a_budget_in_tokens_ends_with_the_step_that_reaches_it() -> None:
    end = list(make(budget=Budget(tokens=100)).run())[-1]
    assert (end.step, end.tokens, end.reason) == (4, 4 * ROWS * 8, "budget")


def test_a_budget_in_seconds_ends_when_they_are_over(monkeypatch: pytest.MonkeyPatch) -> None:
    training = make(budget=Budget(seconds=3.0))

    class Steady:
        """A clock by which each step takes a second."""

        def __init__(self, already: float, clock: Seconds) -> None:
            assert already == 0

        def seconds(self) -> float:
            return float(training.step)

    monkeypatch.setattr(loop, "Clock", Steady)
    end = list(training.run())[-1]
    assert (end.reason, end.seconds, end.step) == ("budget", 3.0, 3)


def test_tokens_are_those_asked_for_and_no_padding() -> None:
    short = [name for name in NAMES if len(name) < 8][: 5 * ROWS]
    data = {"train": encode_documents(short, ITEM_TOKENIZER, items=True)}
    end = list(make(data=data, budget=Budget(steps=5)).run())[-1]
    assert end.tokens == sum(len(name) + 1 for name in short)


# Evaluation, samples, checkpoints -----------------------------------------------------------------


def test_evaluations_come_as_often_as_asked_and_at_the_end(every_step: None) -> None:
    events = list(make(settings={"eval_every": 6}).run())
    assert [e.step for e in events if isinstance(e, Evaluated)] == [6, 12, 18, 20]
    # A point of the curve is known before the evaluation that stands at the same step.
    assert events.index(next(e for e in steps(events) if e.step == 6)) < events.index(
        next(e for e in events if isinstance(e, Evaluated))
    )


def test_left_alone_it_evaluates_a_short_run_at_every_step() -> None:
    events = list(make(settings={"eval_every": 0}, budget=Budget(steps=3)).run())
    scored = [e.step for e in events if isinstance(e, Evaluated) and e.split == "validation"]
    assert scored == [1, 2, 3]


def test_evaluation_is_on_a_fixed_set_of_tokens() -> None:
    training = make(settings={"eval_tokens": 50})
    first, second = training.evaluate(), training.evaluate()
    assert first == second
    assert 25 <= first.scored_tokens <= 100
    assert not first.whole
    whole = training.evaluate(whole=True)
    assert whole.whole
    assert whole.scored_tokens == RUNNING.predictions


def test_without_a_validation_split_nothing_is_evaluated() -> None:
    events = list(make(data={"train": RUNNING}, settings={"eval_every": 5}).run())
    assert {type(event) for event in events} == {Step, Finished}


def test_samples_are_what_the_model_writes_then() -> None:
    written = []

    def write(model, seconds) -> str:
        assert not torch.is_grad_enabled() or model.training
        written.append(write_text(model, TOKENIZER, "The ", max_tokens=8)[0])
        return written[-1]

    events = list(make(write=write, settings={"eval_every": 10}).run())
    assert [e.text for e in events if isinstance(e, Sampled)] == written
    assert len(written) == 2
    assert all(text.startswith("The ") for text in written)


def test_checkpoints_come_after_the_steps_they_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Saving, "due", lambda self: True)
    saved = []
    training = make(save=lambda t: saved.append(t.step) or f"at {t.step}", budget=Budget(steps=4))
    shown = 0
    for event in training.run():
        if isinstance(event, Step):
            shown = event.step
        if isinstance(event, Checkpointed):
            assert event == Checkpointed(shown, f"at {shown}")
    assert saved == [1, 2, 3, 4, 4]


# What goes wrong ----------------------------------------------------------------------------------


def broken_at(training: Trainer, step: int) -> Trainer:
    """From that step on the weights are so large that the logits overflow."""
    inner = training.model.objective

    def objective(idx, targets, state=None):
        if training.step == step - 1:
            with torch.no_grad():
                training.model.head.weight.fill_(3e38)
        return inner(idx, targets, state)

    training.model.objective = objective
    return training


@pytest.mark.parametrize("family", ["transformer", "lstm"])
def test_a_loss_that_is_no_number_ends_the_run_in_words(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Saving, "due", lambda self: True)
    sound = []

    def save(training: Trainer) -> str:
        sound.append(all(p.isfinite().all() for p in training.model.parameters()))
        return "somewhere"

    settings = {"schedule": "constant", "eval_every": 1}
    events = list(broken_at(make(family, save=save, settings=settings), 8).run())
    end = events[-1]
    assert isinstance(end, Failed)
    assert end.step == 8
    assert "step 8" in end.reason
    assert "learning rate" in end.reason
    assert len(steps(events)) == 8
    assert not math.isfinite(steps(events)[-1].loss)
    # What was saved and evaluated before is sound, and nothing was afterwards.
    assert sound == [True] * 7
    assert all(math.isfinite(e.loss) for e in events if isinstance(e, Evaluated))


@pytest.mark.parametrize("on", ["gpu", "cpu"])
def test_a_device_without_memory_ends_the_run_in_words(on: str) -> None:
    training = make()

    def nats(*_):
        if on == "cpu":
            torch.empty(10**15)  # torch says so itself
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    training.model.nats = nats
    said, event = training.run()
    assert isinstance(said, Diagnosed)
    assert isinstance(event, Failed)
    assert f"batch_size {ROWS // 2}" in event.reason


def test_a_text_of_one_token_ends_the_run_in_words() -> None:
    (event,) = make(data={"train": stream(torch.tensor([1]))}).run()
    assert isinstance(event, Failed)
    assert "at least two tokens" in event.reason


def test_a_defect_surfaces() -> None:
    training = make()
    training.model.nats = None
    with pytest.raises(TypeError):
        list(training.run())


# Items --------------------------------------------------------------------------------------------


def test_no_state_is_carried_from_item_to_item() -> None:
    training = make("lstm", {"train": ITEMS})
    list(training.run())
    assert training.state is None


def test_along_a_text_the_state_is_carried() -> None:
    training = make("lstm")
    list(training.run())
    h, c = training.state
    assert h.shape == c.shape == (1, ROWS, 64)
    assert not h.requires_grad
