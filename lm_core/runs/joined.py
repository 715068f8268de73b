"""One run that several visitors watch: the same spec gives the same run, so it is trained once.

Whoever starts what another trains already joins that run. Theirs is a row that follows it: a title,
a note and a number of their own, all else is the other's: how it stands, what it shows, its folder.
As soon as one of them steers or deletes what is theirs, the two part: the one that followed gets a
copy of all there is, and goes on from the last checkpoint to the same bits.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from lm_core.runs.keepsakes import FILE
from lm_core.runs.tables import TABLES, number_runs

CHECKPOINT = "checkpoint"  # of a run's folder
JOINED = "joined"  # the status that the row of a follower has itself, which nobody ever sees
SHARED = (
    "status",
    "requested",
    "requested_at",
    "single_steps",
    "lr_scale",
    "message",
    "started",
    "ended",
    "pid",
    "server",
    "facts",
    "pause_at",
    "attempt",
    "moved",
)
# The run whose events and files a run shows: itself, or the one it follows.
SOURCE = "COALESCE((SELECT NULLIF(follows, '') FROM runs WHERE id = ?1), ?1)"


def merged(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    """A row of `runs` as its owner sees it."""
    found = dict(row)
    if found["follows"]:
        asked = f"SELECT {', '.join(SHARED)} FROM runs WHERE id = ?"
        found |= dict(db.execute(asked, (found["follows"],)).fetchone() or {})
    return found


class Joined:
    """What a store does about runs that are watched by several."""

    _reading: Callable[[], AbstractContextManager[sqlite3.Connection]]
    _writing: Callable[[], AbstractContextManager[sqlite3.Connection]]
    get: Callable[..., Any]
    new_id: Callable[[], str]
    run_folder: Callable[[str], Path]

    def source(self, run: str) -> str:
        """The run whose events and files it shows."""
        with self._reading() as db:
            return db.execute(f"SELECT {SOURCE}", (run,)).fetchone()[0]

    def join(self, run: str, owner: str, title: str, race: str = "") -> str:
        """A run of this owner, and perhaps of a race of theirs, that follows another; its id."""
        fresh = self.new_id()
        with self._writing() as db:
            db.execute(
                "INSERT INTO runs (id, owner, title, status, created, race, spec, kind, follows) "
                "SELECT ?, ?, ?, ?, ?, ?, spec, kind, id FROM runs WHERE id = ?",
                (fresh, owner, title, JOINED, time.time(), race, run),
            )
            number_runs(db)
        return fresh

    def followers(self, run: str) -> list[str]:
        """The runs that follow this one, oldest first."""
        with self._reading() as db:
            asked = "SELECT id FROM runs WHERE follows = ? ORDER BY created, rowid"
            return [row["id"] for row in db.execute(asked, (run,))]

    def watchers(self, run: str) -> list[str]:
        """The owners of a run and of all that follow the same."""
        with self._reading() as db:
            asked = f"SELECT DISTINCT owner FROM runs WHERE id = {SOURCE} OR follows = {SOURCE}"
            return [row["owner"] for row in db.execute(asked, (run,))]

    def part(self, run: str, *, goes_on: str = "queued") -> None:
        """A follower becomes a run of its own: it shows all that has been shown, and has the last
        checkpoint. Those that followed the same run stay there.

        Args:
            goes_on: the status it has where the other still goes on.
        """
        from lm_core.checkpoints import copy_checkpoint  # which imports torch

        source, row = self.source(run), self.get(run)
        folder = self.run_folder(source)
        kept = {name: getattr(row, name) for name in ("message", "started", "ended", "server")}
        kept |= {"status": goes_on if row.active else row.status}
        fresh = folder.with_name(run)
        copy_checkpoint(folder / CHECKPOINT, fresh / CHECKPOINT)  # without one it begins anew
        others = shutil.ignore_patterns(CHECKPOINT, FILE, ".new-*")  # the file tells of the other
        with suppress(OSError):  # what is not there, or went meanwhile, is not looked back at
            shutil.copytree(folder, fresh, ignore=others, dirs_exist_ok=True)
        with self._writing() as db:
            names = ", ".join(f"{name} = ?" for name in kept)
            db.execute(
                f"UPDATE runs SET follows = '', facts = (SELECT facts FROM runs WHERE id = ?), "
                f"{names} WHERE id = ?",
                (source, *kept.values(), run),
            )
            for table, columns in TABLES.values():
                listed = ", ".join(columns)
                db.execute(
                    f"INSERT OR REPLACE INTO {table} (run, {listed}) "
                    f"SELECT ?, {listed} FROM {table} WHERE run = ? ORDER BY seq",
                    (run, source),
                )
            for table in ("snapshots", "checkpoints"):
                db.execute(
                    f"UPDATE {table} SET path = replace(path, ?, ?) WHERE run = ?",
                    (f"/{source}/", f"/{run}/", run),
                )

    def lead(self, run: str) -> None:
        """Those that follow a run follow it no more: the first gets all there is, and the others
        follow that one."""
        for first in self.followers(run)[:1]:
            self.part(first)
            with self._writing() as db:
                db.execute("UPDATE runs SET follows = ? WHERE follows = ?", (first, run))
