"""What every job of a worker has, be it a training or an examination: a control whose requests are
in the store, what it is prepared from, the facts that its row says, and how it was stopped.
"""

import threading
import time
from typing import Any

import torch

from lm_core.device import DeviceChoice
from lm_core.runs import limits
from lm_core.runs.prepare import Prepared, prepare
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import Run, RunStore
from lm_core.runs.turns import Job
from lm_core.training import Control, Trainer

PARENT_GONE = threading.Event()  # the page's process ended: stop and save
LOOK_SECONDS = 0.05
THREADS = torch.get_num_threads()  # what the pool of workers gave this process


class StoreControl(Control):
    """A Control whose requests are in the store.

    Args:
        job: what has turns with others, or None.
        waits: whether a pause is waited out here. Where runs take turns it only ends the turn.
    """

    def __init__(
        self, store: RunStore, run: str, job: Job | None = None, *, waits: bool = True
    ) -> None:
        super().__init__()
        self.store, self.run, self.job, self.waits = store, run, job, waits
        self.trainer: Trainer | None = None  # whose steps are counted for a pause
        self._looked, self._pause_at = float("-inf"), None
        self.steps_granted = self._steps_taken = store.requested(
            run
        ).single_steps  # of an earlier life

    @property
    def leaves(self) -> bool:
        """Whether the run is to be saved at its next step, and to go on elsewhere, or later."""
        return self.job is not None and self.job.leaves

    def may_step(self) -> bool:
        return not self.leaves and super().may_step()

    def hold(self) -> None:
        if self.waits:
            super().hold()
        self._looked = float("-inf")  # whoever has its turn again was asked something

    def look(self) -> str:
        if PARENT_GONE.is_set():
            return "stop"
        if self.leaves:
            return "pause"
        now = time.perf_counter()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self.requested, self.steps_granted, self.lr_scale, self._pause_at = (
                self.store.requested(self.run)
            )
        if self._pause_at is not None and self.trainer and self.trainer.step >= self._pause_at:
            asked, self._pause_at = self.store.requested(self.run).state, None
            self.requested = "pause" if asked == "run" else asked  # a stop is not to be lost
            self.store.update(self.run, requested=self.requested, pause_at=None)
        return self.requested


def prepared_for(store: RunStore, row: Run) -> Prepared:
    """What a run needs; an own text is called there as its owner calls it.

    Raises:
        LabError: as `prepare`.
    """
    spec = RunSpec.from_dict(row.spec)
    prepared = prepare(spec)
    limits.parameters(prepared.model)  # with the tokens that the text has
    title = store.texts.title(row.owner, spec.data.text)
    return prepared.titled(title) if title else prepared


def facts_of(prepared: Prepared, device: DeviceChoice) -> dict[str, Any]:
    """What a run's row says of the model, the data and the machine from the start."""
    task = prepared.task
    return {
        "parameters": prepared.model.n_parameters,
        "sizes": prepared.codec.sizes,
        "device": str(device),
        "corpus": prepared.info.title,
        "unit": task.unit_of(prepared.codec),
        "judge": task.judge,
        "metrics": dict(task.metrics),
        "blind": prepared.blind,
        "counts": prepared.card()["counts"],
    }


def how_stopped(store: RunStore, run: str) -> tuple[str, str]:
    """Status and message of a run that was to stop: as asked, or because the page's process is
    gone."""
    if PARENT_GONE.is_set() and store.requested(run).state != "stop":
        return "interrupted", "The lab was closed while this was going; it can go on."
    return "stopped", ""
