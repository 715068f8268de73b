"""Callbacks: who looks at single steps of a training from inside, without being part of the lesson.

The Trainer asks each callback before a step whether it wants to see this one, and calls it at three
moments of the step. A callback keeps its own time: all of them together should take no more than a
few hundredths of the training.
"""

from collections.abc import Iterator

from lm_core.training.batches import Batch
from lm_core.training.events import Event
from lm_core.training.state import Training


class Callback:
    """Sees nothing and says nothing; a subclass overrides what it needs. `part` names it where it
    does not fit into memory, after which it is not called any more."""

    part = "What looks at the steps"

    def wants(self, training: Training) -> bool:
        """Whether the step that comes next is to be seen. `training.step` steps are done."""
        return False

    def before(self, training: Training) -> None:
        """The weights are those the step begins with."""

    def gradients(self, training: Training, batch: Batch) -> None:
        """The gradients of the step (of the first player's) lie in the weights, not yet clipped.
        `batch` is the first piece of what was read (all of it, unless gradients are accumulated).
        """

    def after(self, training: Training) -> Iterator[Event]:
        """The step is done and counted."""
        yield from ()
