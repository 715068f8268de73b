"""Small models for the doctor to examine."""

from dataclasses import replace
from typing import Any

import pytest

from lm_core.doctor.patient import Patient
from lm_core.encoded import encode_documents
from lm_core.models import models
from lm_core.runs import doctoring
from lm_core.tokenizers.char import CharTokenizer
from lm_core.training import Trainer, TrainSettings
from lm_core.training.events import Evaluated
from tests.tiny import NAMES, READERS, TEXT, tiny_settings

TOKENIZER = CharTokenizer.train([TEXT, *NAMES])
V = TOKENIZER.vocab_size
ITEMS = {
    "train": encode_documents(NAMES[:30], TOKENIZER, items=True),
    "validation": encode_documents(NAMES[30:], TOKENIZER, items=True),
}
RUNNING = {
    "train": encode_documents([TEXT[:400]], TOKENIZER, items=False),
    "validation": encode_documents([TEXT[400:]], TOKENIZER, items=False),
}
BY_GRADIENT = [entry.name for entry in READERS if entry.build.learns_by != "counting"]
COUNTING = [entry.name for entry in READERS if entry.build.learns_by == "counting"]
MUON = {"optimizer": "muon", "lr": 0.02}
# Rates that suit models of this size; a table of pairs needs a high one.
TRAIN = {"transformer": MUON, "mixture": MUON, "neural-bigram": {"lr": 0.05}}


def patient(
    family: str = "transformer",
    data: dict | None = None,
    *,
    seed: int = 0,
    train: dict[str, Any] | None = None,
    **changes: Any,
) -> Patient:
    """A small model of the family over names (or another text), with settings that suit it."""
    settings = models[family].settings.from_dict(tiny_settings(family, **changes))
    chosen = {"lr": 5e-3, "batch_size": 8, **TRAIN.get(family, {}), **(train or {})}
    train = TrainSettings(**chosen)
    return Patient(family, settings, V, data or ITEMS, train, seed, threads=1)


class Machine:
    """A clock that goes on by so many seconds at each step of training, and at no other time."""

    def __init__(self, step: float, *, each_look: float = 0.0) -> None:
        self.step, self.each_look, self.now = step, each_look, 0.0

    def clock(self) -> float:
        return self.now

    def runs(self, who: Patient) -> Patient:
        """The same patient, trained on this machine."""
        return replace(who, make=lambda *given, **more: _Ticking(self, *given, **more))


class _Ticking(Trainer):
    def __init__(self, machine: Machine, *given: Any, **more: Any) -> None:
        self.machine = machine
        super().__init__(*given, **more)

    def take_step(self, *given: Any, **more: Any) -> Any:
        self.machine.now += self.machine.step
        return super().take_step(*given, **more)

    def evaluate(self, *given: Any, **more: Any) -> Evaluated:
        self.machine.now += self.machine.each_look
        return super().evaluate(*given, **more)


def takes_the_time_of(machine: Machine, patch: pytest.MonkeyPatch) -> None:
    """A worker's examinations go by this machine's clock, and not by that on the wall."""
    steps, patient_of = doctoring.examining, doctoring.patient_of

    def examining(*given: Any, **how: Any) -> Any:
        return steps(*given, **how | {"clock": machine.clock})

    patch.setattr(doctoring, "examining", examining)
    patch.setattr(doctoring, "patient_of", lambda *given: machine.runs(patient_of(*given)))


def with_train(who: Patient, **changes: Any) -> Patient:
    return replace(who, train=replace(who.train, **changes))


def last(generator: Any) -> tuple[list, Any]:
    """All that a generator yields, and what it returns."""
    seen = []
    while True:
        try:
            seen.append(next(generator))
        except StopIteration as end:
            return seen, end.value
