"""Say a number about a picture: the age of a face.

    loss = |answer - value|,   in the unit of the value: the mean of it is how many years one is off

Source: the regression of seed 002, whose loss is L1; He et al. 2016 for the first of its networks.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from lm_core.codec import Bare
from lm_core.evaluation.regression import regression
from lm_core.models.contract import Model
from lm_core.models.pictures.published import Published
from lm_core.pictures.relighting import KINDS as AUGMENTED
from lm_core.pictures.relighting import relit
from lm_core.pictures.splits import PicturesWithValue
from lm_core.registry import Entry
from lm_core.settings import Settings, setting
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

AT_ONCE = 128  # pictures through the model together
SHOWN = 8  # pictures


@dataclass(frozen=True)
class PictureValueSettings(Settings):
    """What is learned from."""

    few: int = setting(
        0,
        title="Training pictures",
        low=0,
        high=1_000_000,
        help="Only the first so many; 0 is all of them. The second step of 002 takes 1,000.",
        advanced=True,
    )
    augment: str = setting(
        "none",
        title="Augmentation",
        choices=AUGMENTED,
        help="Training pictures are mirrored, turned and lit another way each time; those that "
        "judge are not.",
    )


@tasks.register(
    "picture-value",
    title="Value of a picture",
    idea="Look at a picture and say a number about it: the age of a face.",
    settings=PictureValueSettings,
    order=120,
)
class PictureValue(Task):
    """Splits are `PicturesWithValue`; (B, channels, height, width) -> values (B,), whose unit is
    the first name of the codec. The groups are compared by and never learned from."""

    kinds, split = ("picture values",), PicturesWithValue
    judge, unit = "mean error", "in the unit of the value"
    least = 0.0
    metrics: ClassVar = {
        "RMSE": "in the unit of the value",
        "R2": "share of the variance explained",
    }

    def unit_of(self, codec: Bare | None) -> str:
        return codec.names[0] if codec is not None and codec.names else self.unit

    def begin(self, model: Model, train: PicturesWithValue) -> None:
        """A published network takes its weights, where that was asked for."""
        if isinstance(model, Published):
            model.begin()

    def encode(self, corpus: Any, codec: Bare) -> dict[str, PicturesWithValue]:
        """Of the training pictures only so many as are asked for."""
        few, splits = self.settings.few, dict(corpus.splits)
        if few:
            train = splits["train"]
            cut = {name: tensor[:few] for name, tensor in train.tensors.items()}
            splits["train"] = replace(train, **cut)
        return splits

    def build(self, entry: Entry, settings: Settings, sizes: Mapping[str, int]) -> Model:
        model = super().build(entry, settings, sizes)
        model.draws = model.draws or self.settings.augment != "none"
        return model

    def loss(
        self, model: Model, pixels: Tensor, values: Tensor, groups: Tensor, state: Any
    ) -> Loss:
        if model.training:
            pixels = relit(pixels, self.settings.augment)
        return Loss((model(pixels).float() - values).abs())

    def evaluate(
        self,
        model: Model,
        data: Mapping[str, PicturesWithValue],
        split: str,
        *,
        limit: int | None,
    ) -> Scored:
        part = data[split]
        said, real = answers(model, part.pixels[:limit]), part.values[:limit]
        told = regression(real.tolist(), said.tolist())
        figures = {"RMSE": told.rmse} | ({} if told.r2 is None else {"R2": told.r2})
        whole = len(real) == len(part.values)
        return Scored((said - real).abs().mean().item(), len(real), whole, figures)

    def blind(self, model: Model, data: Mapping[str, PicturesWithValue]) -> float:
        """Of always saying the mean of the training values."""
        mean = data["train"].values.mean()
        return (data.get("validation", data["train"]).values - mean).abs().mean().item()

    def baselines(self, model: Model, data: Mapping[str, PicturesWithValue]) -> dict[str, float]:
        """Of always saying the median, the best that says one number."""
        real = data["validation"].values
        return {"the median": (real - data["train"].values.median()).abs().mean().item()}

    def preview(
        self,
        model: Model,
        codec: Bare,
        data: Mapping[str, PicturesWithValue],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few pictures that it did not learn from, in grey, with its answers."""
        part = data.get("validation", data["train"])
        pixels, real = part.pixels[:SHOWN], part.values[:SHOWN].tolist()
        said = answers(model, pixels).tolist()
        return Preview(
            kind="pictures",
            columns=(pixels.size(3), pixels.size(2)),
            rows=tuple(tuple(one) for one in pixels.mean(1).flatten(1).clamp(0, 1).tolist()),
            captions=tuple(f"{a:.0f}, right {b:.0f}" for a, b in zip(said, real, strict=True)),
        )


@torch.no_grad()
def answers(model: Model, pixels: Tensor) -> Tensor:
    """(n, channels, height, width) -> values (n,), in the mode the model is in."""
    return torch.cat([model(piece).float() for piece in pixels.split(AT_ONCE)])
