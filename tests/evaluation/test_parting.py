"""Where two runs part."""

import math

from hypothesis import given
from hypothesis import strategies as st

from lm_core.evaluation.parting import Parting, where_they_part
from lm_core.models.building import build_model
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Step
from tests.tiny import TEXT, encoded

LOSSES = st.lists(st.sampled_from([1.0, 2.0, math.nan]), max_size=12)


@given(first=LOSSES, second=LOSSES)
def test_it_is_the_first_difference_of_what_both_told(first, second):
    found = where_they_part(range(len(first)), first, range(len(second)), second)
    both = list(zip(first, second, strict=False))
    apart = [n for n, (a, b) in enumerate(both) if repr(a) != repr(b)]
    assert found.step == (apart[0] if apart else None)
    assert found.same == (apart[0] if apart else len(both))


def test_steps_that_only_one_told_are_passed_by():
    found = where_they_part([1, 2, 4], [5.0, 4.0, 3.0], [1, 3, 4], [5.0, 9.0, 2.0])
    assert found == Parting(1, 4, 3.0, 2.0)
    assert where_they_part([], [], [1], [2.0]) == Parting(0, None)


def losses(seed=0, **train):
    _, data = encoded([TEXT])
    model = build_model("mlp", {"n_hidden": 16}, int(data.ids.max()) + 1, seed=seed)
    settings = TrainSettings(batch_size=4, **train)
    trainer = Trainer(
        NextToken(), model, {"train": data}, settings=settings, budget=Budget(steps=6), seed=seed
    )
    told = [event for event in trainer.run() if isinstance(event, Step)]
    return [event.step for event in told], [event.loss for event in told]


def test_real_runs():
    """One spec is one run; another rate or seed parts at the second step."""
    once = losses()
    assert where_they_part(*once, *losses()).step is None
    assert where_they_part(*once, *losses(lr=0.01)).same == 1
    assert where_they_part(*once, *losses(seed=1)).same == 1  # untrained, both say ln V
