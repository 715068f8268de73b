"""What a teacher may ask of everybody's runs: to stand still together, and of any one to end.

While all is held no turn begins: what computes stands still within about a second, at the end of
its turn, and new runs wait. Nothing is written to the record, so each goes on exactly where it was,
and what its owner asked of it meanwhile is heard then. Only who wants to stop is heard at once. A
lab that is started anew holds nothing.
"""

import threading
from collections.abc import Callable

from lm_core.errors import LabError
from lm_core.runs.store import RunStore

BY_TEACHER = "Ended by the teacher. Press Resume to go on from the last checkpoint."


class Teaching:
    """The part of a `RunManager` that asks for no owner: its caller has to know who asks."""

    store: RunStore
    held: bool = False  # nothing computes
    _lock: threading.RLock
    _dispatch: Callable[[], None]
    stop: Callable[[str, str], None]

    def pause_all(self) -> None:
        """Hold everything, also what is started from now on."""
        with self._lock:
            self.held = True

    def go_on_all(self) -> None:
        """Let everything go on that its owner did not pause."""
        with self._lock:
            self.held = False
            self._dispatch()

    def end(self, run: str) -> None:
        """Stop a run, whosesoever it is; its owner can resume it, and is told.

        Raises:
            RunNotFound: it is not there.
            LabError: it has ended already, or is a part of an examination.
        """
        with self._lock:
            row = self.store.get(run)
            if not row.active:
                raise LabError("This run has ended already.")
            self.stop(run, row.owner)
            self.store.update(run, message=BY_TEACHER)
