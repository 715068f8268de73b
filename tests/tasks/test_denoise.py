"""Mending pictures: its figures are by hand, its noise is kept, and it gets better than doing
nothing."""

import pytest
import torch
from sklearn.metrics import mean_squared_error

from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks.denoise import SHOWN, mended
from lm_core.training import Budget, Trainer
from lm_core.training.task import Task


def ready(steps: int = 1):
    return prepare(
        default_spec(CorpusSpec(name="digits"), "autoencoder", budget=Budget(steps=steps))
    )


@torch.no_grad()
def test_what_is_scored_is_what_references_say() -> None:
    made = ready()
    model, part = made.model.eval(), made.data["validation"]
    scored = made.task.evaluate(model, made.data, "validation", limit=None)
    theirs = mean_squared_error(part.clean.flatten(), model(part.noisy).flatten())
    assert scored.loss == pytest.approx(theirs, rel=1e-5)
    assert (scored.targets, scored.whole) == (300, True)
    assert made.task.evaluate(model, made.data, "validation", limit=40).targets == 40
    left = mean_squared_error(part.clean.flatten(), part.noisy.flatten())
    assert made.task.baselines(model, made.data)["left as it is"] == pytest.approx(left, rel=1e-5)
    asked = made.task.loss(model, part.noisy, part.clean, part.labels, None).each
    assert asked.mean().item() == pytest.approx(scored.loss, rel=1e-5)  # the kept noise judges


def test_the_noise_that_judges_stays_and_that_of_training_changes() -> None:
    one, again = ready(), ready()
    assert torch.equal(one.data["validation"].noisy, again.data["validation"].noisy)
    assert float((one.data["train"].noisy - one.data["train"].clean).abs().mean()) > 0.1
    part, model = one.data["train"], one.model.train()
    first, second = (
        one.task.loss(model, part.noisy[:8], part.clean[:8], part.labels[:8], None).each
        for _ in range(2)
    )
    assert not torch.equal(first, second)


def trained(steps: int):
    made = ready(steps)
    list(
        Trainer(
            made.task, made.model, made.data, settings=made.spec.train, budget=made.spec.budget
        ).run()
    )
    made.model.eval()
    return made


def test_it_mends_better_than_leaving_things_as_they_are() -> None:
    made = trained(140)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=None)
    assert scored.loss < made.task.baselines(made.model, made.data)["left as it is"]
    assert scored.loss < made.task.blind(made.model, made.data)
    shown = made.task.preview(made.model, made.codec, made.data)
    assert shown.columns == (24, 8)
    assert len(shown.rows) == SHOWN
    part = made.data["validation"]
    row = torch.tensor(shown.rows[0]).view(8, 24)
    torch.testing.assert_close(row[:, 8:16], mended(made.model, part.noisy[:1])[0, 0].cpu())
    torch.testing.assert_close(row[:, 16:], part.clean[0, 0])


@pytest.mark.slow
def test_it_beats_the_mean_of_neighbours() -> None:
    made = trained(1500)
    scored = made.task.evaluate(made.model, made.data, "test", limit=None)
    assert scored.loss < 0.75 * made.task.baselines(made.model, made.data)["mean of 3 × 3"]


def test_it_is_a_task_like_any_other() -> None:
    assert isinstance(ready().task, Task)
