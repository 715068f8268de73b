"""Which lab servers are alive on a home folder: each holds a lock that its death lets go.

A process id would not do: after a restart of the machine, or of a container, the same number
belongs to somebody else. The lock is one of SQLite's, as that works on every platform.
"""

import contextlib
import secrets
import sqlite3
from pathlib import Path

from lm_core.errors import StoreUnavailable
from lm_core.home import make_folder, unwritable


class Presence:
    """This server's own lock, and a look at those of others.

    Raises:
        StoreUnavailable: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.id = secrets.randbits(53)
        self._folder = make_folder(folder / "servers")
        try:
            self._lock = self._locked(self._path(self.id))
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(unwritable(error)) from None

    def __repr__(self) -> str:
        return f"Presence({self.id})"

    def is_alive(self, server: int | None) -> bool:
        """Whether the server of that id still runs; what a dead one left behind is removed."""
        if not server or not self._path(server).exists():
            return False
        try:
            self._locked(self._path(server)).close()
        except sqlite3.DatabaseError:
            return True
        self._path(server).unlink(missing_ok=True)
        return False

    def leave(self) -> None:
        """This server ends."""
        self._lock.close()
        with contextlib.suppress(OSError):
            self._path(self.id).unlink(missing_ok=True)

    def _path(self, server: int) -> Path:
        return self._folder / f"{server}.lock"

    @staticmethod
    def _locked(path: Path) -> sqlite3.Connection:
        db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = MEMORY")  # no second file beside it
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db
