"""A toy classifier of made pictures: a bright stripe, lying, standing or slanted, in noise."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, register
from lm_core.models.contract import Model, models
from lm_core.split import Split
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

INFO = CorpusInfo("toy-stripes", "Toy stripes", "None: made by rule.", "Drawn.", kind="pictures")


@dataclass(frozen=True)
class Pictures(Split):
    pixels: Tensor  # (N, 1, 8, 8)
    labels: Tensor  # (N,)


def made(n: int, seed: int) -> Pictures:
    g = torch.Generator().manual_seed(seed)
    labels, at = torch.randint(3, (n,), generator=g), torch.randint(8, (n,), generator=g)
    row, column = torch.arange(8).view(8, 1), torch.arange(8).view(1, 8)
    where = torch.stack([row + 0 * column, column + 0 * row, (row + column) % 8])  # (3, 8, 8)
    stripes = (where[labels] == at.view(n, 1, 1)).float().unsqueeze(1)  # (N, 1, 8, 8)
    return Pictures(stripes + 0.3 * torch.randn(stripes.shape, generator=g), labels)


@register(INFO, idea="Stripes in noise.", order=991, sources=lambda: [])
def load(progress: Any = None) -> Numbers:
    return Numbers(INFO, {"train": made(600, 0), "validation": made(200, 1)}, Bare(n_classes=3))


@models.register("toy-convolution", title="Toy convolution", idea="Nine pixels at a time.")
class Convolution(Model):
    tasks = ("toy-picture-class",)

    def __init__(self, settings: Any, n_classes: int) -> None:
        super().__init__(settings)
        self.look, self.say = nn.Conv2d(1, 12, 3, padding=1), nn.Linear(12, n_classes)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.say(self.look(pixels).relu().amax((2, 3)))  # (B, 3)


@tasks.register("toy-picture-class", title="Toy pictures", idea="Say how a stripe lies.")
class PictureClass(Task):
    unit, kinds, split = "nats per picture", ("pictures",), Pictures
    metrics: ClassVar = {"accuracy": "share of the pictures"}

    def loss(self, model: Model, pixels: Tensor, labels: Tensor, state: Any) -> Loss:
        return Loss(F.cross_entropy(model(pixels), labels, reduction="none"))

    @torch.no_grad()
    def evaluate(self, model: Model, data: Any, split: str, *, limit: int | None) -> Scored:
        logits, labels = model(data[split].pixels[:limit]), data[split].labels[:limit]
        right = {"accuracy": (logits.argmax(-1) == labels).float().mean().item()}
        nats = F.cross_entropy(logits, labels).item()
        return Scored(nats, len(labels), len(labels) == len(data[split].labels), right)

    def blind(self, model: Model, data: Any) -> float:
        return math.log(3)

    def preview(self, model: Model, codec: Any, data: Any, **how: Any) -> Preview:
        rows = data["train"].pixels[:6].clamp(0, 1).flatten(1).tolist()
        return Preview(kind="pictures", columns=(8, 8), rows=tuple(map(tuple, rows)))
