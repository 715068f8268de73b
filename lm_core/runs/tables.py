"""The tables of the run store: which there are, and how events become rows of them.

`runs` has a row a run, `races` one a race, `visits` one a visitor, `texts` one for each text of a
visitor's own, `shares` one for each model that others may open. Every other table holds one kind of
event, keyed by run and step, so that a step done again replaces what it showed before; `seq` grows
with every write, and a page that has seen up to one asks for what came after it. What has no
columns of its own is kept as JSON.
"""

import json
import math
import sqlite3
from contextlib import suppress
from typing import Any

from lm_core.json_files import dumps, numbers
from lm_core.training import events
from lm_core.versions import VERSION, up_to_date

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, spec TEXT NOT NULL,
    status TEXT NOT NULL, requested TEXT NOT NULL DEFAULT 'run', requested_at REAL,
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
CREATE TABLE IF NOT EXISTS probes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    nats TEXT NOT NULL, UNIQUE (run, step));
CREATE TABLE IF NOT EXISTS examinations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    data TEXT NOT NULL, UNIQUE (run, step));
CREATE TABLE IF NOT EXISTS snapshots (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL, path TEXT,
    UNIQUE (run, step));
CREATE TABLE IF NOT EXISTS findings (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    part TEXT NOT NULL, data TEXT NOT NULL, UNIQUE (run, step, part));
CREATE TABLE IF NOT EXISTS diagnostics (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    code TEXT, severity TEXT, text TEXT, cure TEXT, UNIQUE (run, step, code));
CREATE TABLE IF NOT EXISTS checkpoints (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL, path TEXT,
    UNIQUE (run, step));
CREATE TABLE IF NOT EXISTS visits (owner TEXT PRIMARY KEY, seen REAL NOT NULL);
CREATE TABLE IF NOT EXISTS races (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created REAL NOT NULL,
    spec TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS texts (
    owner TEXT NOT NULL, text TEXT NOT NULL, title TEXT NOT NULL, items INTEGER NOT NULL,
    given REAL NOT NULL, PRIMARY KEY (owner, text));
CREATE INDEX IF NOT EXISTS texts_text ON texts (text);
CREATE TABLE IF NOT EXISTS shares (
    token TEXT PRIMARY KEY, run TEXT NOT NULL UNIQUE, given REAL NOT NULL);
"""

# What later versions of the lab added to tables that an older file has already.
LATER = (
    ("runs", "kind", "TEXT NOT NULL DEFAULT 'train'"),
    ("runs", "options", "TEXT NOT NULL DEFAULT '{}'"),
    ("runs", "parent", "TEXT NOT NULL DEFAULT ''"),
    ("runs", "note", "TEXT NOT NULL DEFAULT ''"),
    ("runs", "pause_at", "INTEGER"),
    ("runs", "attempt", "INTEGER NOT NULL DEFAULT 0"),
    ("runs", "moved", "REAL"),
    ("runs", "number", "INTEGER NOT NULL DEFAULT 0"),
    ("runs", "follows", "TEXT NOT NULL DEFAULT ''"),
    ("runs", "race", "TEXT NOT NULL DEFAULT ''"),
    ("visits", "removed", "INTEGER NOT NULL DEFAULT 0"),
    ("samples", "pieces", "TEXT NOT NULL DEFAULT '[]'"),
    ("diagnostics", "control", "TEXT NOT NULL DEFAULT ''"),
    ("evaluations", "metrics", "TEXT NOT NULL DEFAULT '{}'"),
    ("samples", "kind", "TEXT NOT NULL DEFAULT 'text'"),
    ("samples", "columns", "TEXT NOT NULL DEFAULT '[]'"),
    ("samples", "rows", "TEXT NOT NULL DEFAULT '[]'"),
    ("samples", "names", "TEXT NOT NULL DEFAULT '[]'"),
    ("samples", "grid", "TEXT NOT NULL DEFAULT '[]'"),
    ("texts", "kind", "TEXT NOT NULL DEFAULT ''"),
    ("samples", "captions", "TEXT NOT NULL DEFAULT '[]'"),
)

# And what they call otherwise.
RENAMED = (("runs", "wish", "requested"), ("runs", "wished", "requested_at"))

TABLES: dict[type, tuple[str, tuple[str, ...]]] = {
    events.Step: (
        "points",
        ("step", "tokens", "seconds", "nats", "lr", "grad_norm", "tokens_per_second"),
    ),
    events.Evaluated: (
        "evaluations",
        ("step", "tokens", "split", "nats", "scored_tokens", "whole", "metrics"),
    ),
    events.Sampled: (
        "samples",
        ("step", "text", "pieces", "kind", "columns", "rows", "names", "grid", "captions"),
    ),
    events.Probed: ("probes", ("step", "nats")),
    events.Examined: ("examinations", ("step", "data")),
    events.Snapshot: ("snapshots", ("step", "path")),
    events.Found: ("findings", ("step", "part", "data")),
    events.Diagnosed: ("diagnostics", ("step", "code", "severity", "text", "cure", "control")),
    events.Checkpointed: ("checkpoints", ("step", "path")),
}

MOVING = (events.Step, events.Found)  # what shows that a run, or an examination, goes on

AS_JSON = {
    "evaluations": ("metrics",),
    "samples": ("pieces", "columns", "rows", "names", "grid", "captions"),
    "probes": ("nats",),
    "examinations": ("data",),
    "findings": ("data",),
}


def add_columns(db: sqlite3.Connection) -> None:
    """Bring tables of an older lab up to date; call it inside a transaction."""
    for table, before, now in RENAMED:
        if before in _columns(db, table):
            db.execute(f"ALTER TABLE {table} RENAME COLUMN {before} TO {now}")
    for table, column, kind in LATER:
        if column not in _columns(db, table):
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    db.execute("CREATE INDEX IF NOT EXISTS runs_parent ON runs (parent)")
    db.execute("CREATE INDEX IF NOT EXISTS runs_follows ON runs (follows)")
    db.execute("CREATE INDEX IF NOT EXISTS runs_race ON runs (race)")


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}


def number_runs(db: sqlite3.Connection) -> None:
    """Runs that have no number yet get the next of their owner's and kind's, the oldest first; call
    it inside a transaction. Parts of an examination have none."""
    without = "SELECT id, owner, kind FROM runs WHERE number = 0 AND parent = ''"
    for run, *whose in db.execute(f"{without} ORDER BY created, rowid").fetchall():
        following = "SELECT COALESCE(MAX(number), 0) + 1 FROM runs WHERE owner = ? AND kind = ?"
        db.execute(f"UPDATE runs SET number = ({following}) WHERE id = ?", (*whose, run))


def to_row(event: Any) -> tuple[str, tuple[str, ...], tuple[Any, ...]]:
    """The table, the columns and the values of an event."""
    table, columns = TABLES[type(event)]
    fields = {kept: name for name, kept in events.KEPT_AS.get(type(event), {}).items()}
    values = (getattr(event, fields.get(column, column)) for column in columns)
    kept = (
        dumps(value) if column in AS_JSON.get(table, ()) else value
        for column, value in zip(columns, values, strict=True)
    )
    return table, columns, tuple(kept)


def from_row(table: str, row: sqlite3.Row) -> dict[str, Any]:
    """What `to_row` kept."""
    found = dict(row)
    for column in AS_JSON.get(table, ()):
        found[column] = _read(column, found[column])
    if None in found.values():  # SQLite keeps "not a number" so; no event has None in it
        return {column: math.nan if value is None else value for column, value in found.items()}
    return found


def _read(column: str, text: str) -> Any:
    """Lists come back as tuples, which is what events hold; JSON knows lists only. Words become
    numbers, but for the texts of pieces, which are a model's."""
    read = json.loads(text)
    if column in ("columns", "rows", "names"):
        return _tuples(read)
    if column == "pieces":
        return tuple((piece, numbers(p)) for piece, p in read)
    return _tuples(numbers(read))


def _tuples(read: Any) -> Any:
    """A list, and the lists in it, as tuples."""
    if isinstance(read, list):
        return tuple(tuple(one) if isinstance(one, list) else one for one in read)
    return read


def update_specs(db: sqlite3.Connection) -> None:
    """Say the specs of an older lab's runs as this one says them; call it inside a transaction."""
    older = f"spec NOT LIKE '%\"version\": {VERSION}%'"
    for run, text in db.execute(f"SELECT id, spec FROM runs WHERE {older}").fetchall():
        with suppress(ValueError):
            now = dumps(up_to_date(json.loads(text)))
            db.execute("UPDATE runs SET spec = ? WHERE id = ?", (now, run))
