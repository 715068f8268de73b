"""Games of two networks: their losses are those of the paper, each player moves its own weights,
and a maker learns where the real points lie."""

import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from lm_core.errors import BadSettings
from lm_core.models.building import build_model
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks.adversarial import judge_loss, maker_loss
from lm_core.training import Budget, Trainer

PICTURE = {"channels": 1, "height": 8, "width": 8}


def ready(corpus: str = "points-ring", family: str = "gan", steps: int = 1, **settings):
    spec = default_spec(CorpusSpec(name=corpus), family, budget=Budget(steps=steps))
    return prepare(replace(spec, task=replace(spec.task, **settings)))


def training(made):
    how = {"settings": made.spec.train, "budget": made.spec.budget, "threads": 1}
    return Trainer(made.task, made.model, made.data, **how)


def test_the_losses_are_binary_cross_entropies() -> None:
    real, false = torch.randn(2, 50, generator=torch.Generator().manual_seed(0))
    ours = judge_loss(real, false).mean()
    ones, zeros = torch.ones(50), torch.zeros(50)
    bce = F.binary_cross_entropy_with_logits
    theirs = (bce(real, ones) + bce(false, zeros)) / 2  # of the course, W8-03
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(maker_loss(false, "non-saturating").mean(), bce(false, ones))
    log = (1 - false.sigmoid()).log()
    torch.testing.assert_close(maker_loss(false, "saturating"), log)


def test_a_judge_who_cannot_tell_says_a_half_and_pays_ln_two() -> None:
    """F51, and BCE at logit 0 = 0.6931."""
    nothing = torch.zeros(1)
    assert nothing.sigmoid().item() == 0.5
    assert judge_loss(nothing, nothing).item() == pytest.approx(math.log(2))
    assert round(judge_loss(nothing, nothing).item(), 4) == 0.6931


@pytest.mark.parametrize(("kind", "steep"), [("non-saturating", True), ("saturating", False)])
def test_a_judge_who_is_sure_leaves_the_saturating_loss_without_a_gradient(kind, steep) -> None:
    logit = torch.tensor([-6.0], requires_grad=True)  # D = 0.0025
    maker_loss(logit, kind).sum().backward()
    assert (abs(logit.grad.item()) > 0.9) == steep
    assert logit.grad.item() < 0  # both want D larger


def test_each_moves_its_own_weights_and_the_judge_as_often_as_asked() -> None:
    made = ready(k=3)
    judge, maker = made.task.players(made.model)
    assert (judge.turns, maker.turns) == (3, 1)
    before = {name: p.clone() for name, p in made.model.named_parameters()}
    run = training(made)
    list(run.run())
    counts = [
        {int(state["step"]) for state in optimizer.state.values()} for optimizer in run.optimizers
    ]
    assert counts == [{3}, {1}]
    assert run.tokens == 3 * made.spec.train.batch_size
    assert all(not torch.equal(before[n], p) for n, p in run.learner.named_parameters())


def test_more_turns_read_other_batches_and_noise_is_another_for_each_move() -> None:
    made, seen = ready(k=2, steps=2), []
    task = made.task

    class Watching(type(task)):
        def told(self, model, real, *rest):
            seen.append((real.clone(), torch.randn(1).item()))
            return super().told(model, real, *rest)

    watching = Watching(task.settings)
    how = {"settings": made.spec.train, "budget": made.spec.budget, "threads": 1}
    list(Trainer(watching, made.model, made.data, **how).run())
    assert len(seen) == 4
    rows = torch.cat([real for real, _ in seen])
    assert len(rows.unique(dim=0)) == len(rows)
    assert len({noise for _, noise in seen}) == 4


@torch.no_grad()
@pytest.mark.parametrize("corpus", ["points-moons", "digits"])
def test_its_figures_are_of_things_that_the_seed_decides(corpus: str) -> None:
    made = ready(corpus)
    one, again = (
        made.task.evaluate(made.model.eval(), made.data, "validation", limit=None) for _ in range(2)
    )
    assert one == again
    assert set(one.metrics) == set(made.task.metrics)
    assert made.task.blind(made.model, made.data) > 0
    shown = made.task.preview(made.model, made.codec, made.data)
    assert shown.kind == ("points" if corpus.startswith("points") else "pictures")
    if shown.kind == "points":
        assert {row[0] for row in shown.rows} == {"real", "made"}


@pytest.mark.parametrize(("height", "first"), [(8, 4), (28, 7), (32, 4), (6, 6)])
def test_a_dcgan_has_convolutions_alone_and_fits_the_picture(height: int, first: int) -> None:
    sizes = PICTURE | {"height": height, "width": height}
    model = build_model("dcgan", {"n_filter": 4}, sizes)
    assert model.some(3).shape == (3, 1, height, height)
    assert model.judged(model.some(3)).shape == (3,)
    assert model.maker[0].kernel_size == (first, first)
    names = {type(part).__name__ for part in model.modules()}
    assert not names & {"Linear", "MaxPool2d"}
    assert 0 <= model.some(3).min() <= model.some(3).max() <= 1


def test_a_picture_that_no_doubling_reaches_is_refused() -> None:
    with pytest.raises(BadSettings, match="9 × 9"):
        build_model("dcgan", {}, PICTURE | {"height": 9, "width": 9})


def test_what_is_made_along_a_way_through_the_noise_changes_bit_by_bit() -> None:
    model = build_model("gan", {"n_z": 4}, {"dimensions": 2})
    a, b = torch.randn(2, 4, generator=torch.Generator().manual_seed(0))
    way = torch.stack([a + t * (b - a) for t in torch.linspace(0, 1, 41)])
    with torch.no_grad():
        made = model.made(way)
    steps = (made[1:] - made[:-1]).norm(dim=1)
    assert steps.max() < 0.25 * (made[-1] - made[0]).norm() + 0.1


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["ring", "moons", "gaussians"])
def test_the_maker_learns_where_the_points_lie(shape: str) -> None:
    made = ready(f"points-{shape}", steps=2000)
    list(training(made).run())
    scored = made.task.evaluate(made.model.eval(), made.data, "test", limit=None)
    assert scored.loss < 0.02 < made.task.blind(made.model, made.data) / 20
    assert scored.metrics["coverage"] > 0.5
    assert scored.metrics["D of real"] == pytest.approx(0.5, abs=0.05)
    assert scored.metrics["judge's loss"] == pytest.approx(math.log(2), abs=0.05)
