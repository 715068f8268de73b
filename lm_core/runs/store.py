"""RunStore: everything a run has shown, in one SQLite file.

Written by workers, read by pages; WAL mode, so readers never hold up the writer. A worker that is
killed loses nothing it had shown. Steps that a resumed run does again replace the old ones.

A run belongs to its `owner`, an unguessable id that a visitor's page carries in its address; every
call a page makes names the owner.
"""

import json
import math
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lm_core.errors import RunNotFound, StoreUnavailable
from lm_core.home import home_folder, make_folder, unwritable
from lm_core.training import events

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, spec TEXT NOT NULL,
    status TEXT NOT NULL, wish TEXT NOT NULL DEFAULT 'run', wished REAL,
    single_steps INTEGER NOT NULL DEFAULT 0, lr_scale REAL NOT NULL DEFAULT 1.0,
    message TEXT NOT NULL DEFAULT '', created REAL NOT NULL, started REAL, ended REAL,
    pid INTEGER, server INTEGER, facts TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS runs_owner ON runs (owner, created);
CREATE TABLE IF NOT EXISTS points (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    tokens INTEGER, seconds REAL, nats REAL, lr REAL, grad_norm REAL, tokens_per_second REAL,
    UNIQUE (run, step));
CREATE TABLE IF NOT EXISTS evaluations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    tokens INTEGER, split TEXT, nats REAL, scored_tokens INTEGER, whole INTEGER,
    UNIQUE (run, step, split));
CREATE TABLE IF NOT EXISTS samples (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL, text TEXT,
    UNIQUE (run, step));
CREATE TABLE IF NOT EXISTS diagnostics (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    code TEXT, severity TEXT, text TEXT, cure TEXT, UNIQUE (run, step, code));
CREATE TABLE IF NOT EXISTS checkpoints (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL, path TEXT,
    UNIQUE (run, step));
CREATE TABLE IF NOT EXISTS visits (owner TEXT PRIMARY KEY, seen REAL NOT NULL);
"""

TABLES: dict[type, tuple[str, tuple[str, ...]]] = {
    events.Step: (
        "points",
        ("step", "tokens", "seconds", "nats", "lr", "grad_norm", "tokens_per_second"),
    ),
    events.Evaluated: (
        "evaluations",
        ("step", "tokens", "split", "nats", "scored_tokens", "whole"),
    ),
    events.Sampled: ("samples", ("step", "text")),
    events.Diagnosed: ("diagnostics", ("step", "code", "severity", "text", "cure")),
    events.Checkpointed: ("checkpoints", ("step", "path")),
}

WAITING, ACTIVE = ("queued",), ("starting", "running", "paused")
ENDED = ("finished", "stopped", "failed", "interrupted")


@dataclass(frozen=True)
class Run:
    """One row of `runs`."""

    id: str
    owner: str
    title: str
    spec: dict[str, Any]
    status: str
    wish: str
    wished: float | None
    single_steps: int
    lr_scale: float
    message: str
    created: float
    started: float | None
    ended: float | None
    pid: int | None
    server: int | None
    facts: dict[str, Any]

    @property
    def active(self) -> bool:
        """Waiting, being prepared, running or paused: its page should keep looking."""
        return self.status in WAITING + ACTIVE


class RunStore:
    """The store in `folder` (the lab's home by default); made on first use.

    Raises:
        StoreUnavailable: from any method, when the disk is full or may not be written.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home_folder()
        self._local = threading.local()
        make_folder(self.folder)
        with self._writing() as db:
            db.executescript(SCHEMA)

    def __repr__(self) -> str:
        return f"RunStore({str(self.folder)!r})"

    def run_folder(self, run: str) -> Path:
        """Where a run's checkpoints are."""
        return self.folder / "runs" / run

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            db = getattr(self._local, "db", None)
            if db is None:
                db = sqlite3.connect(self.folder / "runs.sqlite", timeout=10, isolation_level=None)
                db.row_factory = sqlite3.Row
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=NORMAL")
                self._local.db = db
            yield db
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a defect of ours, not of the disk
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(unwritable(error)) from None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as db, db:
            db.execute("BEGIN IMMEDIATE")
            yield db

    # Runs ------------------------------------------------------------------------------------

    def create(self, owner: str, title: str, spec: dict[str, Any], *, server: int = 0) -> str:
        """A new queued run; its id cannot be guessed."""
        run = secrets.token_urlsafe(9)
        with self._writing() as db:
            db.execute(
                "INSERT INTO runs (id, owner, title, spec, status, created, server) "
                "VALUES (?, ?, ?, ?, 'queued', ?, ?)",
                (run, owner, title, json.dumps(spec), time.time(), server),
            )
        return run

    def get(self, run: str, owner: str | None = None) -> Run:
        """One run. `owner` None is for workers and the manager.

        Raises:
            RunNotFound: there is none of that id that belongs to the owner.
        """
        with self._reading() as db:
            row = db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        if row is None or (owner is not None and row["owner"] != owner):
            raise RunNotFound("This run is not here, or is somebody else's: start a new one.")
        return _run(row)

    def runs_of(self, owner: str) -> list[Run]:
        """A visitor's runs, newest first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT * FROM runs WHERE owner = ? ORDER BY created DESC, rowid DESC", (owner,)
            )
            return [_run(row) for row in rows]

    def runs_with(self, statuses: Iterable[str]) -> list[Run]:
        """Every visitor's runs in any of the statuses, oldest first; for the manager."""
        statuses = tuple(statuses)
        marks = ", ".join("?" * len(statuses))
        with self._reading() as db:
            rows = db.execute(
                f"SELECT * FROM runs WHERE status IN ({marks}) ORDER BY created, rowid", statuses
            )
            return [_run(row) for row in rows]

    def update(self, run: str, **columns: Any) -> None:
        """Set columns of a run; `facts` is merged into what is there."""
        if "facts" in columns:
            facts = self.get(run).facts | columns["facts"]
            columns["facts"] = json.dumps(facts)
        names = ", ".join(f"{name} = ?" for name in columns)
        with self._writing() as db:
            db.execute(f"UPDATE runs SET {names} WHERE id = ?", (*columns.values(), run))

    def delete(self, run: str, owner: str) -> None:
        """Forget a run and all it showed (its folder is the manager's to remove)."""
        self.get(run, owner)
        with self._writing() as db:
            for table, _ in TABLES.values():
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
            db.execute("DELETE FROM runs WHERE id = ?", (run,))

    def wish(self, run: str) -> tuple[str, int, float]:
        """What the owner wants now: the wish, single steps granted so far, learning-rate scale."""
        with self._reading() as db:
            row = db.execute(
                "SELECT wish, single_steps, lr_scale FROM runs WHERE id = ?", (run,)
            ).fetchone()
        return ("stop", 0, 1.0) if row is None else tuple(row)

    # What a run shows ------------------------------------------------------------------------

    def record(self, run: str, shown: Iterable[events.Event]) -> None:
        """Keep events, in one transaction."""
        with self._writing() as db:
            for event in shown:
                if type(event) not in TABLES:
                    continue
                table, columns = TABLES[type(event)]
                marks = ", ".join("?" * (len(columns) + 1))
                db.execute(
                    f"INSERT OR REPLACE INTO {table} (run, {', '.join(columns)}) VALUES ({marks})",
                    (run, *(getattr(event, column) for column in columns)),
                )

    def since(self, kind: type, run: str, seq: int = 0) -> list[dict[str, Any]]:
        """What is new: events of `kind` after `seq`, each with its `seq`, in order."""
        table, columns = TABLES[kind]
        with self._reading() as db:
            rows = db.execute(
                f"SELECT seq, {', '.join(columns)} FROM {table} WHERE run = ? AND seq > ? "
                "ORDER BY step, seq",
                (run, seq),
            )
            return [_shown(row) for row in rows]

    def last(self, kind: type, run: str) -> dict[str, Any] | None:
        """The event of `kind` with the highest step."""
        table, columns = TABLES[kind]
        with self._reading() as db:
            row = db.execute(
                f"SELECT seq, {', '.join(columns)} FROM {table} WHERE run = ? "
                "ORDER BY step DESC, seq DESC LIMIT 1",
                (run,),
            ).fetchone()
        return None if row is None else _shown(row)

    # Visits ----------------------------------------------------------------------------------

    def visit(self, owner: str) -> None:
        """A page of this visitor is open now."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO visits VALUES (?, ?)", (owner, time.time()))

    def last_visit(self, owner: str) -> float | None:
        with self._reading() as db:
            row = db.execute("SELECT seen FROM visits WHERE owner = ?", (owner,)).fetchone()
        return None if row is None else row["seen"]


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    """SQLite keeps "not a number" as NULL; no event has None in it, so it is one."""
    return {key: math.nan if value is None else value for key, value in dict(row).items()}


def _run(row: sqlite3.Row) -> Run:
    values = dict(row)
    values["spec"], values["facts"] = json.loads(values["spec"]), json.loads(values["facts"])
    return Run(**values)
