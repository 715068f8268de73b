"""Checkpoints on the way: as often as fits into a share of the time, and of sound weights alone.

    from the end of one to the beginning of the next: max(LEAST, cost / SHARE) seconds

where the cost is what the last one took; before there is one it is guessed from the size.
"""

from collections.abc import Generator

from lm_core.models.weights import sound
from lm_core.training.events import Checkpointed
from lm_core.training.state import Training

LEAST = 5.0  # seconds
SHARE = 0.02  # of the time
SPEED = 250e6  # bytes a second, guessed: copying, hashing and writing
TIMES = 3  # a weight and two numbers of the optimizer's memory


class Saving:
    """`cost` is how many seconds it takes."""

    def __init__(self, training: Training) -> None:
        self.training, self.ended = training, training.clock()
        self.cost = TIMES * sum(p.nbytes for p in training.model.parameters()) / SPEED

    def due(self) -> bool:
        """Whether it is time for the next one."""
        return self.training.clock() - self.ended > max(LEAST, self.cost / SHARE)

    def do(self, *, last: bool = False) -> Generator[Checkpointed, None, bool]:
        """Save the weights to keep; True where they are no numbers to compute with, which are not
        saved: the older checkpoint is worth more.

        Args:
            last: the training has ended, and holds all that is saved.
        """
        training, began = self.training, self.training.clock()
        own = training.state
        if not last:
            training.state = training.team.whole(own)
        try:
            with training.weights.shown(kept=True):
                if not all(map(sound, training.model.state_dict().values())):
                    return True
                path = training.save(training)
        finally:
            training.state = own
        self.ended = training.clock()
        self.cost = self.ended - began
        yield Checkpointed(training.step, path)
        return False
