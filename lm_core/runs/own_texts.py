"""Whose own texts are whose, and what their owners call them: rows of the record of runs.

A text itself is stored once, whoever gives it (`corpora/own.py`). That it is somebody's stands
here, so that their browser finds it again, on every page, and nobody else's does.
"""

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from lm_core.corpora.own import has_own, load_own
from lm_core.errors import BadText, LabError

Opened = Callable[[], AbstractContextManager[sqlite3.Connection]]


@dataclass(frozen=True)
class OwnText:
    """A text that a visitor gave: its SHA-256, its owner's name for it, what it holds."""

    text: str
    title: str
    kind: str  # of data, as tasks name them

    @property
    def items(self) -> bool:
        """Whether it is a list."""
        return self.kind == "items"

    @property
    def here(self) -> bool:
        """Whether it is stored yet: texts that nobody reads go when the disk is full."""
        return has_own(self.text)


class OwnTexts:
    """The rows of own texts; `reading` and `writing` open the record.

    Raises:
        StoreUnavailable: from any method, when the record cannot be read or written.
    """

    def __init__(self, reading: Opened, writing: Opened) -> None:
        self._reading, self._writing = reading, writing

    def of(self, owner: str) -> list[OwnText]:
        """A visitor's texts, in the order in which they were given."""
        with self._reading() as db:
            asked = "SELECT text, title, items, kind FROM texts WHERE owner = ? "
            rows = db.execute(f"{asked} ORDER BY given, rowid", (owner,))
            return [OwnText(row[0], row[1], row[3] or OF_BEFORE[row[2]]) for row in rows]

    def title(self, owner: str, text: str) -> str:
        """What a visitor calls a text; "" where it is none of theirs."""
        with self._reading() as db:
            asked = "SELECT title FROM texts WHERE owner = ? AND text = ?"
            row = db.execute(asked, (owner, text)).fetchone()
        return row["title"] if row else ""

    def add(self, owner: str, text: str, title: str, kind: str) -> None:
        """It is this visitor's now, under this name."""
        with self._writing() as db:
            _add(db, owner, text, title, kind, time.time())

    def rename(self, owner: str, text: str, title: str) -> None:
        """Raises BadText where it is none of theirs."""
        with self._writing() as db:
            rename = "UPDATE texts SET title = ? WHERE owner = ? AND text = ?"
            if not db.execute(rename, (title, owner, text)).rowcount:
                raise BadText(NOT_YOURS)

    def remove(self, owner: str, text: str, last: Callable[[], None] = lambda: None) -> None:
        """It is no longer this visitor's. `last` is called where it was nobody else's either,
        before anyone can give it again.

        Raises:
            BadText: it is none of theirs.
        """
        with self._writing() as db:
            mine = (owner, text)
            if not db.execute("DELETE FROM texts WHERE owner = ? AND text = ?", mine).rowcount:
                raise BadText(NOT_YOURS)
            if not db.execute("SELECT 1 FROM texts WHERE text = ?", (text,)).fetchone():
                last()

    def adopt(self, old: str, new: str) -> None:
        """The texts of one owner become those of another."""
        with self._writing() as db:
            db.execute("UPDATE OR IGNORE texts SET owner = ? WHERE owner = ?", (new, old))
            db.execute("DELETE FROM texts WHERE owner = ?", (old,))


OF_BEFORE = ("text", "items")  # what a row without a kind holds, by its flag
NOT_YOURS = "This text is not here, or belongs to another browser: give it again."


def _add(
    db: sqlite3.Connection, owner: str, text: str, title: str, kind: str, given: float
) -> None:
    db.execute(
        "INSERT INTO texts (owner, text, title, items, kind, given) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (owner, text) DO UPDATE SET title = excluded.title",
        (owner, text, title, kind == "items", kind, given),
    )


def found_in_runs(db: sqlite3.Connection) -> None:
    """Into a new table the texts that the runs of a visitor have read, as far as they are stored:
    of a record that is older than the table, or was lost. Call it inside a transaction."""
    for row in db.execute("SELECT owner, spec, created FROM runs ORDER BY created").fetchall():
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            text = json.loads(row["spec"])["data"].get("text", "")
            if text and has_own(text):
                with contextlib.suppress(LabError):
                    info = load_own(text).info
                    _add(db, row["owner"], text, info.title, info.kind, row["created"])
