"""What the owner of a run may ask of it while it goes on. A request is written to the store, where
the worker finds it between two steps.
"""

from collections.abc import Callable

from lm_core.errors import LabError
from lm_core.runs import limits
from lm_core.runs.store import Run, RunStore


class Steering:
    """Requests that change nothing about who computes what. Each names the owner.

    Raises:
        RunNotFound: from every method, when the run is not there or is somebody else's.
        LabError: from those that ask for something nobody would hear.
    """

    store: RunStore
    _heard: Callable[[str], None]  # something was asked of a run
    _own: Callable[[str], None]  # whoever steers it has it alone

    def _whole(self, run: str, owner: str) -> Run:
        """The row of a run that is nobody's part: a part hears only the examination it is of."""
        row = self.store.get(run, owner)
        if row.parent:
            raise LabError(
                "This run is part of an examination, which alone steers it: stop that, or start a "
                "run of your own with its settings."
            )
        return row

    def _trained(self, run: str, owner: str) -> Run:
        """The row of a run that hears more than a stop."""
        row = self._whole(run, owner)
        if row.kind != "train":
            raise LabError("An examination goes on as it was begun: let it end, or stop it.")
        if row.active:
            self._own(run)
        return row

    def pause(self, run: str, owner: str) -> None:
        self._trained(run, owner)
        self.store.update(run, requested="pause")
        self._heard(run)

    def single_step(self, run: str, owner: str) -> None:
        row = self._trained(run, owner)
        self.store.update(run, requested="pause", single_steps=row.single_steps + 1)
        self._heard(run)

    def pause_at(self, run: str, owner: str, step: int | None) -> None:
        """Let it run to the end of a step and pause there; None: no such step any more."""
        self._trained(run, owner)
        self.store.update(run, pause_at=limits.step(step))

    def set_rate(self, run: str, owner: str, lr: float) -> None:
        """Go on with another learning rate, as if the run had been set up with it: the schedule
        stays what it is. Heard between two steps; kept when the run is paused or resumed.

        Raises:
            BadSettings: it is no number, or outside of what a run can be set up with.
        """
        row = self._trained(run, owner)
        self.store.update(run, lr_scale=limits.rate(lr) / row.spec["train"]["lr"])

    def rename(self, run: str, owner: str, title: str) -> None:
        self.store.rename(run, owner, limits.title(title))

    def annotate(self, run: str, owner: str, note: str) -> None:
        """Keep a note beside a run."""
        self.store.annotate(run, owner, limits.note(note))
