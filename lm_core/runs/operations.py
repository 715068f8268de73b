"""What a forward pass costs, of any task: told from shapes alone, and counted.

A family that reads texts writes its formula beside its code (`models/costs.py`). Of the others, who
read pictures, series or tables, none needs one: a batch of shapes without numbers goes through a
model that has none (a blueprint), and PyTorch's own counter adds up the products on the way. A
product counts two for each of its pairs of numbers; what is added or bent number by number is not
counted. In a game of several all of them move once. A test holds both together for every family.
"""

from collections.abc import Iterable

from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from lm_core.corpora import corpora
from lm_core.inspection.counters import COUNTED, taken_apart
from lm_core.models.building import blueprint
from lm_core.models.contract import Model
from lm_core.runs.prepare import Prepared, prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks import tasks
from lm_core.training import Budget
from lm_core.training.batches import Batch
from lm_core.training.step_memory import as_blueprint
from lm_core.training.task import Task

ROWS = 2  # of a batch: the same for each


def shipped_for(task: str) -> str:
    """The first corpus that ships and that a task learns from, by name."""
    kinds = tasks[task].build.kinds
    known = (e for e in corpora if e.extra["info"].how == "embedded")
    return next(e.name for e in known if e.extra["info"].kind in kinds)


def first_batch(prepared: Prepared) -> Batch:
    """A few examples of the first one of its training."""
    data = prepared.data["train"]
    return prepared.task.batches(prepared.model, data, batch_size=ROWS, seed=0).parts(0)[0][0]


def usual(family: str, task: str) -> tuple[Prepared, Batch]:
    """A family as it is at first, on the data that ships for a task, and some of that."""
    data = CorpusSpec(name=shipped_for(task))
    prepared = prepare(default_spec(data, family, task=task, budget=Budget(steps=1)))
    return prepared, first_batch(prepared)


def traced(prepared: Prepared, batch: Batch) -> float:
    """Operations of a forward pass for each example of a batch, of which only the shapes count; of
    a model that counts none."""
    spec, make = prepared.spec, prepared.task.build
    model = blueprint(spec.model_name, spec.model.to_dict(), prepared.codec.sizes, make)
    with as_blueprint():
        return _counted(prepared.task, model, [part.to("meta") for part in batch.inputs])


def counted(prepared: Prepared, batch: Batch) -> float:
    """Operations of an example, counted while the real model runs on a CPU."""
    with taken_apart():
        return _counted(prepared.task, prepared.model, batch.inputs)


def _counted(task: Task, model: Model, inputs: Iterable[Tensor]) -> float:
    inputs = list(inputs)
    model.train()
    with FlopCounterMode(display=False, custom_mapping=COUNTED) as counter:
        for player in task.players(model):
            player.loss(model, *inputs, None)
    return counter.get_total_flops() / len(inputs[0])
