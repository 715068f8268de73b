"""The store as a worker has it, which was given one run: it writes while that run is its own.

A worker can be late. Its server was killed, another has said that the run was cut off, and its
owner has started it again; or the run was ended in its place, or deleted. Each time a run is handed
to a worker its `attempt` grows, so whoever holds an earlier one changes nothing any more and ends.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lm_core.errors import StoreUnavailable
from lm_core.runs.database import Database, StoreGone
from lm_core.runs.store import ACTIVE, FILE, Request, RunStore


class RunLost(Exception):
    """The run is not this worker's any more: there is nobody to tell, and nothing to keep."""


class HeldStore(RunStore):
    """The store in `folder`, which is there, for the worker of this attempt at `run`.

    Raises:
        RunLost: from every method that writes, once the run has ended or is another worker's.
    """

    def __init__(self, folder: Path, run: str, attempt: int) -> None:
        self.folder = folder
        self._db = Database(folder / FILE, None)
        self._held = run, attempt

    def check(self) -> None:
        """Raises RunLost as above; before what is written elsewhere than to the store."""
        with self._reading() as db:
            self._check(db)

    def requested(self, run: str) -> Request:
        self.check()
        return super().requested(run)

    def finish(self, status: str, message: str = "", **columns: Any) -> str:
        """The run ends so, which is returned, and is nobody's then. What was said of it before
        stays said.

        Raises:
            StoreUnavailable: that cannot be written; the sentence begins with `message`.
        """
        run, _ = self._held
        try:
            message = " ".join(filter(None, (self.get(run).message, message)))
            columns |= {"message": message, "ended": time.time(), "requested": "run"}
            self.update(run, status=status, **columns)
        except StoreUnavailable as error:
            raise StoreUnavailable(f"{message} {error}".strip()) from None
        return status

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with super()._reading() as db:
                yield db
        except StoreGone:
            raise RunLost("The record of this run is gone.") from None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with super()._writing() as db:
                self._check(db)
                yield db
        except StoreGone:
            raise RunLost("The record of this run is gone.") from None

    def _check(self, db: sqlite3.Connection) -> None:
        asked = "SELECT status FROM runs WHERE id = ? AND attempt = ?"
        row = db.execute(asked, self._held).fetchone()
        if row is None or row["status"] not in ACTIVE:
            raise RunLost("This run is not this worker's any more.")
