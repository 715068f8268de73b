"""A toy forecaster of a series: the next value of two waves that are added, from the last 16."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from lm_core.models.contract import Model
from lm_core.training.batches import Examples
from lm_core.training.task import Loss, Scored, Task

SEEN = 16  # values


@dataclass(frozen=True)
class Series:
    values: Tensor  # (N,)

    def to(self, device: torch.device) -> "Series":
        return Series(self.values.to(device))

    @property
    def windows(self) -> tuple[Tensor, Tensor]:
        """What is seen (N - SEEN, SEEN), and what comes next (N - SEEN,)."""
        rows = self.values.unfold(0, SEEN + 1, 1)
        return rows[:, :SEEN], rows[:, SEEN]


def made(n: int, start: int) -> Series:
    t = torch.arange(start, start + n)
    return Series((t / 3).sin() + 0.5 * (t / 7.3).sin())


class Forecaster(Model):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(SEEN, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, seen: Tensor) -> Tensor:
        return self.layers(seen).squeeze(-1)  # (B,)


class Forecast(Task):
    unit = "squared error"
    metrics: ClassVar = {"absolute error": "units of the series"}

    def batches(self, model: Model, train: Series, *, batch_size: int, seed: int) -> Examples:
        return Examples(train.windows, batch_size, seed)

    def loss(self, model: Model, seen: Tensor, following: Tensor, state: Any) -> Loss:
        return Loss((model(seen) - following).square())

    @torch.no_grad()
    def evaluate(
        self, model: Model, data: Mapping[str, Series], split: str, *, limit: int | None
    ) -> Scored:
        seen, following = data[split].windows
        off = (model(seen) - following)[:limit]
        metrics = {"absolute error": off.abs().mean().item()}
        return Scored(off.square().mean().item(), len(off), len(off) == len(seen), metrics)

    def blind(self, model: Model, data: Mapping[str, Series]) -> float:
        return data["validation"].values.var().item()
