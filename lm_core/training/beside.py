"""Work beside the steps has its own shortage of memory: samples, evaluations, looks inside.

The steps were there first. Where something beside them does not fit any more it is left out from
then on, which is said once, and the training goes on.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import torch

from lm_core.models.building import out_of_memory
from lm_core.training.events import Diagnosed

T = TypeVar("T")


class Beside:
    """What is done beside the steps of one run. `left_out` names the parts that did not fit."""

    def __init__(self, device: torch.device) -> None:
        self.device, self.left_out = device, set[str]()
        self._notes: list[Callable[[int], Diagnosed]] = []

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
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        self.left_out.add(part)
        text = f"{part} does not fit into memory beside the training: it is left out from step"
        cure = "To have it, take a shorter context or a smaller model."
        self.say(
            lambda step: Diagnosed(
                step,
                "out_of_memory_beside",
                "note",
                f"{text} {step} on, and the training goes on.",
                cure,
            )
        )
        return None

    def say(self, note: Callable[[int], Diagnosed]) -> None:
        """Let the run tell something, of the step that it will be at then."""
        self._notes.append(note)

    def notes(self, step: int) -> Iterator[Diagnosed]:
        """What was to be told since this was last asked."""
        notes, self._notes = self._notes, []
        yield from (note(step) for note in notes)
