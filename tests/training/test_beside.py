"""What does not fit beside the steps is left out, and the training goes on."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
import torch

from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.callbacks import Callback
from lm_core.training.events import (
    Diagnosed,
    Evaluated,
    Event,
    Failed,
    Finished,
    Probed,
    Sampled,
    Step,
)
from tests.marks import most_slow
from tests.tiny import TEXT, encoded, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
TEXTS = {"train": RUNNING, "validation": RUNNING}

NAMED = {
    "evaluation": "The evaluation",
    "sample": "The sample",
    "probe": "The probe",
    "gradients": "The look inside",
    "after": "The look inside",
}
ERRORS = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes."),
]


class Full:
    """Raises from the second time it is asked on; `asked` counts."""

    def __init__(self, error: Exception) -> None:
        self.error, self.asked = error, 0

    def __call__(self, give: Callable = lambda: None):
        self.asked += 1
        if self.asked > 1:
            raise self.error
        return give()


class Probe:
    part = "The probe"

    def __init__(self, full: Callable) -> None:
        self.full = full

    def __call__(self, trainer: Trainer) -> Probed:
        return self.full(lambda: Probed(trainer.step, (1.0,)))


class Look(Callback):
    """Examines each step, and must not be called again once it has failed."""

    part = "The look inside"

    def __init__(self, **at: Callable) -> None:
        self.at, self.asked = at, False

    def wants(self, trainer: Trainer) -> bool:
        self.asked = True
        return True

    def gradients(self, trainer: Trainer, batch: object) -> None:
        assert self.asked
        self.at.get("gradients", lambda: None)()

    def after(self, trainer: Trainer) -> Iterator[Event]:
        self.at.get("after", lambda: None)()
        self.asked = False
        yield from ()


def run(part: str, full: Full, family: str = "transformer") -> list[Event]:
    training = Trainer(
        NextToken(),
        tiny_model(family, TOKENIZER.vocab_size),
        TEXTS,
        settings=TrainSettings(batch_size=4, eval_every=2),
        budget=Budget(steps=20),
        write=lambda model, _: full(lambda: "text") if part == "sample" else "text",
        aside=[Probe(full if part == "probe" else lambda give: give())],
        callbacks=[Look(**{part: full})],
    )
    if part == "evaluation":
        plain = training.evaluate
        training.evaluate = lambda **how: full(lambda: plain(**how))
    return list(training.run())


@pytest.mark.parametrize(
    ("part", "error"),
    most_slow(
        list(product(NAMED, ERRORS)),
        quick=[*zip(NAMED, [*ERRORS, *ERRORS], strict=False)],  # each part, and each error
    ),
    ids=str,
)
def test_a_part_that_does_not_fit_is_left_out_and_said_once(part: str, error: Exception) -> None:
    full = Full(error)
    events = run(part, full)
    assert not any(isinstance(e, Failed) for e in events)
    assert isinstance(events[-1], Finished)
    assert sum(isinstance(e, Step) for e in events) == 20
    assert full.asked == 2  # and not tried again
    (note,) = [e for e in events if isinstance(e, Diagnosed)]
    assert (note.code, note.severity) == ("out_of_memory_beside", "note")
    assert note.text == (
        f"{NAMED[part]} does not fit into memory beside the training: it is left out from step "
        f"{note.step} on, and the training goes on."
    )
    assert "batch" not in note.text + note.cure


def test_the_other_parts_go_on() -> None:
    events = run("sample", Full(MemoryError()))
    counts = [sum(isinstance(e, kind) for e in events) for kind in (Evaluated, Sampled, Probed)]
    assert counts == [10, 1, 10]


def test_the_same_for_a_run_that_counts() -> None:
    for part in ("evaluation", "sample", "probe"):
        events = run(part, Full(MemoryError()), "ngram")
        assert [e.code for e in events if isinstance(e, Diagnosed)] == ["out_of_memory_beside"]
        assert isinstance(events[-1], Finished)


def test_the_steps_are_those_of_a_run_that_has_room() -> None:
    """A look that fails in the middle of a step changes nothing of it."""
    nats = [
        [e.loss for e in run(part, Full(MemoryError())) if isinstance(e, Step)]
        for part in ("gradients", "none")
    ]
    assert nats[0] == nats[1]


def test_a_defect_is_no_shortage() -> None:
    with pytest.raises(RuntimeError, match="shapes"):
        run("sample", Full(RuntimeError("mat1 and mat2 shapes cannot be multiplied")))
