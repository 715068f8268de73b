"""A toy forecaster of a series: the next value of two waves that are added, from the last 16."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from lm_core.corpora.corpus import CorpusInfo, Numbers, register
from lm_core.models.contract import Model, models
from lm_core.split import Split
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

SEEN = 16  # values
INFO = CorpusInfo("toy-waves", "Toy waves", "None: made by rule.", "Counted.", kind="series")


@dataclass(frozen=True)
class Series(Split):
    seen: Tensor  # (N, SEEN)
    following: Tensor  # (N,), what comes next


def made(n: int, start: int) -> Series:
    t = torch.arange(start, start + n)
    rows = ((t / 3).sin() + 0.5 * (t / 7.3).sin()).unfold(0, SEEN + 1, 1)
    return Series(rows[:, :SEEN], rows[:, SEEN])


@register(INFO, idea="Two waves.", order=992, sources=lambda: [])
def load(progress: Any = None) -> Numbers:
    return Numbers(INFO, {"train": made(400, 0), "validation": made(200, 400)})


@models.register("toy-forecaster", title="Toy forecaster", idea="Two layers.")
class Forecaster(Model):
    tasks = ("toy-forecast",)

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.layers = nn.Sequential(nn.Linear(SEEN, 32), nn.Tanh(), nn.Linear(32, 1))

    def forward(self, seen: Tensor) -> Tensor:
        return self.layers(seen).squeeze(-1)  # (B,)


@tasks.register("toy-forecast", title="Toy forecast", idea="Say what comes next.")
class Forecast(Task):
    judge, unit, kinds, split = "squared error", "squared error", ("series",), Series
    metrics: ClassVar = {"absolute error": "units of the series"}

    def loss(self, model: Model, seen: Tensor, following: Tensor, state: Any) -> Loss:
        return Loss((model(seen) - following).square())

    @torch.no_grad()
    def evaluate(self, model: Model, data: Any, split: str, *, limit: int | None) -> Scored:
        part = data[split]
        off = (model(part.seen) - part.following)[:limit]
        more = {"absolute error": off.abs().mean().item()}
        return Scored(off.square().mean().item(), len(off), len(off) == len(part.seen), more)

    def blind(self, model: Model, data: Any) -> float:
        return data["validation"].following.var().item()

    @torch.no_grad()
    def preview(self, model: Model, codec: Any, data: Any, **how: Any) -> Preview:
        part = data["validation"]
        pairs = zip(model(part.seen[:5]).tolist(), part.following[:5].tolist(), strict=True)
        return Preview(kind="table", columns=("forecast", "real"), rows=tuple(pairs))
