"""Small models for the doctor to examine."""

from dataclasses import replace
from typing import Any

from lm_core.doctor.patient import Patient
from lm_core.encoded import encode_documents
from lm_core.models import models
from lm_core.tokenizers.char import CharTokenizer
from lm_core.training import TrainSettings
from tests.tiny import NAMES, TEXT, tiny_settings

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
BY_GRADIENT = [entry.name for entry in models if entry.build.learns_by != "counting"]
COUNTING = [entry.name for entry in models if entry.build.learns_by == "counting"]
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
    return Patient(family, settings, V, data or ITEMS, TrainSettings(**chosen), seed)


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
