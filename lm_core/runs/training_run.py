"""One training and the folder that keeps it, for a run of the page and for one of the command line:
built, saved and taken up again in the same way. The two differ in who steers, and in where events
go.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from lm_core.checkpoints import (
    CARD,
    MOST_ROWS,
    Checkpoint,
    History,
    load_history,
    load_training,
    save_checkpoint,
    thinned,
    where,
)
from lm_core.device import DeviceChoice
from lm_core.doctor.faults import trainer_with
from lm_core.doctor.health import Health
from lm_core.encoded import glimpse
from lm_core.runs.prepare import Prepared
from lm_core.training import Trainer
from lm_core.training.distributed.team import Team
from lm_core.training.events import KEPT, Checkpointed, Evaluated, Event, Finished, Step
from lm_core.training.resume import restore, training_tensors
from lm_core.training.saving import Saving

VALIDATION = "validation"
GLIMPSE = 2_000  # tokens that all runs of a race score on the way


class TrainingRun:
    """Iterate over it for its events and the verdicts among them.

    Args:
        folder: where its checkpoint goes.
        begun: the checkpoint that it goes on from; None: it begins.
        command: what was typed, for the card.
        check: asked before each save, and raises where it is not to be.
        compared: it is laid beside runs of other families: on the way all score the same tokens.
        how: whatever else a Trainer takes.

    Raises:
        BadCheckpoint: the text has changed since, or the checkpoint does not fit.
    """

    def __init__(
        self,
        prepared: Prepared,
        folder: Path,
        device: DeviceChoice,
        *,
        begun: Checkpoint | None = None,
        command: str = "",
        check: Callable[[], None] | None = None,
        team: Team | None = None,
        compared: bool = False,
        **how: Any,
    ) -> None:
        if begun is not None:
            prepared.check_same_text(begun)
        spec, self.prepared, self.folder, self.device = prepared.spec, prepared, folder, device
        self.trainer = trainer_with(spec.fault)(
            prepared.task,
            prepared.model if begun is None else begun.model,
            _glimpsed(prepared.data) if compared else prepared.data,
            settings=spec.train,
            budget=spec.budget,
            seed=spec.seed,
            device=device.device,
            threads=device.most,
            save=self.save if team is None or team.leads else None,
            team=team,
            **how,
        )
        if compared and VALIDATION in self.trainer.data:
            self.trainer.part = self.trainer.data[VALIDATION].predictions
        self.history: History = {"points": [], "evaluations": []}
        self.metrics: dict[str, Any] = {}
        self.commands, self.check = told(command, begun), check
        self.saved: int | None = None  # the step whose weights are in the folder
        if begun is not None:
            restore(self.trainer, load_training(begun.folder), begun.meta)
            self.history, self.metrics = load_history(begun.folder), begun.meta.get("metrics", {})
            if begun.folder.resolve() == folder.resolve():
                self.saved = self.trainer.step
        self.health = Health.of(self.trainer, fresh=spec.start.fresh)

    def __repr__(self) -> str:
        return f"TrainingRun({self.trainer}, {str(self.folder)!r})"

    def __iter__(self) -> Iterator[Event]:
        for event in self.health.listen(self.trainer.run()):
            match event:
                case Step():
                    self._draw("points", event)
                case Evaluated(split=split) if split in (VALIDATION, KEPT):
                    if split != KEPT:
                        self._draw("evaluations", event)
                    # Of the weights to keep alone.
                    if split == KEPT or self.trainer.weights.kept_step is None:
                        self.metrics = scores(event)
                case Checkpointed():
                    self.saved = event.step
            yield event

    def _draw(self, name: str, event: Step | Evaluated) -> None:
        rows = self.history[name]
        rows.append([event.step, round(event.loss, 4)])
        if len(rows) >= 4 * MOST_ROWS:
            rows[:] = thinned(rows)

    def leave(self) -> bool:
        """Save it as it stands at a pause, to go on elsewhere or later; whether it was."""
        for event in Saving(self.trainer).do():
            self.saved = event.step
        return self.saved == self.trainer.step

    def save(self, trainer: Trainer) -> str:
        """Keep the trainer as it is, and what the card says of it, in the folder."""
        if self.check:
            self.check()
        kept = trainer.weights.kept_step
        card = self.prepared.card() | {
            "step": trainer.step,
            "tokens": trainer.tokens,
            "seconds": trainer.seconds,
            **({} if kept is None else {"kept": kept}),
            "device": f"{self.device.settled()}, {trainer.arithmetic}",
            "torch": torch.__version__,
            **self.commands,
            "metrics": self.metrics,
        }
        save_checkpoint(
            self.folder,
            trainer.model,
            self.prepared.tokenizer,
            card,
            training=training_tensors(trainer),
            history=self.history,
        )
        return str(self.folder)


def _glimpsed(data: dict[str, Any]) -> dict[str, Any]:
    """The data, with a part of the validation split that every family scores whole."""
    if VALIDATION not in data:
        return data
    return data | {VALIDATION: glimpse(data[VALIDATION], GLIMPSE)}


def has_checkpoint(folder: Path) -> bool:
    """Whether a training can be taken up from here; whether it is sound, loading tells."""
    return where(folder, CARD).exists()


def how_it_ended(end: Finished, judge: str = "nats") -> str:
    """In words, where it was before its time, or where other weights than the last are kept."""
    early = "It ended early: its evaluations got no better." if end.reason == "early" else ""
    if end.kept is None:
        return early
    kept = (
        f"Kept: the weights of step {end.kept:,}, the best evaluation "
        f"({end.kept_loss:.2f} {judge}); those of step {end.step:,} did worse."
    )
    return f"{early} {kept}".lstrip()


def scores(*evaluated: Evaluated) -> dict[str, dict[str, Any]]:
    """What a card says of evaluations: by split. What is kept is scored on validation text."""
    return {
        "validation" if e.split == KEPT else e.split: {
            "nats_per_token": e.loss,
            "tokens": e.scored_tokens,
            "whole_split": e.whole,
            **({"metrics": dict(e.metrics)} if e.metrics else {}),
        }
        for e in evaluated
    }


def told(command: str, begun: Checkpoint | None) -> dict[str, Any]:
    """What the card says of the commands: the one that began it, and those that went on with it."""
    if not command:
        return {}
    if begun is None:
        return {"command": command}
    first = {"command": begun.meta["command"]} if "command" in begun.meta else {}
    return first | {"resumed": [*begun.meta.get("resumed", []), command]}
