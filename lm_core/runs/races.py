"""Races as the record of runs has them: a race is a row, and its runs are runs that name it."""

import json
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from lm_core.errors import RunNotFound
from lm_core.json_files import dumps

Opened = Callable[[], AbstractContextManager[sqlite3.Connection]]
NOT_HERE = (
    "This race is not here, or belongs to another browser: open it there, or start a new one."
)


@dataclass(frozen=True)
class RaceRow:
    """A race that was started; `spec` is a `Race` as plain JSON."""

    id: str
    owner: str
    title: str
    created: float
    spec: dict[str, Any]


class Races:
    """The rows of races; `reading` and `writing` open the record.

    Raises:
        StoreUnavailable: from any method, when the record cannot be read or written.
    """

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading, self._writing = reading, writing

    def create(self, owner: str, title: str, spec: dict[str, Any]) -> str:
        """A new one; its id cannot be guessed."""
        id = secrets.token_urlsafe(9)
        row = (id, owner, title, time.time(), dumps(spec))
        with self._writing() as db:
            db.execute(
                "INSERT INTO races (id, owner, title, created, spec) VALUES (?,?,?,?,?)", row
            )
        return id

    def get(self, id: str, owner: str) -> RaceRow:
        """Raises RunNotFound: the owner has no such race."""
        with self._reading() as db:
            asked = "SELECT * FROM races WHERE id = ? AND owner = ?"
            row = db.execute(asked, (id, owner)).fetchone()
        if row is None:
            raise RunNotFound(NOT_HERE)
        return _row(row)

    def of(self, owner: str) -> list[RaceRow]:
        """A visitor's races, newest first."""
        with self._reading() as db:
            asked = "SELECT * FROM races WHERE owner = ? ORDER BY created DESC, rowid DESC"
            return [_row(row) for row in db.execute(asked, (owner,)).fetchall()]

    def forget(self, id: str, owner: str) -> None:
        """The row alone; its runs are ordinary ones."""
        with self._writing() as db:
            db.execute("DELETE FROM races WHERE id = ? AND owner = ?", (id, owner))

    def adopt(self, old: str, new: str) -> None:
        """The races of one owner become those of another."""
        with self._writing() as db:
            db.execute("UPDATE races SET owner = ? WHERE owner = ?", (new, old))


def _row(row: sqlite3.Row) -> RaceRow:
    return RaceRow(**dict(row) | {"spec": json.loads(row["spec"])})
