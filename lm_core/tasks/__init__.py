"""What is learned, one file each behind the contract of `lm_core.training.task`."""

from lm_core.models import models
from lm_core.tasks.fill_gap import FillGap
from lm_core.tasks.next_token import NextToken
from lm_core.training.task import Task, tasks

__all__ = ["FillGap", "NextToken", "task_of", "tasks"]


def task_of(family: str) -> Task:
    """What a family usually learns: the first of the tasks it names."""
    return tasks[models[family].build.tasks[0]].build()
