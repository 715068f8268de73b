"""Checkpoints on the way: as often as fits into a share of the time, and of sound weights alone.

    from the end of one to the beginning of the next: max(LEAST, cost / SHARE) seconds

where the cost is what the last one took; before there is one it is guessed from the size.
"""

import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from lm_core.models.weights import sound
from lm_core.training.events import Checkpointed

if TYPE_CHECKING:
    from lm_core.training.trainer import Trainer

LEAST = 5.0  # seconds
SHARE = 0.02  # of the time
SPEED = 250e6  # bytes a second, guessed: copying, hashing and writing
TIMES = 3  # a weight and two numbers of the optimizer's memory


class Saving:
    """`cost` is how many seconds it takes."""

    def __init__(self, trainer: "Trainer") -> None:
        self.trainer, self.ended = trainer, time.perf_counter()
        self.cost = TIMES * sum(p.nbytes for p in trainer.model.parameters()) / SPEED

    def due(self) -> bool:
        """Whether it is time for the next one."""
        return time.perf_counter() - self.ended > max(LEAST, self.cost / SHARE)

    def do(self, *, last: bool = False) -> Generator[Checkpointed, None, bool]:
        """Save the weights to keep; True where they are no numbers to compute with, which are not
        saved: the older checkpoint is worth more.

        Args:
            last: the trainer has ended, and holds all that is saved.
        """
        trainer, began = self.trainer, time.perf_counter()
        own = trainer.state
        if not last:
            trainer.state = trainer.team.whole(own)
        with trainer.weights.shown(kept=True):
            if not all(map(sound, trainer.model.state_dict().values())):
                return True
            path = trainer.save(trainer)
        trainer.state = own
        self.ended = time.perf_counter()
        self.cost = self.ended - began
        yield Checkpointed(trainer.step, path)
        return False
