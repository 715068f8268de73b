"""Work beside the steps has its own shortage of memory: samples, evaluations, looks inside.

The steps were there first. Where something beside them does not fit any more it is left out from
then on, which is said once, and the training goes on.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import torch

from lm_core.models.building import out_of_memory
from lm_core.training.events import Diagnosed

if TYPE_CHECKING:
    from lm_core.training.trainer import Trainer

T = TypeVar("T")


class Beside:
    """What is done beside the steps of one run. `left_out` names the parts that did not fit."""

    def __init__(self, trainer: "Trainer") -> None:
        self.trainer, self.left_out = trainer, set[str]()
        self._notes: list[Diagnosed] = []

    def ask(self, part: str, make: Callable[[], T]) -> T | None:
        """What `make` gives; None where this part of the work does not fit, now or before.

        Args:
            part: its name, as a sentence begins with it: "The sample".
        """
        if part in self.left_out:
            return None
        try:
            return make()
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
        # Here the error is gone, and with it what it kept of the work.
        if self.trainer.device.type == "cuda":
            torch.cuda.empty_cache()
        self.left_out.add(part)
        step, text = self.trainer.step, f"{part} does not fit into memory beside the training"
        text += f": it is left out from step {step} on, and the training goes on."
        cure = "To have it, take a shorter context or a smaller model."
        self._notes.append(Diagnosed(step, "out_of_memory_beside", "note", text, cure))
        return None

    def notes(self) -> list[Diagnosed]:
        """What was left out since this was last asked."""
        notes, self._notes = self._notes, []
        return notes
