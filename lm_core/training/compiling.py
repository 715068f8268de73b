"""torch.compile for the steps of a training, when it is asked for.

A compiled step is fewer and larger kernels. Compiling takes its time first (on an H200 a quarter
of a minute for six layers), which a long run earns back and a demonstration does not. Where there
is no compiler the run goes on without, and says so.
"""

from typing import Any

import torch

from lm_core.models.building import out_of_memory
from lm_core.training.beside import Beside
from lm_core.training.events import Diagnosed
from lm_core.training.precision import Objective


class Compiled:
    """The objective, compiled when it is first called; as it is where that cannot be done.

    Not together with rounded weights: the compiler fuses the conversions of autocast.
    """

    def __init__(self, objective: Objective, beside: Beside) -> None:
        self.plain, self.rounded, self.beside = objective, objective.rounds, beside
        self.failed = False
        objective.rounds = False
        self.fast = torch.compile(objective, dynamic=False)

    def __call__(self, *given: Any) -> tuple:
        if not self.failed:
            try:
                return self.fast(*given)
            except RuntimeError as error:  # what every compiler's errors are
                if out_of_memory(error):
                    raise
                self._give_up(f"{type(error).__name__}: {str(error).strip().splitlines()[0]}")
        return self.plain(*given)

    def _give_up(self, trouble: str) -> None:
        self.failed, self.plain.rounds = True, self.rounded
        said = f"The steps could not be compiled and go on as they are ({trouble[:200]})."
        cure = "Nothing is lost but speed; set compile to off to be spared this note."
        self.beside.say(lambda step: Diagnosed(step, "not_compiled", "note", said, cure))
