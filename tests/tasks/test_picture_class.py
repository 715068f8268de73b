"""The class of a picture: its loss and figures are those of a reference, and it is learned."""

import math
from dataclasses import replace

import pytest
import torch
from sklearn.metrics import f1_score
from torch.nn import functional as F

from lm_core.checkpoints import load_checkpoint
from lm_core.errors import BadSettings
from lm_core.evaluation import noise_curve
from lm_core.evaluation.mending import MENDER, mended
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks.picture_class import SHOWN, logits_of
from lm_core.training import Budget, Trainer


def ready(steps: int = 1, corpus: str = "digits", dropout: float = 0.0, **task):
    spec = default_spec(CorpusSpec(name=corpus), "convolution", budget=Budget(steps=steps))
    model = replace(spec.model, dropout=dropout)
    return prepare(replace(spec, model=model, task=replace(spec.task, **task)))


def first(made):
    part = made.data["train"]
    return part.pixels[:32], part.labels[:32]


def trained(steps: int, **more):
    made = ready(steps, **more)
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


def test_noise_is_a_setting_and_the_same_each_time() -> None:
    one, again = ready(noise=0.3), ready(noise=0.3)
    plain = ready()
    for split in ("train", "validation", "test"):
        assert torch.equal(one.data[split].pixels, again.data[split].pixels)
        assert not torch.equal(one.data[split].pixels, plain.data[split].pixels)
    assert one.task.loss(one.model.eval(), *first(one), None).each.shape == (32,)


def test_mended_pictures_are_what_the_mender_draws_of_the_noisy_ones() -> None:
    made, noisy = ready(noise=0.4, mended=True), ready(noise=0.4)
    mender = load_checkpoint(MENDER).model
    for split in ("train", "validation", "test"):
        with torch.no_grad():
            drawn = mender(noisy.data[split].pixels).clamp(0, 1)
        torch.testing.assert_close(made.data[split].pixels, drawn)
        assert torch.equal(made.data[split].labels, noisy.data[split].labels)
    large = {"train": torch.zeros(2, 1, 28, 28)}
    with pytest.raises(BadSettings, match="8 × 8 pixels alone"):
        mended(large)


@pytest.mark.slow
def test_a_cnn_trained_again_on_mended_pictures_beats_one_trained_on_noisy_ones() -> None:
    """S4-26: the CNN again, on mended data: accuracy on clean, noisy and mended pictures."""
    networks = {
        "clean": trained(200),
        "noisy": trained(200, noise=0.4),
        "mended": trained(200, noise=0.4, mended=True),
    }
    part = networks["clean"].data["test"]
    mender = load_checkpoint(MENDER).model
    of = {name: made.model for name, made in networks.items()}
    found = noise_curve.beside(of, part, mender, 0.4)
    assert found["clean"]["clean"] > 0.93
    assert found["clean"]["noisy"] < found["clean"]["mended"]  # mending helps who never saw noise
    assert found["noisy"]["noisy"] > found["clean"]["noisy"]
    assert found["mended"]["mended"] > found["noisy"]["noisy"]  # what the source compares
    assert found["mended"]["mended"] > found["mended"]["noisy"] + 0.05  # and needs the mender


def test_training_pictures_alone_are_changed_and_each_step_draws_its_own() -> None:
    made = ready(augment="shift")
    pixels, labels = first(made)
    assert made.model.draws
    assert not ready().model.draws

    def nats(training: bool) -> torch.Tensor:
        made.model.train(training)
        return made.task.loss(made.model, pixels, labels, None).each

    assert torch.equal(nats(False), nats(False))
    assert not torch.equal(nats(True), nats(True))


def test_rare_classes_are_left_out_of_training_alone_and_weighed_on_request() -> None:
    made, plain = ready(imbalance=50.0, weighted=True), ready()
    count = made.data["train"].labels.bincount()
    assert count[9] == round(int(plain.data["train"].labels.bincount()[9]) / 50)
    assert len(made.data["validation"].labels) == len(plain.data["validation"].labels)
    batches = made.task.batches(made.model, made.data["train"], batch_size=16, seed=0)
    pixels, labels, weights = batches.at(0).inputs
    each = made.task.loss(made.model.eval(), pixels, labels, weights, None).each
    nats = F.cross_entropy(made.model(pixels), labels, reduction="none")
    torch.testing.assert_close(each, nats * weights)
    assert weights[labels.argmax()] > weights[labels.argmin()]


@pytest.mark.slow
def test_larger_digits_are_read_from_four_thousand() -> None:
    """28 x 28, 4,000 pictures: at least 97.5 %, after steps that take about three minutes."""
    made = trained(1400, corpus="mnist-5k", dropout=0.2, augment="shift, turn, scale")
    scored = made.task.evaluate(made.model, made.data, "test", limit=None)
    assert len(made.data["train"].labels) == 4000
    assert scored.metrics["accuracy"] >= 0.975
