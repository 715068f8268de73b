"""Two inputs and two outputs: the parameters of the course, a weighted loss, an input muted."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lm_core.corpora import load_corpus
from lm_core.corpora.pictures.halves import KINDS
from lm_core.models.building import build_model
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks.two_class import TwoClass, TwoClassSettings, muted
from lm_core.training import Budget, Trainer


def ready(steps: int = 1, **task):
    spec = default_spec(CorpusSpec(name="digit-halves"), "two-input", budget=Budget(steps=steps))
    return prepare(replace(spec, task=replace(spec.task, **task)))


def trained(steps: int, **task):
    made = ready(steps, **task)
    how = {"settings": made.spec.train, "budget": made.spec.budget}
    list(Trainer(made.task, made.model, made.data, **how).run())
    made.model.eval()
    return made


def accuracies(made, split: str = "validation") -> tuple[float, float]:
    figures = made.task.evaluate(made.model, made.data, split, limit=None).metrics
    return figures["group accuracy"], figures["class accuracy"]


class OfTheCourse(nn.Module):
    """003, lines 3769 to 3788."""

    def __init__(self) -> None:
        super().__init__()
        self.layers1 = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10))
        self.layers2 = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
        self.classifier = nn.Linear(11, 42)

    def forward(self, x1, x2):
        return self.classifier(torch.cat((self.layers1(x1), self.layers2(x2)), dim=1))


def test_the_network_of_the_course_has_5379_parameters_and_says_the_same() -> None:
    sizes = {"first": 32, "second": 64, "n_classes": 42}
    ours, theirs = build_model("two-input", {"second_says": 1}, sizes), OfTheCourse()
    assert ours.n_parameters == 5379 == sum(p.numel() for p in theirs.parameters())
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    first, second = torch.rand(3, 32), torch.rand(3, 64)
    coarse, fine = ours(first, second)
    assert coarse is None
    assert fine.shape == (3, 42)
    torch.testing.assert_close(fine, theirs(first, second))


def test_the_halves_are_those_of_the_digits_and_every_digit_is_of_one_kind() -> None:
    whole, halves = load_corpus("digits"), load_corpus("digit-halves")
    assert sorted(digit for few in KINDS.values() for digit in few) == list(range(10))
    for name, part in halves.splits.items():
        assert torch.equal(torch.cat([part.first, part.second], 2), whole.splits[name].pixels)
        for group, label in zip(part.groups[:50].tolist(), part.labels[:50].tolist(), strict=True):
            assert label in list(KINDS.values())[group]


@pytest.mark.parametrize("weight", [0.0, 0.1, 0.33, 0.67, 1.0])
def test_the_loss_is_both_losses_weighed(weight: float) -> None:
    made = ready(weight=weight)
    part = made.data["validation"]
    batch = [part.first[:5], part.second[:5], part.groups[:5], part.labels[:5]]
    with torch.no_grad():
        coarse, fine = made.model(*batch[:2])
        each = made.task.loss(made.model, *batch, None).each
    of_group, of_class = (
        -(torch.exp(logits[range(5), real]) / torch.exp(logits).sum(1)).log()
        for logits, real in ((coarse, batch[2]), (fine, batch[3]))
    )
    torch.testing.assert_close(each, (1 - weight) * of_group + weight * of_class)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=5)
    assert scored.loss == pytest.approx(each.mean().item(), abs=1e-5)
    blind = (1 - weight) * math.log(3) + weight * math.log(10)
    assert made.task.blind(made.model, made.data) == pytest.approx(blind)


def test_weights_of_the_course_by_hand() -> None:
    """0.33 and 0.67 of losses 1 and 2 are 1.67; 0.3 and 0.7 of them are 1.7."""
    assert TwoClass(TwoClassSettings(weight=0.67)).weighted(1.0, 2.0) == pytest.approx(1.67)
    assert TwoClass(TwoClassSettings(weight=0.7)).weighted(1.0, 2.0) == pytest.approx(1.7)


def test_a_loss_divided_by_its_own_maximum_teaches_nothing() -> None:
    """E13: what the source suggests leaves 1, whose gradient is 0."""
    logits = torch.tensor([[0.2, -0.1]], requires_grad=True)
    loss = F.cross_entropy(logits, torch.tensor([0]))
    (loss / loss.max()).backward()
    assert (loss / loss.max()).item() == 1
    assert logits.grad.abs().max() == 0


def test_an_input_that_is_muted_costs_accuracy_and_nothing_else_is_changed() -> None:
    made = trained(400)
    group, fine = accuracies(made)
    assert fine > 0.85  # a tenth by chance
    assert group > 0.85
    part = made.data["validation"]
    for inputs in ("first", "second"):
        without = replace(part, **dict(zip(("first", "second"), muted(part, inputs), strict=True)))
        lost = made.task.evaluate(made.model, {"v": without}, "v", limit=None).metrics
        assert lost["class accuracy"] < fine - 0.2
        assert int(without.first.any()) + int(without.second.any()) == 1


def test_a_weight_of_nothing_leaves_one_answer_unlearned() -> None:
    """The checkpoint of the course: the model that hardly looks at characters is bad at them."""
    group, fine = accuracies(trained(200, weight=0.0))
    assert group > 0.7
    assert fine < 0.4
    group, fine = accuracies(trained(200, weight=1.0))
    assert fine > 0.7


def test_what_it_shows_is_what_it_says() -> None:
    made = ready()
    shown = made.task.preview(made.model.eval(), made.codec, made.data)
    assert shown.columns == (8, 8)
    assert len(shown.captions) == 8
    group, digit = shown.captions[0].split(", ")
    assert group[:-2] in KINDS
    assert digit[:-2].isdigit()
