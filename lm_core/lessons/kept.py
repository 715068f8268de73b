"""A file of the lab's home in which lessons keep what pupils did: made with the first entry."""

import sqlite3
from pathlib import Path
from typing import Any, ClassVar

from lm_core.errors import StoreUnavailable
from lm_core.home import home_folder
from lm_core.runs.database import Database


class Kept:
    """In the folder `home` (the lab's home by default).

    Raises:
        StoreUnavailable: from any method, when the file cannot be read or written.
    """

    file: ClassVar[str]
    called: ClassVar[str]  # in a sentence
    schema: ClassVar[str]
    version: ClassVar[int]
    newer: ClassVar[str]  # what is said of a file that a newer lab made

    def __init__(self, home: Path | None = None) -> None:
        self.path = (home or home_folder()) / self.file
        self._db = Database(self.path, self._make, self.called)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path.parent)!r})"

    def _rows(self, asked: str, *given: Any) -> list[sqlite3.Row]:
        if not self.path.exists():
            return []  # there is no entry yet
        with self._db.reading() as db:
            return db.execute(asked, given).fetchall()

    @classmethod
    def _make(cls, db: sqlite3.Connection) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > cls.version:
            raise StoreUnavailable(cls.newer)
        db.executescript(cls.schema)
        db.execute(f"PRAGMA user_version = {cls.version}")
