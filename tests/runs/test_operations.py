"""Operations told from shapes alone, against PyTorch's counter on the real model: every family."""

import pytest

from lm_core.models import models
from lm_core.models.building import blueprint
from lm_core.runs.operations import counted, first_batch, traced, usual
from tests.marks import most_slow
from tests.training.test_step_memory import ALL, SLOW, home, ready

__all__ = ["home"]


@pytest.mark.parametrize(
    ("family", "task"), most_slow(ALL, quick=[one for one in ALL if one[0] not in SLOW])
)
def test_what_is_told_is_what_pytorch_counts(family: str, task: str) -> None:
    prepared, batch = ready(family, task)
    batch = first_batch(prepared)
    found = counted(prepared, batch)
    assert traced(prepared, batch) == pytest.approx(found, rel=0.05)
    looks_up = models[family].build.learns_by == "counting" or family == "neural-bigram"
    assert (found == 0) == looks_up


@pytest.mark.parametrize("family", [e.name for e in models if not e.build.of_text])
def test_each_family_of_other_data_counts_its_parameters_from_shapes_alone(family: str) -> None:
    task = models[family].build.tasks[0]
    prepared, _ = usual(family, task)
    spec = prepared.spec
    planned = blueprint(family, spec.model.to_dict(), prepared.codec.sizes, prepared.task.build)
    assert planned.n_parameters == sum(p.numel() for p in prepared.model.parameters())
