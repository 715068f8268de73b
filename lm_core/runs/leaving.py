"""A visitor who leaves: all that is theirs is deleted, in the record and on disk.

What they share with somebody stays that one's: a text that another visitor gave too.
"""

import threading
from collections.abc import Callable

from lm_core.errors import LabError
from lm_core.figures import count
from lm_core.runs.store import RunStore


class Leaving:
    """What a visitor may ask who wants nothing kept."""

    store: RunStore
    _lock: threading.RLock
    stop: Callable[[str, str], None]
    delete: Callable[[str, str], None]
    delete_text: Callable[[str, str], None]

    def delete_all(self, owner: str) -> None:
        """Forget a visitor: runs and examinations with their parts, checkpoints and snapshots;
        races; texts with their prepared copies; when they were here.

        Raises:
            LabError: runs of theirs still go on, and were told to stop; nothing is deleted before
                all have.
            StoreUnavailable: something could not be deleted.
        """
        with self._lock:
            for run in self.store.runs_of(owner):
                if run.active:
                    self.stop(run.id, owner)
            mine = self.store.runs_of(owner)
            if going := sum(run.active for run in mine):
                raise LabError(
                    f"{count(going, 'run')} of yours {'is' if going == 1 else 'are'} going, and "
                    "told to stop, which takes a few seconds: then press the button once more."
                )
            for run in mine:
                self.delete(run.id, owner)
            for race in self.store.races.of(owner):
                self.store.races.forget(race.id, owner)
            for text in self.store.texts.of(owner):
                self.delete_text(text.text, owner)
            with self.store._writing() as db:
                db.execute("DELETE FROM visits WHERE owner = ?", (owner,))
