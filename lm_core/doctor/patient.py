"""What the doctor examines: a family with its settings, the text, and how it would be trained.

Every step starts from a fresh model of the same seed, so that no step depends on another.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from lm_core.encoded import Encoded
from lm_core.models.building import blueprint, build_model
from lm_core.models.contract import LanguageModel
from lm_core.settings import Settings
from lm_core.tasks import task_of
from lm_core.tasks.token_batches import TokenBatch
from lm_core.training import Budget, Control, Trainer, TrainSettings

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
        return "stop" if self.stop_now() else self.wish


def plain(train: TrainSettings) -> TrainSettings:
    """The same training with one rate from beginning to end, and nothing beside the steps."""
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
    family, settings, vocab_size: the model, by its registry name.
    data: splits as ids, as for a Trainer.
    train: how it would be trained.
    seed: of the weights and of the order of the text.
    threads: as for a Trainer.
    make: what trains it, called as `Trainer` is.
    """

    family: str
    settings: Settings
    vocab_size: int
    data: dict[str, Encoded]
    train: TrainSettings = field(default_factory=TrainSettings)
    seed: int = 0
    device: torch.device | str = "cpu"
    threads: int | None = None
    make: Callable[..., Trainer] = Trainer

    @property
    def descends(self) -> bool:
        """Whether there are weights that an optimizer moves; not so where all is counted."""
        shape = blueprint(self.family, self.settings.to_dict(), self.vocab_size)
        return shape.learns_by != "counting"

    @property
    def row(self) -> int:
        """Tokens in a row of a batch, at most."""
        return getattr(self.settings, "block_size", 64)

    @property
    def read(self) -> dict[str, Encoded]:
        """The texts as training reads them: spoiled, where its fault is of the texts."""
        spoil = getattr(self.make, "spoil", None)
        return spoil(self.data) if spoil and "validation" in self.data else self.data

    def fresh(self, settings: Settings | None = None) -> LanguageModel:
        """An untrained model, always the same one."""
        given = (settings or self.settings).to_dict()
        return build_model(self.family, given, self.vocab_size, seed=self.seed).to(self.device)

    def first_batch(self) -> TokenBatch:
        """What a training would read first."""
        shape = blueprint(self.family, self.settings.to_dict(), self.vocab_size)
        encoded = self.data["train"].to(torch.device(self.device))
        batches = task_of(self.family).batches(
            shape, encoded, batch_size=self.train.batch_size, seed=self.seed
        )
        return batches.at(0)

    def trainer(
        self,
        train: TrainSettings,
        *,
        steps: int,
        model: LanguageModel | None = None,
        data: dict[str, Encoded] | None = None,
        control: Control | None = None,
        **more: Any,
    ) -> Trainer:
        """A trainer of a fresh model for so many steps."""
        return self.make(
            task_of(self.family),
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
