"""Trainings that tests steer without another thread."""

from lm_core.training import Control


class Patient(Control):
    """Does the next of `deeds` each time the trainer waits."""

    def __init__(self, *deeds: str) -> None:
        super().__init__()
        self.deeds, self.waited = list(deeds), 0

    def wait(self, seconds: float = 0.05) -> None:
        self.waited += 1
        getattr(self, self.deeds.pop(0))()
