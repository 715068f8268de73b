"""A toy classifier of made pictures: a bright stripe, lying, standing or slanted, in noise."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.models.contract import Model
from lm_core.training.batches import Examples
from lm_core.training.task import Loss, Scored, Task


@dataclass(frozen=True)
class Pictures:
    pixels: Tensor  # (N, 1, 8, 8)
    labels: Tensor  # (N,)

    def to(self, device: torch.device) -> "Pictures":
        return Pictures(self.pixels.to(device), self.labels.to(device))


def made(n: int, seed: int) -> Pictures:
    g = torch.Generator().manual_seed(seed)
    labels, at = torch.randint(3, (n,), generator=g), torch.randint(8, (n,), generator=g)
    row, column = torch.arange(8).view(8, 1), torch.arange(8).view(1, 8)
    where = torch.stack([row + 0 * column, column + 0 * row, (row + column) % 8])  # (3, 8, 8)
    stripes = (where[labels] == at.view(n, 1, 1)).float().unsqueeze(1)  # (N, 1, 8, 8)
    return Pictures(stripes + 0.3 * torch.randn(stripes.shape, generator=g), labels)


class Convolution(Model):
    def __init__(self) -> None:
        super().__init__()
        self.look, self.say = nn.Conv2d(1, 12, 3, padding=1), nn.Linear(12, 3)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.say(self.look(pixels).relu().amax((2, 3)))  # (B, 3)


class PictureClass(Task):
    unit = "nats per picture"
    metrics: ClassVar = {"accuracy": "share of the pictures"}

    def batches(self, model: Model, train: Pictures, *, batch_size: int, seed: int) -> Examples:
        return Examples((train.pixels, train.labels), batch_size, seed)

    def loss(self, model: Model, pixels: Tensor, labels: Tensor, state: Any) -> Loss:
        return Loss(F.cross_entropy(model(pixels), labels, reduction="none"))

    @torch.no_grad()
    def evaluate(
        self, model: Model, data: Mapping[str, Pictures], split: str, *, limit: int | None
    ) -> Scored:
        part = data[split]
        logits, labels = model(part.pixels[:limit]), part.labels[:limit]
        right = (logits.argmax(-1) == labels).float().mean().item()
        nats = F.cross_entropy(logits, labels).item()
        return Scored(nats, len(labels), len(labels) == len(part.labels), {"accuracy": right})

    def blind(self, model: Model, data: Mapping[str, Pictures]) -> float:
        return math.log(3)
