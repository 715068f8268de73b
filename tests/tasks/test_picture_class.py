"""The class of a picture: its loss and figures are those of a reference, and it is learned."""

import math

import pytest
import torch
from sklearn.metrics import f1_score
from torch.nn import functional as F

from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks.picture_class import SHOWN, logits_of
from lm_core.training import Budget, Trainer


def ready(steps: int = 1):
    return prepare(
        default_spec(CorpusSpec(name="digits"), "convolution", budget=Budget(steps=steps))
    )


def trained(steps: int):
    made = ready(steps)
    how = {"settings": made.spec.train, "budget": made.spec.budget}
    list(Trainer(made.task, made.model, made.data, **how).run())
    made.model.eval()
    return made


@torch.no_grad()
def test_what_is_scored_is_what_references_say() -> None:
    made = ready()
    model, part = made.model.eval(), made.data["validation"]
    scored = made.task.evaluate(model, made.data, "validation", limit=None)
    logits, real = model(part.pixels), part.labels
    said = logits.argmax(-1)
    assert scored.loss == pytest.approx(F.cross_entropy(logits, real).item(), abs=1e-6)
    assert scored.metrics["accuracy"] == pytest.approx((said == real).float().mean().item())
    expected = f1_score(real, said, average="macro", zero_division=0)
    assert scored.metrics["F1"] == pytest.approx(expected)
    assert made.task.blind(model, made.data) == math.log(10)
    assert (scored.targets, scored.whole) == (300, True)
    few = made.task.evaluate(model, made.data, "validation", limit=40)
    assert (few.targets, few.whole) == (40, False)


def test_it_learns_and_shows_what_it_says_of_pictures_it_never_saw() -> None:
    made = trained(60)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=None)
    assert scored.metrics["accuracy"] > 0.6  # a tenth by chance
    shown = made.task.preview(made.model, made.codec, made.data)
    logits, real = logits_of(made.model, made.data["validation"], SHOWN)
    assert shown.columns == (8, 8)
    assert [c.split()[0] for c in shown.captions] == [str(k) for k in logits.argmax(-1).tolist()]
    marks = ["✓" if a == b else "✗" for a, b in zip(logits.argmax(-1), real, strict=True)]
    assert [caption.split()[1] for caption in shown.captions] == marks
    assert sum(map(sum, shown.grid)) == 300
    assert all(0 <= value <= 1 for row in shown.rows for value in row)


@pytest.mark.slow
def test_it_is_right_for_ninety_seven_of_a_hundred() -> None:
    made = trained(600)
    scored = made.task.evaluate(made.model, made.data, "test", limit=None)
    assert scored.metrics["accuracy"] >= 0.97
