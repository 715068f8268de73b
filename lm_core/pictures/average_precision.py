"""Average precision: how good a detector is, prediction by prediction, the surest first.

    precision = right so far / said so far     recall = right so far / all there are
    AP = area under the curve of precision over recall, made falling     mAP = mean over classes

A prediction is right where its IoU with an object of its class that no surer one has taken reaches
a threshold (Everingham and others, 2010; COCO's all-point area).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from lm_core.pictures.boxes import Box, iou


class Truth(NamedTuple):
    """An object that is there."""

    box: Box
    label: str


class Said(NamedTuple):
    """A prediction."""

    box: Box
    label: str
    score: float


@dataclass(frozen=True)
class Judged:
    """A prediction in its turn, the surest first, and where that leaves the class."""

    place: int  # in the list that was given
    score: float
    truth: int | None  # which object it found
    iou: float  # with the best object that was free; 0 where none was
    right: int  # so far, this one included
    said: int
    there: int

    @property
    def precision(self) -> float:
        """Of what was said, how much is right."""
        return self.right / self.said

    @property
    def recall(self) -> float:
        """Of what is there, how much was found."""
        return self.right / self.there if self.there else 0.0


def judged(
    said: Sequence[Said], truths: Sequence[Truth], label: str, threshold: float
) -> list[Judged]:
    """Every prediction of one class, the surest first."""
    order = sorted(
        (k for k, one in enumerate(said) if one.label == label), key=lambda k: (-said[k].score, k)
    )
    free = {k for k, truth in enumerate(truths) if truth.label == label}
    there, right, found = len(free), 0, []
    for count, k in enumerate(order, 1):
        overlaps = {t: iou(said[k].box, truths[t].box) for t in sorted(free)}
        best = max(overlaps, key=overlaps.__getitem__, default=None)
        value = overlaps.get(best, 0.0)
        hit = best is not None and value >= threshold
        if hit:
            free.remove(best)
            right += 1
        found.append(Judged(k, said[k].score, best if hit else None, value, right, count, there))
    return found


def falling(found: Sequence[Judged]) -> list[tuple[float, float]]:
    """Recall and precision of each prediction, a precision never below a later one."""
    best, points = 0.0, []
    for one in reversed(found):
        best = max(best, one.precision)
        points.append((one.recall, best))
    return points[::-1]


def average_precision(found: Sequence[Judged]) -> float:
    """The area under the falling curve, from 0 to 1; 0 where the class is nowhere."""
    area, before = 0.0, 0.0
    for recall, precision in falling(found):
        area += (recall - before) * precision
        before = recall
    return area


def over_pictures(
    said: Sequence[Sequence[Said]], truths: Sequence[Sequence[Truth]], threshold: float
) -> float:
    """The mean over the classes that are there, of the predictions of many pictures: each finds
    things of its own picture alone, and then all stand in one row, the surest first."""
    areas = []
    for label in sorted({truth.label for some in truths for truth in some}):
        each = [judged(*one, label, threshold) for one in zip(said, truths, strict=True)]
        there = sum(truth.label == label for some in truths for truth in some)
        row = sorted((one for some in each for one in some), key=lambda one: -one.score)
        right, found = 0, []
        for count, one in enumerate(row, 1):
            right += one.truth is not None
            found.append(replace(one, right=right, said=count, there=there))
        areas.append(average_precision(found))
    return sum(areas) / len(areas) if areas else 0.0


def mean_average_precision(
    said: Sequence[Said], truths: Sequence[Truth], thresholds: Sequence[float]
) -> float:
    """The mean over the classes that are there and over the thresholds; 0 where none is."""
    labels = sorted({truth.label for truth in truths})
    values = [
        average_precision(judged(said, truths, label, threshold))
        for threshold in thresholds
        for label in labels
    ]
    return sum(values) / len(values) if values else 0.0
