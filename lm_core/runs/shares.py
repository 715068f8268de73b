"""Models that visitors gave to others, as the record of runs has them: a word that cannot be
guessed, and the run whose model it opens, until it is taken back or the run is deleted."""

import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from lm_core.errors import RunNotFound

Opened = Callable[[], AbstractContextManager[sqlite3.Connection]]
BYTES = 24  # of chance in a word
MINE = "SELECT id FROM runs WHERE id = ? AND owner = ?"
NOT_HERE = "This run is not here, or belongs to another browser: share it there."


class Shares:
    """The rows of shared models; `reading` and `writing` open the record.

    Raises:
        StoreUnavailable: from any method, when the record cannot be read or written.
    """

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading, self._writing = reading, writing

    def word(self, run: str) -> str:
        """The word that opens the model of a run; "" where it is not shared."""
        with self._reading() as db:
            row = db.execute("SELECT token FROM shares WHERE run = ?", (run,)).fetchone()
        return row["token"] if row else ""

    def run(self, word: str) -> str:
        """The run whose model a word opens; "" where it opens none, or none any more."""
        with self._reading() as db:
            asked = "SELECT run FROM shares JOIN runs ON runs.id = run WHERE token = ?"
            row = db.execute(asked, (word,)).fetchone()
        return row["run"] if row else ""

    def give(self, run: str, owner: str) -> str:
        """The word of a run that its owner shares from now on, or did already.

        Raises:
            RunNotFound: the owner has no such run.
        """
        fresh = (secrets.token_urlsafe(BYTES), time.time(), run, owner)
        with self._writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO shares (token, given, run) "
                "SELECT ?, ?, id FROM runs WHERE id = ? AND owner = ?",
                fresh,
            )
            mine = db.execute(f"SELECT token FROM shares WHERE run IN ({MINE})", (run, owner))
            row = mine.fetchone()
        if row is None:
            raise RunNotFound(NOT_HERE)
        return row["token"]

    def take_back(self, run: str, owner: str) -> None:
        """Its word opens nothing any more; shared again it has another."""
        with self._writing() as db:
            db.execute(f"DELETE FROM shares WHERE run IN ({MINE})", (run, owner))
