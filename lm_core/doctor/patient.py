"""What the doctor examines: a family with its settings, the text, and how it would be trained.

Every step starts from a fresh model of the same seed, so that no step depends on another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from lm_core.encoded import Encoded
from lm_core.models.building import blueprint, build_model
from lm_core.models.contract import Model
from lm_core.settings import Settings
from lm_core.tasks import task_of
from lm_core.training import Budget, Control, Trainer, TrainSettings
from lm_core.training.batches import Batch
from lm_core.training.task import Task

Stop = Callable[[], bool]  # asked between two steps of training


def never() -> bool:
    """Nobody wants it to stop."""
    return False


class Until(Control):
    """Ends a training as soon as `stop` says so."""

    def __init__(self, stop: Stop = never) -> None:
        super().__init__()
        self.stop_now = stop

    def look(self) -> str:
        return "stop" if self.stop_now() else self.requested


def plain(train: TrainSettings) -> TrainSettings:
    """The training with one rate from beginning to end, and nothing beside the steps."""
    return replace(
        train,
        schedule="constant",
        warmup=0.0,
        ramp=0.0,
        ema=0.0,
        patience=0,
        keep_best=False,
    )


@dataclass(frozen=True)
class Patient:
    """Args:
    family, settings, sizes: the model, by its registry name, and how large its ends are.
    data: splits, as for a Trainer.
    train: how it would be trained.
    seed: of the weights and of the order of the text.
    threads: as for a Trainer.
    make: what trains it, called as `Trainer` is.
    task: what is learned; None is the usual one of the family.
    """

    family: str
    settings: Settings
    sizes: int | Mapping[str, int]
    data: dict[str, Any]
    train: TrainSettings = field(default_factory=TrainSettings)
    seed: int = 0
    device: torch.device | str = "cpu"
    threads: int | None = None
    make: Callable[..., Trainer] = Trainer
    task: Task | None = None

    def __post_init__(self) -> None:
        if self.task is None:
            object.__setattr__(self, "task", task_of(self.family))

    @property
    def vocab_size(self) -> int:
        """V, of a model that guesses tokens."""
        return self.sizes if isinstance(self.sizes, int) else self.sizes["vocab_size"]

    @property
    def reads(self) -> bool:
        """Whether it is tokens of a text that are guessed."""
        return isinstance(self.data["train"], Encoded)

    @property
    def unit(self) -> str:
        """What its loss is counted in."""
        return "nats per token" if self.reads else self.task.unit_of(self.task.codec)

    @property
    def shape(self) -> Model:
        """The model without its numbers."""
        return blueprint(self.family, self.settings.to_dict(), self.sizes, self.task.build)

    @property
    def descends(self) -> bool:
        """Whether there are weights that an optimizer moves; not so where all is counted."""
        return self.shape.learns_by != "counting"

    @property
    def row(self) -> int:
        """Tokens in a row of a batch, at most."""
        return getattr(self.settings, "block_size", 64)

    @property
    def read(self) -> dict[str, Encoded]:
        """The texts as training reads them: spoiled, where its fault is of the texts."""
        spoil = getattr(self.make, "spoil", None)
        return spoil(self.data) if spoil and "validation" in self.data else self.data

    def fresh(self, settings: Settings | None = None) -> Model:
        """An untrained model, always the same one."""
        given, make = (settings or self.settings).to_dict(), self.task.build
        model = build_model(self.family, given, self.sizes, seed=self.seed, make=make)
        return model.to(self.device)

    def first_batch(self) -> Batch:
        """What a training would read first."""
        train = self.data["train"].to(torch.device(self.device))
        how = {"batch_size": self.train.batch_size, "seed": self.seed}
        return self.task.batches(self.shape, train, **how).at(0)

    def trainer(
        self,
        train: TrainSettings,
        *,
        steps: int,
        model: Model | None = None,
        data: dict[str, Encoded] | None = None,
        control: Control | None = None,
        **more: Any,
    ) -> Trainer:
        """A trainer of a fresh model for so many steps."""
        return self.make(
            self.task,
            self.fresh() if model is None else model,
            self.data if data is None else data,
            settings=train,
            budget=Budget(steps=steps),
            seed=self.seed,
            device=self.device,
            threads=self.threads,
            control=control,
            **more,
        )
