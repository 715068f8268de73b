"""The value of a picture: its figures are those of a reference, and it is learned."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from lm_core.doctor.patient import Patient
from lm_core.doctor.untrained import untrained
from lm_core.errors import BadSettings
from lm_core.models.building import build_model
from lm_core.models.pictures.vit import ViTSettings
from lm_core.models.tracing import trace
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.training import Budget, Trainer

TINY = {"residual": {"n_filter": 4, "n_layer": 2}, "vit": {"patch": 20, "n_layer": 1, "n_embd": 16}}
SIZES = {"channels": 3, "height": 48, "width": 48, "centre": 40, "spread": 20}


def ready(family: str, steps: int = 1, **model):
    spec = default_spec(CorpusSpec(name="faces"), family, budget=Budget(steps=steps))
    return prepare(replace(spec, model=replace(spec.model, **model)))


def trained(family: str, steps: int, **model):
    made = ready(family, steps, **model)
    how = {"settings": made.spec.train, "budget": made.spec.budget}
    list(Trainer(made.task, made.model, made.data, **how).run())
    made.model.eval()
    return made


@pytest.mark.parametrize("family", TINY)
def test_what_is_scored_is_what_references_say(family: str) -> None:
    made = ready(family, **TINY[family])
    model, part = made.model.eval(), made.data["validation"]
    scored = made.task.evaluate(model, made.data, "validation", limit=None)
    with torch.no_grad():
        said, real = model(part.pixels), part.values
    assert said.shape == (200,)
    assert scored.loss == pytest.approx(mean_absolute_error(real, said), abs=1e-3)
    assert scored.metrics["RMSE"] == pytest.approx(root_mean_squared_error(real, said), abs=1e-3)
    mean = made.data["train"].values.mean()
    blind = made.task.blind(model, made.data)
    assert blind == pytest.approx((real - mean).abs().mean().item())
    assert scored.loss == pytest.approx(blind, abs=0.5)  # untrained: the mean in whole years
    assert made.task.baselines(model, made.data)["the median"] <= blind
    assert made.task.unit_of(made.codec) == "years"
    shown = made.task.preview(model, made.codec, made.data)
    assert shown.columns == (40, 40)
    assert shown.captions[0] == f"{said[0]:.0f}, right {real[0]:.0f}"


def test_a_few_steps_already_beat_the_mean() -> None:
    made = trained("residual", 60, n_filter=6)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=None)
    assert scored.loss < 0.95 * made.blind


def test_the_doctor_finds_that_it_begins_at_the_mean() -> None:
    """The first of the six steps: the loss before training, on one batch."""
    made = ready("residual", **TINY["residual"])
    spec = made.spec
    patient = Patient(
        "residual", spec.model, made.codec.sizes, made.data, train=spec.train, task=made.task
    )
    assert patient.unit == "years"
    found = untrained(patient)
    assert found.verdict().code == "untrained_ok"  # years have another scale than nats
    assert found.room == pytest.approx(found.uniform_nats / 4)
    far = replace(found, nats=2 * found.uniform_nats)
    assert far.verdict().code == "confident_start"


def test_patches_are_cut_row_by_row_and_every_head_looks_at_all_of_them() -> None:
    model = build_model("vit", {"patch": 12}, SIZES).eval()
    pixels = torch.rand(2, 3, 48, 48)
    cut = model.patches(pixels)
    assert cut.shape == (2, 16, 3 * 12 * 12)
    whole = pixels[1, :, 12:24, 36:48].flatten()  # second row, fourth column: token 8
    assert torch.equal(cut[1, 7], whole)
    with torch.no_grad(), trace(model) as seen:
        model(pixels)
    weights = seen["stack.blocks.0.attention.weights"]
    assert weights.shape == (2, 4, 17, 17)
    assert weights.sum(-1).numpy() == pytest.approx(np.ones((2, 4, 17)), abs=1e-5)


def test_patches_that_do_not_fit_are_a_sentence() -> None:
    with pytest.raises(BadSettings, match="divides both"):
        build_model("vit", {"patch": 7}, SIZES)
    with pytest.raises(BadSettings, match="n_head"):
        ViTSettings(n_embd=30, n_head=4)


@pytest.mark.slow
def test_drawn_faces_are_told_within_three_years() -> None:
    made = trained("residual", 1200)
    scored = made.task.evaluate(made.model, made.data, "test", limit=None)
    mean = made.data["train"].values.mean()
    assert scored.loss <= 3
    assert scored.loss < 0.3 * (made.data["test"].values - mean).abs().mean().item()
