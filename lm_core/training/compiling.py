"""torch.compile for the steps of a training, when it is asked for.

A compiled step is fewer and larger kernels. Compiling takes its time first (on an H200 a quarter
of a minute for six layers), which a long run earns back and a demonstration does not. Where there
is no compiler the run goes on without, and says so.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from lm_core.models.building import out_of_memory
from lm_core.training.events import Diagnosed, Event
from lm_core.training.precision import Objective
from lm_core.training.watching import Watcher

if TYPE_CHECKING:
    from lm_core.training.trainer import Trainer


class Compiled(Watcher):
    """The objective, compiled when it is first called; as it is where that cannot be done.

    Not together with rounded weights: the compiler fuses the conversions of autocast.
    """

    def __init__(self, objective: Objective) -> None:
        self.plain, self.rounded, self.trouble = objective, objective.rounds, ""
        objective.rounds = False
        self.fast = torch.compile(objective, dynamic=False)

    def __call__(self, *given: Any) -> tuple:
        if not self.trouble:
            try:
                return self.fast(*given)
            except RuntimeError as error:  # what every compiler's errors are
                if out_of_memory(error):
                    raise
                self.plain.rounds = self.rounded
                self.trouble = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
        return self.plain(*given)

    def wants(self, trainer: "Trainer") -> bool:
        return trainer.step == 0

    def after(self, trainer: "Trainer") -> Iterator[Event]:
        """A note, where the first step could not be compiled."""
        if self.trouble:
            said = f"The steps could not be compiled and go on as they are ({self.trouble[:200]})."
            cure = "Nothing is lost but speed; set compile to off to be spared this note."
            yield Diagnosed(trainer.step, "not_compiled", "note", said, cure)
