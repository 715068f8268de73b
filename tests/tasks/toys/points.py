"""A toy game of two networks: one makes points from noise, the other tells them from real ones,
which lie on a circle (Goodfellow et al. 2014, "Generative Adversarial Nets")."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.corpora.corpus import CorpusInfo, Numbers, register
from lm_core.models.contract import Model, models
from lm_core.split import Split
from lm_core.training.task import Loss, Player, Scored, Task, tasks

INFO = CorpusInfo("toy-circle", "Toy circle", "None: made by rule.", "Drawn.", kind="points")


@dataclass(frozen=True)
class Points(Split):
    places: Tensor  # (N, 2)


def made(n: int, seed: int) -> Points:
    angle = 2 * torch.pi * torch.rand(n, generator=torch.Generator().manual_seed(seed))
    return Points(torch.stack([angle.cos(), angle.sin()], dim=1))


@register(INFO, idea="Points on a circle.", order=993, sources=lambda: [])
def load(progress: Any = None) -> Numbers:
    return Numbers(INFO, {"train": made(600, 0), "validation": made(10, 1)})


@models.register("toy-game", title="Toy game", idea="One makes, one judges.")
class Game(Model):
    tasks = ("toy-points",)
    draws = True  # noise

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.maker = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2))
        self.judge = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))


@tasks.register("toy-points", title="Toy points", idea="Make points like the real ones.")
class Circle(Task):
    judge, unit, kinds, split = "distance", "distance from the circle", ("points",), Points
    game = True

    def players(self, model: Game) -> Sequence[Player]:
        return Player("judge", model.judge, self.told), Player("maker", model.maker, self.fooled)

    def told(self, model: Game, real: Tensor, state: Any) -> Loss:
        false = model.maker(torch.randn_like(real)).detach()
        return Loss((F.softplus(-model.judge(real)) + F.softplus(model.judge(false))).squeeze(1))

    def fooled(self, model: Game, real: Tensor, state: Any) -> Loss:
        return Loss(F.softplus(-model.judge(model.maker(torch.randn_like(real)))).squeeze(1))

    @torch.no_grad()
    def evaluate(self, model: Game, data: Any, split: str, *, limit: int | None) -> Scored:
        noise = torch.randn(512, 2, generator=torch.Generator().manual_seed(0))
        off = (model.maker(noise.to(model.device)).norm(dim=1) - 1).abs().mean().item()
        return Scored(off, 512, True)

    def blind(self, model: Game, data: Any) -> float:
        return 1.0  # every point in the middle
