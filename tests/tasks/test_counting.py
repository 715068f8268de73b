from itertools import pairwise

import pytest
import torch

from lm_core.evaluation import evaluate
from lm_core.tasks import NextToken
from lm_core.tasks.counting import LOOKS, first_tokens, sizes_of
from lm_core.training import Control, Trainer, TrainSettings
from lm_core.training.events import Checkpointed, Evaluated, Finished, Paused, Sampled, Step
from tests.steered import Patient
from tests.tiny import NAMES, TEXT, encoded, some_ids, stream, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
_, ITEMS = encoded(NAMES, items=True)
PARTS = len(sizes_of(RUNNING))


def make(data=RUNNING, **rest):
    model = tiny_model("ngram", TOKENIZER.vocab_size)
    return Trainer(NextToken(), model, {"train": data, "validation": data}, **rest)


def test_each_look_counts_half_as_much_again_up_to_all_of_the_text() -> None:
    events = list(make().run())
    looks = [event for event in events if isinstance(event, Step)]
    assert [event.step for event in looks] == list(range(1, len(looks) + 1))
    sizes = [event.tokens + 1 for event in looks]
    assert sizes[-1] == len(RUNNING.ids)
    assert sum(sizes) < 3 * sizes[-1]
    assert all(1.5 < b / a < 1.6 for a, b in pairwise(sizes[-8:]))
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].tokens) == ("budget", RUNNING.predictions)


def test_a_long_text_has_twenty_looks_from_a_beginning_of_a_few_words() -> None:
    sizes = sizes_of(stream(some_ids(100_000, 5)))
    assert len(sizes) == LOOKS == 20
    assert sizes[0] == 24


def test_in_the_end_it_is_the_model_fitted_on_everything() -> None:
    training = make()
    list(training.run())
    fitted = tiny_model("ngram", TOKENIZER.vocab_size)
    fitted.fit(RUNNING.ids, RUNNING.starts)
    for name, tensor in fitted.state_dict().items():
        assert torch.equal(training.model.state_dict()[name], tensor), name


@pytest.mark.parametrize("data", [RUNNING, ITEMS], ids=["text", "items"])
def test_a_point_is_the_surprise_on_what_was_counted(data) -> None:
    training = make(data, settings=TrainSettings(eval_tokens=10**6))
    for event in training.run():
        if isinstance(event, Step):
            part = first_tokens(data, event.tokens + 1)
            assert event.loss == evaluate(training.model, part).nats_per_token


def test_more_text_makes_a_better_model() -> None:
    text = stream(RUNNING.ids.repeat(3))
    events = [e for e in make(text).run() if isinstance(e, Evaluated)]
    assert events[-1].loss < 0.7 * events[0].loss
    assert len(events) == len(sizes_of(text))


def test_samples_and_the_checkpoint_come_too() -> None:
    training = make(write=lambda model, seconds: "written", save=lambda training: "a place")
    events = list(training.run())
    assert sum(isinstance(event, Sampled) for event in events) == PARTS
    assert events[-2] == Checkpointed(PARTS, "a place")


def test_stop_keeps_what_was_counted_so_far() -> None:
    control = Control()
    training = make(control=control)
    events = []
    for event in training.run():
        events.append(event)
        if event == events[0]:
            control.stop()
    assert events[-1].reason == "stopped"
    assert events[-1].step == 1
    assert training.model.n_parameters > TOKENIZER.vocab_size


def test_a_stop_before_the_first_part_is_heard() -> None:
    control = Control()
    control.stop()
    (event,) = make(control=control).run()
    assert event == Finished(0, 0, event.seconds, "stopped")


def test_a_pause_is_heard_between_its_parts_and_single_steps_are_taken() -> None:
    control = Patient("single_step", "single_step", "resume")
    control.pause()
    events = [e for e in make(control=control).run() if isinstance(e, Step | Paused)]
    seen = [(type(event), event.step) for event in events]
    assert seen[:5] == [(Paused, 0), (Step, 1), (Paused, 1), (Step, 2), (Paused, 2)]
    assert seen[5:] == [(Step, step) for step in range(3, PARTS + 1)]


def test_a_paused_one_can_be_stopped() -> None:
    control = Patient("stop")
    events = make(control=control).run()
    assert next(events).step == 1
    control.pause()
    paused, end = list(events)[-2:]
    assert paused == Paused(1)
    assert (end.step, end.reason) == (1, "stopped")


def test_a_pause_is_no_time_of_training() -> None:
    now = [0.0]

    class Slept(Patient):
        def wait(self, seconds: float = 0.05) -> None:
            now[0] += 100.0
            super().wait(seconds)

    control = Slept("resume")
    control.pause()
    assert list(make(control=control, clock=lambda: now[0]).run())[-1].seconds == 0.0


def test_a_part_of_a_list_ends_where_its_items_do() -> None:
    for size in range(2, len(ITEMS.ids)):
        part = first_tokens(ITEMS, size)
        assert torch.equal(part.ids, ITEMS.ids[:size])
        assert (part.ids[part.starts] == TOKENIZER.boundary_id).all()
        assert part.starts[-1] < max(1, size - 1)  # each start has something after it


def test_two_tokens_are_enough() -> None:
    events = list(make(stream(torch.tensor([1, 2]))).run())
    assert [type(event) for event in events] == [Step, Evaluated, Finished]


def test_the_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    for _ in make().run():
        assert torch.equal(torch.get_rng_state(), before)
