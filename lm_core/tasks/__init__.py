"""What is learned, one file each behind the contract of `lm_core.training.task`."""

from lm_core.tasks.next_token import NextToken
from lm_core.training.task import tasks

__all__ = ["NextToken", "tasks"]
