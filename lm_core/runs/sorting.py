"""How well a model sorts the texts of a validation split into their classes, and how well one does
that looks at nothing: it always says the class that is most frequent among the training texts.

    nats of guessing blindly = -mean ln p(class),    p = (its count + 1) / (all texts + classes)
"""

import math
from dataclasses import dataclass

import torch

from lm_core.errors import BadText
from lm_core.evaluation.classification import report
from lm_core.models.contract import Model
from lm_core.runs.prepare import Prepared

HELD = "validation"


@dataclass(frozen=True)
class Sorted:
    """Figures of `texts` texts."""

    nats: float  # per text
    accuracy: float  # from 0 to 1
    f1: float  # the mean over the classes
    texts: int

    @property
    def error(self) -> float:
        """Standard error of the accuracy, of other texts of this kind."""
        return math.sqrt(self.accuracy * (1 - self.accuracy) / self.texts)


def sorts(prepared: Prepared, model: Model, *, most: int | None = None) -> Sorted:
    """By the validation split of texts with a class, or its first texts of about `most` tokens.

    Raises:
        BadText: there is none.
    """
    texts = _texts(prepared, model, most)
    found = prepared.task.evaluate(model, prepared.data, HELD, limit=most)
    return Sorted(found.loss, found.metrics["accuracy"], found.metrics["F1"], texts)


def sorts_blindly(prepared: Prepared, model: Model, *, most: int | None = None) -> Sorted:
    """By guessing: those texts without a look at them. `model` only says how far a text is read.

    Raises:
        BadText: there are none.
    """
    texts, K = _texts(prepared, model, most), prepared.codec.sizes["n_classes"]
    real = prepared.data[HELD].answers[:texts]  # (R,)
    counts = torch.bincount(prepared.data["train"].answers, minlength=K).double() + 1  # (K,)
    logs = (counts / counts.sum()).log()
    told = report(real.tolist(), [int(counts.argmax())] * texts)
    return Sorted(-float(logs[real].mean()), told.accuracy, told.macro.f1, texts)


def _texts(prepared: Prepared, model: Model, most: int | None) -> int:
    part = prepared.data.get(HELD)
    if part is None or not len(part.answers):
        raise BadText("No text was kept from it, so there is nothing to judge it by: give more.")
    return prepared.task.few(model, part, most)[0]
