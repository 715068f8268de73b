"""A game of two networks: one makes things like the real ones, the other tells them apart.

    judge:  mean of  -ln D(x)  and  -ln(1 - D(G(z)))
    maker:  non-saturating  -ln D(G(z)),   saturating  ln(1 - D(G(z)));    D = sigmoid(logit)

Both losses of the maker want D(G(z)) large. Where the judge is sure, at D near 0, the gradient of
the saturating one in the logit is -D, next to nothing, and that of the other is D - 1, near -1.
Where made things are like real ones the best judge says 1/2 of everything: its loss is then ln 2.

Source: Goodfellow et al. 2014, "Generative adversarial nets", sections 3 and 4.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.codec import Bare
from lm_core.models.pictures.game import Maker
from lm_core.pictures.points import Points, density_and_coverage, energy_distance
from lm_core.pictures.splits import PicturesWithClass
from lm_core.settings import Settings, setting
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Player, Scored, Task, tasks

COMPARED = 1000  # real things, and as many made ones, that a figure is computed from
SHOWN_POINTS, SHOWN_PICTURES = 400, 9
LOSSES = ("non-saturating", "saturating")


@dataclass(frozen=True)
class AdversarialSettings(Settings):
    """The rules of the game."""

    loss: str = setting(
        "non-saturating",
        title="Maker's loss",
        choices=LOSSES,
        help="saturating: ln(1 - D(G(z))), as the game is written; its gradient is next to nothing "
        "while the judge is sure. non-saturating: -ln D(G(z)).",
    )
    k: int = setting(
        1,
        title="Steps of the judge",
        low=1,
        high=20,
        help="In each step of the training, each on another batch; the maker takes one.",
    )


class Adversarial(Task):
    """What both games have in common. The first tensor of a split is the real things."""

    judge, unit = "energy distance", "energy distance from the real ones"
    game = True
    metrics: ClassVar = {
        "judge's loss": "nats",
        "maker's loss": "nats",
        "D of real": "share of 1",
        "D of made": "share of 1",
        "density": "1 where both are alike",
        "coverage": "share of the real ones",
    }

    def players(self, model: Maker) -> Sequence[Player]:
        judge = Player("judge", model.judge, self.told, self.settings.k)
        return judge, Player("maker", model.maker, self.fooled)

    def told(self, model: Maker, real: Tensor, *rest: Any) -> Loss:
        """What the judge pays."""
        with torch.no_grad():
            false = model.made(noise(model, len(real)))
        return Loss(judge_loss(model.judged(real), model.judged(false)))

    def fooled(self, model: Maker, real: Tensor, *rest: Any) -> Loss:
        """What the maker pays."""
        return Loss(
            maker_loss(model.judged(model.made(noise(model, len(real)))), self.settings.loss)
        )

    loss = told  # of an examination, which looks at the first player

    @torch.no_grad()
    def evaluate(
        self, model: Maker, data: Mapping[str, Any], split: str, *, limit: int | None
    ) -> Scored:
        """Always COMPARED made things, of the same noise; `limit` is of no use to a distance, which
        is another one with fewer."""
        real = things(data[split])[:COMPARED]
        false = model.some(len(real))
        told, fooled = model.judged(real), model.judged(false)
        density, coverage = density_and_coverage(real.flatten(1), false.flatten(1))
        figures = {
            "judge's loss": judge_loss(told, fooled).mean().item(),
            "maker's loss": maker_loss(fooled, self.settings.loss).mean().item(),
            "D of real": told.sigmoid().mean().item(),
            "D of made": fooled.sigmoid().mean().item(),
            "density": density,
            "coverage": coverage,
        }
        off = energy_distance(real.flatten(1), false.flatten(1))
        return Scored(off, len(real), len(real) == len(things(data[split])), figures)

    def blind(self, model: Maker, data: Mapping[str, Any]) -> float:
        """Of always making the mean of the real things."""
        real = things(data.get("validation", data["train"]))[:COMPARED].flatten(1)
        return energy_distance(real, real.mean(0).expand_as(real))


def things(part: Any) -> Tensor:
    """The real things of a split."""
    return next(iter(part.tensors.values()))


def noise(model: Maker, n: int) -> Tensor:
    """(n, Z), by the generator that is running."""
    return torch.randn(n, model.settings.n_z, device=model.device)


def judge_loss(real: Tensor, false: Tensor) -> Tensor:
    """Of logits (B,) each: binary cross-entropy, the mean of both halves."""
    return (F.softplus(-real) + F.softplus(false)) / 2  # (B,)


def maker_loss(false: Tensor, kind: str) -> Tensor:
    """Of the judge's logits (B,) for made things: -ln D, or ln(1 - D)."""
    return F.softplus(-false) if kind == "non-saturating" else -F.softplus(false)  # (B,)


@tasks.register(
    "adversarial-points",
    title="Making points",
    idea="Make points like the real ones, against a judge who learns to tell them apart.",
    settings=AdversarialSettings,
    order=110,
)
class AdversarialPoints(Adversarial):
    """Splits are `Points`."""

    kinds, split = ("points",), Points

    def preview(
        self,
        model: Maker,
        codec: Bare,
        data: Mapping[str, Points],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """Made points beside as many real ones that it did not learn from."""
        real = things(data.get("validation", data["train"]))[:SHOWN_POINTS]
        rows = [
            (kind, round(x, 3), round(y, 3))
            for kind, places in (("real", real), ("made", model.some(SHOWN_POINTS, seed)))
            for x, y in places.tolist()
        ]
        return Preview(kind="points", columns=("which", "x", "y"), rows=tuple(rows))


@tasks.register(
    "adversarial-pictures",
    title="Making pictures",
    idea="Make pictures like the real ones, against a judge who learns to tell them apart.",
    settings=AdversarialSettings,
    order=111,
)
class AdversarialPictures(Adversarial):
    """Splits are `PicturesWithClass`; the classes are of no use here."""

    kinds, split = ("picture classes",), PicturesWithClass

    def preview(
        self,
        model: Maker,
        codec: Bare,
        data: Mapping[str, PicturesWithClass],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """Nine made pictures, of the same noise each time."""
        pixels = model.some(SHOWN_PICTURES, seed).mean(1)  # (n, height, width), grey
        return Preview(
            kind="pictures",
            columns=(pixels.shape[2], pixels.shape[1]),
            rows=tuple(tuple(one) for one in pixels.flatten(1).clamp(0, 1).tolist()),
        )
