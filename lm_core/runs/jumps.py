"""A wall clock that was set: what is counted from moves along.

A laptop that slept, a clock that the network corrects: `time.time()` jumps. Times in the record are
of that clock, as several servers and a restart share it. A run that began "in an hour" would go on
for an hour with nobody watching, and one that slept would be stopped as left alone. Budgets go by a
clock that nobody sets.
"""

import time
from collections.abc import Iterable
from contextlib import suppress

from lm_core.errors import RunNotFound
from lm_core.runs.store import RunStore

NOTICED = 5.0  # seconds between two looks; less is corrected little by little


class Jumps:
    """Compares two clocks at each look."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._apart = time.time() - time.monotonic()

    def mind(self, going: Iterable[str]) -> None:
        """Where the clock was set since the last look: these runs began, and were told to stop, as
        long ago as before, and whose they are is here now.

        Raises:
            StoreUnavailable: that cannot be written; the next look tries again.
        """
        apart = time.time() - time.monotonic()
        jump = apart - self._apart
        if abs(jump) > NOTICED:
            for run in list(going):
                with suppress(RunNotFound):
                    self._move(run, jump)
        self._apart = apart

    def _move(self, run: str, jump: float) -> None:
        row = self.store.get(run)
        told = {"started": row.started, "requested_at": row.requested_at}
        moved = {name: moment + jump for name, moment in told.items() if moment is not None}
        if moved:
            self.store.update(run, **moved)
        self.store.visit(row.owner)
