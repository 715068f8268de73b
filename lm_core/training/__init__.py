"""Training as a stream of events: `for event in Trainer(...).run(): ...`."""

from lm_core.training.control import Control
from lm_core.training.settings import Budget, TrainSettings
from lm_core.training.trainer import Trainer

__all__ = ["Budget", "Control", "TrainSettings", "Trainer"]
