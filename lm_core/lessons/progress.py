"""How far a learner is with the ready lessons: which tasks of which steps are done.

Kept as runs are: beside them, by the id of the visitor, so that a lesson that was left is found
again; and tidied as they are. What was answered is not here (`board.py` has it, without the id).
"""

import time
from collections.abc import Iterable

from lm_core.lessons.kept import Kept
from lm_core.runs.caps import caps

FILE, VERSION = "lessons.sqlite", 1
MOST = 500  # rows of one visitor; no lesson has so many tasks
DAY = 24 * 3600.0
OPENED = 0  # stands for "the step was opened"; tasks are counted from 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS done (
    owner TEXT NOT NULL, lesson TEXT NOT NULL, step INTEGER NOT NULL, task INTEGER NOT NULL,
    at REAL NOT NULL, PRIMARY KEY (owner, lesson, step, task));
"""
NEWER = f"The lessons of this home folder were begun in a newer lab: use that, or move {FILE} away."


class Progress(Kept):
    """The record in the folder `home` (the lab's home by default); made with the first step.

    Raises:
        StoreUnavailable: from any method, when the file cannot be read or written.
    """

    file, version, called = FILE, VERSION, "record of lessons"
    schema, newer = SCHEMA, NEWER

    def open(self, owner: str, lesson: str, step: int) -> float:
        """The learner is at a step; when that was first, in seconds since 1970."""
        self._keep(owner, lesson, step, [OPENED])
        asked = "SELECT at FROM done WHERE owner = ? AND lesson = ? AND step = ? AND task = ?"
        (row,) = self._rows(asked, owner, lesson, step, OPENED)
        return row["at"]

    def tick(self, owner: str, lesson: str, step: int, tasks: Iterable[int]) -> None:
        """These tasks of a step, from 1, are done, and stay so."""
        self._keep(owner, lesson, step, tasks)

    def done(self, owner: str, lesson: str) -> dict[int, frozenset[int]]:
        """The steps of a lesson that were opened, and which tasks of each are done."""
        found: dict[int, set[int]] = {}
        asked = "SELECT step, task FROM done WHERE owner = ? AND lesson = ?"
        for row in self._rows(asked, owner, lesson):
            found.setdefault(row["step"], set()).add(row["task"])
        return {step: frozenset(tasks - {OPENED}) for step, tasks in found.items()}

    def last(self, owner: str) -> tuple[str, int] | None:
        """The lesson and the step that were opened last; None where none was."""
        asked = (
            "SELECT lesson, step FROM done WHERE owner = ? AND task = ? ORDER BY at DESC LIMIT 1"
        )
        rows = self._rows(asked, owner, OPENED)
        return (rows[0]["lesson"], rows[0]["step"]) if rows else None

    def forget(self, owner: str, lesson: str | None = None) -> None:
        """A lesson, or all of them, as if they had not been begun."""
        if not self.path.exists():
            return
        which, given = ("", (owner,)) if lesson is None else (" AND lesson = ?", (owner, lesson))
        with self._db.writing() as db:
            db.execute(f"DELETE FROM done WHERE owner = ?{which}", given)

    def tidy(self) -> None:
        """What is older than a lab keeps what visitors leave (`keep_days`) goes."""
        days = caps().keep_days
        if days is None or not self.path.exists():
            return
        before = time.time() - days * DAY
        if self._rows("SELECT 1 FROM done WHERE at < ? LIMIT 1", before):
            with self._db.writing() as db:
                db.execute("DELETE FROM done WHERE at < ?", (before,))

    def _keep(self, owner: str, lesson: str, step: int, tasks: Iterable[int]) -> None:
        rows = [(owner, lesson, step, task, time.time()) for task in tasks]
        with self._db.writing() as db:
            db.executemany("INSERT OR IGNORE INTO done VALUES (?, ?, ?, ?, ?)", rows)
            db.execute(
                "DELETE FROM done WHERE owner = ? AND rowid NOT IN "
                "(SELECT rowid FROM done WHERE owner = ? ORDER BY at DESC LIMIT ?)",
                (owner, owner, MOST),
            )
