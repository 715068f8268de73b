"""Say of every pixel of a picture which class it belongs to: semantic segmentation.

    loss = mean over the pixels of -ln p(class | picture), in nats

Source: Long et al. 2015, "Fully Convolutional Networks for Semantic Segmentation".
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.codec import Bare
from lm_core.figures import percent
from lm_core.models.contract import Model
from lm_core.pictures.overlap import Covered, covered
from lm_core.pictures.splits import PicturesWithMask
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

AT_ONCE = 64  # pictures through the model together
SHOWN, COUNTED = 3, 50  # pictures shown, and counted in the table of what was taken for what


@tasks.register(
    "segment",
    title="Mask of a picture",
    idea="Look at a picture and say of every pixel which of a few classes it belongs to.",
    order=110,
)
class Segment(Task):
    """Splits are `PicturesWithMask`; (B, channels, height, width) -> (B, K, height, width) logits.
    A target is a picture, and costs the mean over its pixels."""

    unit, kinds, split = "nats per pixel", ("picture masks",), PicturesWithMask
    least = 0.0
    metrics: ClassVar = {
        "mean IoU": "overlap from 0 to 1, mean over the classes",
        "pixel accuracy": "share of the pixels",
    }

    def loss(self, model: Model, pixels: Tensor, masks: Tensor, state: Any) -> Loss:
        each = F.cross_entropy(model(pixels).float(), masks, reduction="none")  # (B, height, width)
        return Loss(each.mean((1, 2)))

    def evaluate(
        self,
        model: Model,
        data: Mapping[str, PicturesWithMask],
        split: str,
        *,
        limit: int | None,
    ) -> Scored:
        part = data[split]
        nats, said = answers(model, part, limit)
        told = compared(part.masks[: len(said)], said, model.n_classes)
        figures = {"mean IoU": told.mean, "pixel accuracy": told.accuracy}
        return Scored(nats, len(said), len(said) == len(part.masks), figures)

    def blind(self, model: Model, data: Mapping[str, PicturesWithMask]) -> float:
        """ln of the number of classes: each alike."""
        return math.log(model.n_classes)

    def baselines(self, model: Model, data: Mapping[str, PicturesWithMask]) -> dict[str, float]:
        """Each class as often as in training, whatever the pixel."""
        seen = data["train"].masks.flatten().bincount(minlength=model.n_classes).double() + 1
        real = data["validation"].masks.flatten()
        return {"class frequencies": -(seen / seen.sum()).log()[real].mean().item()}

    def preview(
        self,
        model: Model,
        codec: Bare,
        data: Mapping[str, PicturesWithMask],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few pictures that it did not learn from, each with its mask, the model's, and where
        they differ; and over more of them how many pixels of each class were taken for each."""
        part = data.get("validation", data["train"])
        _, said = answers(model, part, COUNTED)
        real, brightest = part.masks[: len(said)].cpu(), max(1, model.n_classes - 1)
        rows, captions = [], []
        for k in range(min(SHOWN, len(said))):
            right = percent(compared(real[k], said[k], model.n_classes).accuracy)
            wrong = (real[k] != said[k]).float()
            grey = part.pixels[k].mean(0).cpu().clamp(0, 1)
            shown = grey, real[k] / brightest, said[k] / brightest, wrong
            rows += [tuple(one.flatten().tolist()) for one in shown]
            captions += ["picture", "its mask", f"answer, {right}", "wrong here"]
        return Preview(
            kind="pictures",
            columns=(said.size(2), said.size(1)),
            rows=tuple(rows),
            captions=tuple(captions),
            names=tuple(codec.names),
            grid=tuple(map(tuple, compared(real, said, model.n_classes).counts.tolist())),
        )


def compared(real: Tensor, said: Tensor, n_classes: int) -> Covered:
    """Masks of one shape, pixel by pixel."""
    return covered(real.cpu().numpy(), said.cpu().numpy(), n_classes)


@torch.no_grad()
def answers(model: Model, part: PicturesWithMask, limit: int | None) -> tuple[float, Tensor]:
    """Of the first pictures, in the mode the model is in: the mean loss in nats a pixel, and the
    likeliest class of every pixel, (n, height, width) on the CPU."""
    total, said = 0.0, []
    pieces = zip(part.pixels[:limit].split(AT_ONCE), part.masks[:limit].split(AT_ONCE), strict=True)
    for pixels, masks in pieces:
        logits = model(pixels).float()  # (n, K, height, width)
        total += F.cross_entropy(logits, masks).item() * len(masks)
        said.append(logits.argmax(1).cpu())
    whole = torch.cat(said)
    return total / len(whole), whole
