"""What is learned, one file each behind the contract of `lm_core.training.task`."""

from lm_core.errors import BadSettings
from lm_core.models import models
from lm_core.tasks.fill_gap import FillGap
from lm_core.tasks.next_token import NextToken
from lm_core.training.task import Task, tasks

__all__ = ["FillGap", "NextToken", "check_task", "families_for", "task_for", "task_of", "tasks"]


def task_of(family: str) -> Task:
    """What a family usually learns: the first of the tasks it names."""
    return tasks[models[family].build.tasks[0]].build()


def task_for(family: str, kind: str) -> str:
    """What a family usually learns from that kind of data, by name: the first of its tasks that
    takes it, and the first of all where none does (which `check_task` refuses)."""
    known = models[family].build.tasks
    return next((name for name in known if kind in tasks[name].build.kinds), known[0])


def families_for(kind: str) -> list[str]:
    """The families that learn something from that kind of data, in the order of the registry."""
    learned = {entry.name for entry in tasks if kind in entry.build.kinds}
    return [entry.name for entry in models if learned & set(entry.build.tasks)]


def check_task(task: str, family: str, kind: str) -> None:
    """Raises UnknownName for a task or a family that there is not, BadSettings where the family
    does not learn it, or not from that kind of data."""
    known = models[family].build.tasks
    if tasks[task].name not in known:
        said = f"{family} does not learn {task}, but {' or '.join(known)}: leave --task out."
        raise BadSettings(said)
    if kind not in tasks[task].build.kinds:
        fitting = " or ".join(models[name].title for name in families_for(kind)) or "none yet"
        raise BadSettings(
            f"“{tasks[task].title}” is not learned from {SAID.get(kind, kind)}: choose other data, "
            f"or a model for that ({fitting})."
        )


SAID = {
    "text": "running text",
    "items": "a list",
    "pairs": "pairs of texts",
    "classes": "texts with a class",
    "values": "texts with a value",
    "picture classes": "pictures with a class",
    "series": "a series of measurements",
    "table classes": "a table with a class in each row",
    "table values": "a table with a number in each row",
    "points": "points",
    "picture pairs": "two pictures with two classes",
    "picture masks": "pictures with masks",
    "picture boxes": "pictures with boxes",
    "picture values": "pictures with a value",
}
