"""The mask of a picture: its figures are those of a reference, and it is learned."""

import math
from dataclasses import replace

import pytest
import torch
from sklearn.metrics import jaccard_score
from torch.nn import functional as F

from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.training import Budget, Trainer

TINY = {"n_filter": 4}


def ready(family: str = "unet", steps: int = 1, **model):
    spec = default_spec(CorpusSpec(name="shapes"), family, budget=Budget(steps=steps))
    return prepare(replace(spec, model=replace(spec.model, **model)))


def trained(family: str, steps: int, **model):
    made = ready(family, steps, **model)
    how = {"settings": made.spec.train, "budget": made.spec.budget}
    list(Trainer(made.task, made.model, made.data, **how).run())
    made.model.eval()
    return made


@torch.no_grad()
def test_what_is_scored_is_what_references_say() -> None:
    made = ready(**TINY)
    model, part = made.model.eval(), made.data["validation"]
    scored = made.task.evaluate(model, made.data, "validation", limit=None)
    logits, real = model(part.pixels), part.masks
    said = logits.argmax(1)
    assert scored.loss == pytest.approx(F.cross_entropy(logits, real).item(), abs=1e-5)
    iou = jaccard_score(real.flatten(), said.flatten(), labels=range(4), average="macro")
    assert scored.metrics["mean IoU"] == pytest.approx(iou)
    accuracy = (said == real).float().mean().item()
    assert scored.metrics["pixel accuracy"] == pytest.approx(accuracy)
    assert made.task.blind(model, made.data) == math.log(4)
    few = made.task.evaluate(model, made.data, "validation", limit=40)
    assert (scored.targets, scored.whole, few.targets, few.whole) == (200, True, 40, False)
    loss = made.task.loss(model, part.pixels[:3], real[:3], None)
    assert loss.each.mean().item() == pytest.approx(F.cross_entropy(logits[:3], real[:3]).item())


def test_a_preview_is_pictures_their_masks_and_the_answers() -> None:
    made = ready(**TINY)
    shown = made.task.preview(made.model.eval(), made.codec, made.data)
    assert shown.columns == (32, 32)
    four = ["picture", "its mask", "answer", "wrong here"]
    assert [c.split(",")[0] for c in shown.captions] == four * 3
    assert all(0 <= value <= 1 for row in shown.rows for value in row)
    assert sum(map(sum, shown.grid)) == 50 * 32 * 32
    mask = made.data["validation"].masks[0].flatten() / 3
    assert shown.rows[1] == pytest.approx(tuple(mask.tolist()))


def test_a_few_steps_already_say_more_than_guessing_blindly() -> None:
    made = trained("unet", 30, n_filter=6)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=None)
    assert scored.loss < 0.8 * made.blind


@pytest.mark.slow
def test_a_unet_covers_nine_tenths_and_beats_what_has_no_skips() -> None:
    found = {
        (family, skips): trained(family, 800, skips=skips)
        for family, skips in (("unet", True), ("fcn", 0))
    }
    scored = {
        which: made.task.evaluate(made.model, made.data, "test", limit=None).metrics["mean IoU"]
        for which, made in found.items()
    }
    nothing = 0.86 / 4  # background everywhere
    assert scored["unet", True] >= 0.9
    assert scored["unet", True] > scored["fcn", 0] > nothing
