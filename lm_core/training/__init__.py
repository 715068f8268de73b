"""Training as a stream of events: `for event in Trainer(...).run(): ...`."""

from lm_core.training.control import Control
from lm_core.training.loop import Trainer
from lm_core.training.settings import Budget, TrainSettings

__all__ = ["Budget", "Control", "TrainSettings", "Trainer"]
