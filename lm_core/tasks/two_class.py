"""Answer two questions about two pictures: the coarse class, and the fine one.

    loss = (1 - w) (-ln p(group | both)) + w (-ln p(class | both)),   in nats

Both losses are cross-entropies and so of one scale; losses of different scales (an error in euros
beside nats) have to be brought to one first, by what each is of blind guessing. The source divides
each by its own maximum: of one number that leaves 1, and nothing to learn from.

Source: 003, week 4, on Omniglot: alphabets and characters.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.codec import Bare
from lm_core.models.contract import Model
from lm_core.pictures.splits import TwoPicturesTwoClasses
from lm_core.settings import Settings, setting
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

INPUTS = ("both", "first", "second")
SHOWN = 8


@dataclass(frozen=True)
class TwoClassSettings(Settings):
    """Which question counts how much, and what is seen."""

    weight: float = setting(
        0.5,
        title="Weight of the class",
        low=0.0,
        high=1.0,
        help="w: the loss is (1 - w) that of the group and w that of the class.",
    )
    inputs: str = setting(
        "both", title="Inputs", choices=INPUTS, help="One alone: the other is black all the time."
    )


@tasks.register(
    "two-class",
    title="Two answers about two pictures",
    idea="Look at two pictures and answer two questions, each of which counts so much.",
    settings=TwoClassSettings,
    order=102,
)
class TwoClass(Task):
    """Splits are `TwoPicturesTwoClasses`; two pictures -> logits (B, G) and (B, K)."""

    unit, kinds, split = "weighted nats per pair", ("picture pairs",), TwoPicturesTwoClasses
    least = 0.0
    metrics: ClassVar = {
        "class accuracy": "share of the pairs",
        "group accuracy": "share of the pairs",
    }

    def encode(self, corpus: Any, codec: Bare) -> dict[str, TwoPicturesTwoClasses]:
        return {
            name: TwoPicturesTwoClasses(
                *muted(part, self.settings.inputs), part.groups, part.labels
            )
            for name, part in corpus.splits.items()
        }

    def weighted(self, of_group: Any, of_class: Any) -> Any:
        """Both losses, each as much as it counts."""
        w = self.settings.weight
        return (1 - w) * of_group + w * of_class

    def loss(
        self, model: Model, first: Tensor, second: Tensor, groups: Tensor, labels: Tensor, state
    ) -> Loss:
        coarse, fine = model(first, second)
        each = (
            F.cross_entropy(logits.float(), real, reduction="none")  # (B,)
            for logits, real in ((coarse, groups), (fine, labels))
        )
        return Loss(self.weighted(*each))

    def evaluate(
        self,
        model: Model,
        data: Mapping[str, TwoPicturesTwoClasses],
        split: str,
        *,
        limit: int | None,
    ) -> Scored:
        part = data[split]
        coarse, fine = answers(model, part.first[:limit], part.second[:limit])
        groups, labels = part.groups[:limit], part.labels[:limit]
        nats = self.weighted(F.cross_entropy(coarse, groups), F.cross_entropy(fine, labels))
        figures = {
            "class accuracy": right(fine, labels),
            "group accuracy": right(coarse, groups),
        }
        return Scored(nats.item(), len(labels), len(labels) == len(part.labels), figures)

    def blind(self, model: Model, data: Mapping[str, TwoPicturesTwoClasses]) -> float:
        """ln of the number of groups and of classes, weighed: each alike."""
        return self.weighted(math.log(model.group.out_features), math.log(model.head.out_features))

    def preview(
        self,
        model: Model,
        codec: Bare,
        data: Mapping[str, TwoPicturesTwoClasses],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few pairs that it did not learn from, one above the other, with both answers."""
        part = data.get("validation", data["train"])
        first, second = part.first[:SHOWN], part.second[:SHOWN]
        coarse, fine = (logits.argmax(-1).tolist() for logits in answers(model, first, second))
        G = model.group.out_features
        real = zip(part.groups[:SHOWN].tolist(), part.labels[:SHOWN].tolist(), strict=True)
        pixels = torch.cat([first, second], dim=2).mean(1)  # (n, both heights, width), grey
        captions = [
            f"{codec.names[g]} {'✓' if g == a else '✗'}, "
            f"{codec.names[G + k]} {'✓' if k == b else '✗'}"
            for g, k, (a, b) in zip(coarse, fine, real, strict=True)
        ]
        return Preview(
            kind="pictures",
            columns=(pixels.size(2), pixels.size(1)),
            rows=tuple(tuple(one) for one in pixels.flatten(1).clamp(0, 1).tolist()),
            captions=tuple(captions),
        )


def muted(part: TwoPicturesTwoClasses, inputs: str) -> tuple[Tensor, Tensor]:
    """Both pictures, black where only the other is to be seen."""
    return (
        torch.zeros_like(part.first) if inputs == "second" else part.first,
        torch.zeros_like(part.second) if inputs == "first" else part.second,
    )


def right(logits: Tensor, real: Tensor) -> float:
    """Share of the likeliest that are right."""
    return (logits.argmax(-1) == real).float().mean().item()


@torch.no_grad()
def answers(model: Model, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (n, G) and (n, K), in the mode the model is in."""
    coarse, fine = model(first, second)
    return coarse.float(), fine.float()
