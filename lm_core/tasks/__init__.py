"""What is learned, one file each behind the contract of `lm_core.training.task`."""

from lm_core.tasks.fill_gap import FillGap
from lm_core.tasks.next_token import NextToken
from lm_core.training.task import tasks

__all__ = ["FillGap", "NextToken", "tasks"]
