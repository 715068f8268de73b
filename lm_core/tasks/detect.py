"""Say what is in a picture and where: a class and a box for each thing.

    loss = mean over the cells of -ln p(class)  +  BOX mean over the cells with a thing of |t - t*|

A cell with a thing counts `THING` times in the first part, as most cells have none. What judges
people's detectors is average precision: how many boxes are right, the surest first.

Source: Ren and others 2015, "Faster R-CNN"; Redmon and others 2016, "You Only Look Once"; mAP
Everingham and others 2010.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.codec import Bare
from lm_core.models.contract import Model
from lm_core.pictures.average_precision import Said, over_pictures
from lm_core.pictures.cells import corners, said_of, targets, truths_of
from lm_core.pictures.splits import PicturesWithBoxes
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

AT_ONCE = 100  # pictures through the model together
THING, BOX = 4.0, 1.0
RIGHT = 0.5  # IoU from which a box is right
SURE, SHOWN = 0.5, 4  # how sure a box has to be to be drawn; pictures


@tasks.register(
    "detect",
    title="Boxes in a picture",
    idea="Look at a picture and say what is in it and where, with a box around each thing.",
    order=111,
)
class Detect(Task):
    """Splits are `PicturesWithBoxes`; (B, channels, height, width) -> logits (B, K, rows, columns)
    and numbers of boxes (B, 4, rows, columns)."""

    judge, unit = "loss", "nats of the class and error of the box"
    kinds, split = ("picture boxes",), PicturesWithBoxes
    least = 0.0
    metrics: ClassVar = {"mAP": "area from 0 to 1 at IoU 0.5, mean over the classes"}

    def loss(self, model: Model, pixels: Tensor, boxes: Tensor, labels: Tensor, state: Any) -> Loss:
        return Loss(self.cost(model, *model(pixels), boxes, labels))

    def cost(
        self, model: Model, logits: Tensor, numbers: Tensor, boxes: Tensor, labels: Tensor
    ) -> Tensor:
        """Of each picture, (B,)."""
        rows, columns = logits.shape[2:]
        classes, right = targets(boxes, labels, rows, columns, model.stride, model.anchor)
        there = (classes > 0).float()  # (B, rows, columns)
        weight = 1 + (THING - 1) * there
        nats = F.cross_entropy(logits.float(), classes, reduction="none") * weight
        off = (numbers.float() - right).abs().mean(1) * there  # (B, rows, columns)
        things = there.sum((1, 2)).clamp(min=1)
        return nats.sum((1, 2)) / weight.sum((1, 2)) + BOX * off.sum((1, 2)) / things

    def evaluate(
        self,
        model: Model,
        data: Mapping[str, PicturesWithBoxes],
        split: str,
        *,
        limit: int | None,
    ) -> Scored:
        part = data[split]
        logits, numbers = answers(model, part.pixels[:limit])
        boxes, labels = part.boxes[:limit], part.labels[:limit]
        each = self.cost(model, logits, numbers, boxes, labels)
        names = [str(k) for k in range(model.n_classes)]
        said = found(model, logits, numbers, names)
        truths = [truths_of(*one, names) for one in zip(boxes, labels, strict=True)]
        area = over_pictures(said, truths, RIGHT)
        n = len(labels)
        return Scored(each.mean().item(), n, n == len(part.labels), {"mAP": area})

    def blind(self, model: Model, data: Mapping[str, PicturesWithBoxes]) -> float:
        """Each class alike and the anchor everywhere, as an untrained model says."""
        part = data.get("validation", data["train"])
        rows, columns = (math.ceil(side / model.stride) for side in part.pixels.shape[2:])
        nothing = part.pixels.new_zeros(len(part.labels), model.n_classes, rows, columns)
        boxes = part.pixels.new_zeros(len(part.labels), 4, rows, columns)
        return self.cost(model, nothing, boxes, part.boxes, part.labels).mean().item()

    def preview(
        self,
        model: Model,
        codec: Bare,
        data: Mapping[str, PicturesWithBoxes],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few pictures that it did not learn from, with the edges of what it says."""
        part = data.get("validation", data["train"])
        pixels = part.pixels[:SHOWN]
        said = found(model, *answers(model, pixels), codec.names)
        rows, captions = [], []
        for one, some, labels in zip(pixels, said, part.labels, strict=False):
            sure = [each for each in some if each.score >= SURE]
            grey = drawn(one.mean(0).cpu().clamp(0, 1), sure)
            rows.append(tuple(grey.flatten().tolist()))
            right = ", ".join(codec.names[k] for k in labels.tolist() if k)
            captions.append(f"{', '.join(each.label for each in sure) or '–'} (right: {right})")
        return Preview(
            kind="pictures",
            columns=(pixels.size(3), pixels.size(2)),
            rows=tuple(rows),
            captions=tuple(captions),
        )


def drawn(grey: Tensor, said: list[Said]) -> Tensor:
    """(height, width) with the edges of the boxes in white."""
    H, W = grey.shape
    shown = grey.clone() * 0.7
    for one in said:
        x1, x2 = (round(min(max(x, 0), W - 1)) for x in (one.box.x1, one.box.x2 - 1))
        y1, y2 = (round(min(max(y, 0), H - 1)) for y in (one.box.y1, one.box.y2 - 1))
        shown[[y1, y2], x1 : x2 + 1] = 1.0
        shown[y1 : y2 + 1, [x1, x2]] = 1.0
    return shown


@torch.no_grad()
def answers(model: Model, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Logits and numbers of boxes of all pictures, in the mode the model is in."""
    pieces = [model(piece) for piece in pixels.split(AT_ONCE)]
    return tuple(torch.cat(some).float() for some in zip(*pieces, strict=True))


def found(model: Model, logits: Tensor, numbers: Tensor, names: list[str]) -> list[list[Said]]:
    """By picture what is said of it, the surest first."""
    boxes = corners(numbers, model.stride, model.anchor).cpu()
    p = logits.softmax(1).cpu()
    return [said_of(*one, names) for one in zip(p, boxes, strict=True)]
