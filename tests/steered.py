"""Trainings that tests steer without another thread."""

from lm_core.training import Control, Trainer


class StopAt(Control):
    """Stops its trainer at a step; None never."""

    def __init__(self, step: int | None) -> None:
        super().__init__()
        self.step: int | None = step
        self.trainer: Trainer | None = None

    def look(self) -> str:
        return "stop" if self.trainer.step == self.step else "run"


class Patient(Control):
    """Does the next of `deeds` each time the trainer waits."""

    def __init__(self, *deeds: str) -> None:
        super().__init__()
        self.deeds, self.waited = list(deeds), 0

    def wait(self, seconds: float = 0.05) -> None:
        self.waited += 1
        getattr(self, self.deeds.pop(0))()
