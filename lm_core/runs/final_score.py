"""The test split of a run's text, scored once, with the weights that the run kept.

    command(store, run)         what to ask of the lab's command line
    keep(store, run, answer)    what it answered, in the run's record and in its checkpoint's card
    final_score(run)                 what is kept, ever after

Whoever chooses among runs, or decides when to stop, by a split has trained on it in a way: the
figure gets too good. Validation is for choosing; the test split is looked at once, at the end, and
a run has it measured no second time.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lm_core.checkpoints import add_to_card, read_meta
from lm_core.errors import LabError
from lm_core.evaluation.surprise import perplexity
from lm_core.json_files import numbers
from lm_core.runs.store import Run, RunStore
from lm_core.runs.training_run import has_checkpoint

FACT = "test"  # among the facts of a run


@dataclass(frozen=True)
class FinalScore:
    """A test split that was scored: nats per token over so many tokens, with the weights of a step.

    `bits` are per character, None where they are withheld and of what is no running text.
    `validation` is what the same weights were given there, in nats per token, where that is known.
    `now` says whether the run still has these weights. `metrics` are all figures of the task, by
    name; those of earlier versions have none."""

    nats: float
    tokens: int
    step: int
    bits: float | None
    validation: float | None = None
    now: bool = True
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def perplexity(self) -> float:
        """e^nats; infinite where no float is large enough."""
        return perplexity(self.nats)


def final_score(store: RunStore, run: Run) -> FinalScore | None:
    """What was measured of this run; None while nothing was."""
    kept = numbers(run.facts.get(FACT))
    if not isinstance(kept, dict):
        return None
    return FinalScore(
        kept["nats"],
        kept["tokens"],
        kept["step"],
        kept["bits_per_character"],
        kept["validation_nats"],
        now=weights(store, run) == kept["weights"],
        metrics=kept.get("metrics", {}),
    )


def why_not(store: RunStore, run: Run) -> str:
    """Why this run cannot be measured now, in a sentence; "" where it can."""
    if run.active:
        return "The test split is measured once, when the run has ended."
    if FACT in run.facts:
        return "It was measured already, and once is all."
    if not has_checkpoint(_folder(store, run)):
        return "This run kept no weights to measure."
    if "test" not in run.facts.get("counts", {"test": {}}):
        return "This text has no test split, as another text validates: nothing was kept aside."
    return ""


def command(store: RunStore, run: Run) -> tuple[str, ...]:
    """The arguments after `python -m lm_core` that score it."""
    return ("evaluate", str(_folder(store, run)), "--split", "test")


def keep(store: RunStore, run: Run, answer: Mapping[str, Any]) -> None:
    """Note the answer of `command` for good, unless one was noted already.

    Raises:
        LabError: the answer is none, or the store cannot be written.
    """
    row = store.get(run.id)
    if FACT in row.facts:
        return
    nats = answer["nats_per_token"]
    if math.isnan(nats):
        raise LabError("The test split could not be scored: the weights are no numbers.")
    folder = _folder(store, row)
    card, metrics = read_meta(folder), answer.get("metrics", {})
    fact = {
        "nats": nats,
        "tokens": answer["tokens"],
        "bits_per_character": answer["bits_per_character"],
        "step": card.get("kept", card.get("step", 0)),
        "validation_nats": card.get("metrics", {}).get("validation", {}).get("nats_per_token"),
        "weights": weights(store, row),
        "metrics": metrics,
    }
    store.update(run.id, facts={FACT: fact})
    scored = {"nats_per_token": nats, "tokens": answer["tokens"], "whole_split": True}
    scored |= {"metrics": metrics} if metrics else {}
    add_to_card(folder, metrics=card.get("metrics", {}) | {"test": scored})


def weights(store: RunStore, run: Run) -> str:
    """By which the weights that a run keeps are known; "" where it keeps none."""
    folder = _folder(store, run)
    if not has_checkpoint(folder):
        return ""
    try:
        hashes = read_meta(folder).get("sha256", {})
    except LabError:
        return ""
    return str(hashes.get("model.safetensors", ""))


def _folder(store: RunStore, run: Run) -> Any:
    return store.run_folder(run.id) / "checkpoint"
