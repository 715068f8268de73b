"""RunStore: everything a run has shown, in one SQLite file.

Written by workers, read by pages; WAL mode, so readers never hold up the writer. A worker that is
killed loses nothing it had shown. Steps that a resumed run does again replace the old ones.

A run belongs to its `owner`, an unguessable id that a visitor's browser keeps; every call a page
makes names the owner. A run of the kind "doctor" is an examination; runs it makes on the way (a
cell of its grid) are its children: they have it as `parent`, belong to the same owner, and are
forgotten with it.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from lm_core.errors import RunNotFound
from lm_core.home import home_folder
from lm_core.json_files import dumps
from lm_core.runs import keepsakes
from lm_core.runs.database import Database
from lm_core.runs.joined import SOURCE, Joined, merged
from lm_core.runs.own_texts import OwnTexts, found_in_runs
from lm_core.runs.races import Races
from lm_core.runs.shares import Shares
from lm_core.runs.tables import (
    MOVING,
    SCHEMA,
    TABLES,
    add_columns,
    from_row,
    number_runs,
    to_row,
    update_specs,
)
from lm_core.training.events import Event, Snapshot, Step

WAITING, ACTIVE = ("queued",), ("starting", "running", "paused")
FILE = "runs.sqlite"
FOUND = (
    "The record of this run was lost, and its curve with it; its folder was found again. Resume "
    "goes on from its last checkpoint, or begins anew where there is none."
)
ENDED = ("finished", "stopped", "failed", "interrupted")


class Request(NamedTuple):
    """The state that the owner of a run asks for."""

    state: str  # run, pause or stop
    single_steps: int  # granted so far
    lr_scale: float
    pause_at: int | None  # the step after which it pauses


@dataclass(frozen=True)
class Run:
    """One row of `runs`."""

    id: str
    owner: str
    title: str
    spec: dict[str, Any]
    status: str
    requested: str
    requested_at: float | None
    single_steps: int
    lr_scale: float
    message: str
    created: float
    started: float | None
    ended: float | None
    pid: int | None
    server: int | None
    facts: dict[str, Any]
    kind: str  # train or doctor
    options: dict[str, Any]  # of a doctor's job
    parent: str  # the run this one is a part of, "" for most
    note: str
    pause_at: int | None
    attempt: int  # how often it was handed to a worker
    moved: float | None  # when it, or a part of it, last showed that it goes on
    number: int  # 1 for the first of its owner and kind; 0 of a part
    follows: str  # the run of another whose events and files it shows, "" for most
    race: str  # that it is a part of, "" for most

    @property
    def active(self) -> bool:
        """Waiting, being prepared, running or paused: its page should keep looking."""
        return self.status in WAITING + ACTIVE


class RunStore(Joined):
    """The store in `folder` (the lab's home by default); made on first use.

    Raises:
        StoreUnavailable: from any method, when the disk is full or may not be written.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home_folder()
        self.notice = ""  # a sentence about a record that was lost, for whoever looks
        self._db = Database(self.folder / FILE, self._make)
        with self._reading():
            pass

    def __repr__(self) -> str:
        return f"RunStore({str(self.folder)!r})"

    def run_folder(self, run: str) -> Path:
        """Where a run's checkpoints are."""
        return self.folder / "runs" / (self.source(run) if run else run)

    @property
    def texts(self) -> OwnTexts:
        """Whose own texts are whose."""
        return OwnTexts(self._reading, self._writing)

    @property
    def races(self) -> Races:
        """Whose races are whose."""
        return Races(self._reading, self._writing)

    @property
    def shares(self) -> Shares:
        """Which models others may open."""
        return Shares(self._reading, self._writing)

    def _reading(self) -> AbstractContextManager[sqlite3.Connection]:
        return self._db.reading()

    def _writing(self) -> AbstractContextManager[sqlite3.Connection]:
        return self._db.writing()

    def _make(self, db: sqlite3.Connection) -> None:
        """The tables of a file; into a new one what the folders of runs still tell."""
        named = "SELECT name FROM sqlite_master WHERE type = 'table'"
        there = {row["name"] for row in db.execute(named)}
        db.executescript(SCHEMA)
        db.execute("BEGIN IMMEDIATE")
        add_columns(db)
        told = () if "runs" in there else keepsakes.found(self.run_folder(""))
        listed = sum(_list(db, *found) for found in told)
        update_specs(db)
        if "texts" not in there:
            found_in_runs(db)
        number_runs(db)
        db.execute("COMMIT")
        if self._db.aside or listed:
            kept = f" The damaged file is kept as {self._db.aside.name}." if self._db.aside else ""
            self.notice = (
                f"The lab's record of runs was lost or damaged, and is begun anew.{kept} "
                f"Runs that are listed again, without their curves: {listed}."
            )

    # Runs ------------------------------------------------------------------------------------

    def new_id(self) -> str:
        """An id of a run, which cannot be guessed."""
        return secrets.token_urlsafe(9)

    def create(
        self,
        owner: str,
        title: str,
        spec: dict[str, Any],
        *,
        server: int = 0,
        kind: str = "train",
        options: dict[str, Any] | None = None,
        parent: str = "",
        race: str = "",
    ) -> str:
        """A new queued run; its id cannot be guessed, its number is the next of its owner.

        Raises:
            RunNotFound: the owner has no run `parent`.
        """
        if parent:
            self.get(parent, owner)
        run = self.new_id()
        texts = dumps(spec), dumps(options or {})
        with self._writing() as db:
            db.execute(
                "INSERT INTO runs (id, owner, title, status, created, spec, options, server, kind, "
                "parent, race) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?)",
                (run, owner, title, time.time(), *texts, server, kind, parent, race),
            )
            number_runs(db)
        return run

    def get(self, run: str, owner: str | None = None) -> Run:
        """One run. `owner` None is for workers and the manager.

        Raises:
            RunNotFound: there is none of that id that belongs to the owner.
        """
        with self._reading() as db:
            row = db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
            row = row and merged(db, row)
        if row is None or (owner is not None and row["owner"] != owner):
            raise RunNotFound(
                "This run is not here, or belongs to another browser: open it there, or start a "
                "new one."
            )
        return _run(row)

    def runs_of(self, owner: str, *, children: bool = False) -> list[Run]:
        """A visitor's runs, newest first, without those that are parts of another."""
        return self._runs(
            "owner = ? AND (parent = '' OR ?) ORDER BY created DESC, rowid DESC", owner, children
        )

    def children_of(self, run: str) -> list[Run]:
        """The runs that are parts of this one, oldest first."""
        return self._runs("parent = ? AND parent != '' ORDER BY created, rowid", run)

    def runs_in(self, race: str, owner: str) -> list[Run]:
        """The runs of a visitor's race, in the order in which they were started."""
        return self._runs(
            "race = ? AND race != '' AND owner = ? ORDER BY created, rowid", race, owner
        )

    def runs_with(self, statuses: Iterable[str]) -> list[Run]:
        """Every visitor's runs in any of the statuses, oldest first; for the manager, so without
        those that are parts of another."""
        statuses = tuple(statuses)
        marks = ", ".join("?" * len(statuses))
        return self._runs(f"status IN ({marks}) AND parent = '' ORDER BY created, rowid", *statuses)

    def trained_at(self, server: int, most: int) -> list[Run]:
        """Every visitor's trainings that a server has taken on, newest first, each once, whoever
        else follows it."""
        which = "server = ? AND kind = 'train' AND parent = '' AND follows = ''"
        return self._runs(f"{which} ORDER BY created DESC, rowid DESC LIMIT ?", server, most)

    def _runs(self, which: str, *values: Any) -> list[Run]:
        with self._reading() as db:
            rows = db.execute(f"SELECT * FROM runs WHERE {which}", values).fetchall()
            return [_run(merged(db, row)) for row in rows]

    def rename(self, run: str, owner: str, title: str) -> None:
        self.get(run, owner)
        self.update(run, title=title)
        self._keepsake(run)

    def annotate(self, run: str, owner: str, note: str) -> None:
        """Keep the owner's own words about a run."""
        self.get(run, owner)
        self.update(run, note=note)
        self._keepsake(run)

    def _keepsake(self, run: str) -> None:
        """What the run's folder says of it is said anew."""
        folder, row = self.run_folder(run), self.get(run)
        if not row.follows and (folder / keepsakes.FILE).exists():
            keepsakes.keep(folder, vars(row))

    def update(self, run: str, **columns: Any) -> None:
        """Set columns of a run; `facts` are merged into what is there."""
        if "facts" in columns:
            facts = self.get(run).facts | columns["facts"]
            columns["facts"] = dumps(facts)
        names = ", ".join(f"{name} = ?" for name in columns)
        with self._writing() as db:
            db.execute(f"UPDATE runs SET {names} WHERE id = ?", (*columns.values(), run))

    def adopt(self, old: str, new: str) -> int:
        """Give all runs and texts of one owner to another, whose numbers go on with them; how many
        runs there were."""
        self.texts.adopt(old, new)
        self.races.adopt(old, new)
        runs = self.runs_of(old, children=True)
        with self._writing() as db:
            own = "UPDATE runs SET owner = ?, number = 0 WHERE owner = ?"
            changed = db.execute(own, (new, old)).rowcount
            number_runs(db)
        for run in runs:
            self._keepsake(run.id)
        return changed

    def hand_over(self, run: str) -> int:
        """The run is given to a worker, by the number that comes back; who held it before can
        write nothing of it any more (see `HeldStore`)."""
        attempt = self.get(run).attempt + 1
        begun = {"started": time.time(), "pid": None}
        self.update(run, status="starting", attempt=attempt, **begun)
        return attempt

    def end(self, row: Run, status: str, message: str) -> None:
        """A run and its children end without their worker, unless the run has ended, or was handed
        over, since `row` was read."""
        marks = ", ".join("?" * len(WAITING + ACTIVE))
        going = f"status IN ({marks})"
        end = "UPDATE runs SET status = ?, message = ?, ended = ?"
        with self._writing() as db:
            ended = db.execute(
                f"{end} WHERE id = ? AND attempt = ? AND server IS ? AND {going}",
                (status, message, time.time(), row.id, row.attempt, row.server, *WAITING, *ACTIVE),
            )
            if ended.rowcount:
                db.execute(
                    f"{end} WHERE parent = ? AND {going}",
                    (status, message, time.time(), row.id, *WAITING, *ACTIVE),
                )

    def delete(self, run: str, owner: str) -> list[str]:
        """Forget a run, its children and all they showed; their ids, as their folders are the
        manager's to remove."""
        self.get(run, owner)
        children = self.clear(run)
        with self._writing() as db:
            db.execute("DELETE FROM runs WHERE id = ?", (run,))
            db.execute("DELETE FROM shares WHERE run = ?", (run,))
        return [run, *children]

    def clear(self, run: str) -> list[str]:
        """Forget what a run showed, and its children, whose ids come back; not the run itself."""
        children = [child.id for child in self.children_of(run)]
        with self._writing() as db:
            for table, _ in TABLES.values():
                for one in (run, *children):
                    db.execute(f"DELETE FROM {table} WHERE run = ?", (one,))
            db.execute("DELETE FROM runs WHERE parent = ?", (run,))
        return children

    def requested(self, run: str) -> Request:
        """What the owner wants now; of a run that is gone, that it stops."""
        with self._reading() as db:
            row = db.execute(
                "SELECT requested, single_steps, lr_scale, pause_at FROM runs WHERE id = ?", (run,)
            ).fetchone()
        return Request("stop", 0, 1.0, None) if row is None else Request(*row)

    # What a run shows ------------------------------------------------------------------------

    def record(self, run: str, shown: Iterable[Event]) -> None:
        """Keep events, in one transaction."""
        shown = list(shown)
        with self._writing() as db:
            if any(isinstance(event, MOVING) for event in shown):
                own = "id = ? OR id = (SELECT parent FROM runs WHERE id = ?)"
                db.execute(f"UPDATE runs SET moved = ? WHERE {own}", (time.time(), run, run))
            for event in shown:
                if type(event) not in TABLES:
                    continue
                table, columns, values = to_row(event)
                marks = ", ".join("?" * (len(columns) + 1))
                db.execute(
                    f"INSERT OR REPLACE INTO {table} (run, {', '.join(columns)}) VALUES ({marks})",
                    (run, *values),
                )

    def forget(self, kind: type, run: str, steps: Iterable[int]) -> None:
        """Events of `kind` at these steps are gone."""
        table, _ = TABLES[kind]
        with self._writing() as db:
            asked = f"DELETE FROM {table} WHERE run = ? AND step = ?"
            db.executemany(asked, [(run, step) for step in steps])

    def rewind(self, run: str, step: int) -> bool:
        """Forget what was shown after `step`, but for snapshots, which are files too; whether that
        was any step."""
        last = self.last(Step, run)
        with self._writing() as db:
            for kind, (table, _) in TABLES.items():
                if kind is not Snapshot:
                    db.execute(f"DELETE FROM {table} WHERE run = ? AND step > ?", (run, step))
        return last is not None and last["step"] > step

    def since(self, kind: type, run: str, seq: int = 0, *, every: int = 1) -> list[dict[str, Any]]:
        """What is new: events of `kind` after `seq`, each with its `seq`, in order. `every`: of so
        many steps only one, where a picture has no room for all."""
        which = f"run = {SOURCE} AND seq > ? AND step % ? = 0 ORDER BY step, seq"
        return self._shown(kind, which, run, seq, every)

    def newest(self, run: str) -> tuple[int | None, ...]:
        """The `seq` of the last event of each kind that a run has shown: another where it has shown
        something more, or something again."""
        last = f"run = {SOURCE} ORDER BY step DESC, seq DESC LIMIT 1"
        asked = ", ".join(f"(SELECT seq FROM {table} WHERE {last})" for table, _ in TABLES.values())
        with self._reading() as db:
            return tuple(db.execute(f"SELECT {asked}", (run,)).fetchone())

    def last(self, kind: type, run: str) -> dict[str, Any] | None:
        """The event of `kind` with the highest step."""
        found = self._shown(kind, f"run = {SOURCE} ORDER BY step DESC, seq DESC LIMIT 1", run)
        return found[0] if found else None

    def latest(self, kind: type, run: str) -> dict[str, Any] | None:
        """The event of `kind` that was written last, whatever step it is about."""
        found = self._shown(kind, f"run = {SOURCE} ORDER BY seq DESC LIMIT 1", run)
        return found[0] if found else None

    def _shown(self, kind: type, which: str, *values: Any) -> list[dict[str, Any]]:
        table, columns = TABLES[kind]
        with self._reading() as db:
            rows = db.execute(
                f"SELECT seq, {', '.join(columns)} FROM {table} WHERE {which}", values
            )
            return [from_row(table, row) for row in rows]

    # Visits ----------------------------------------------------------------------------------

    def visit(self, owner: str) -> None:
        """A page of this visitor is open now."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO visits (owner, seen) VALUES (?, ?) "
                "ON CONFLICT (owner) DO UPDATE SET seen = excluded.seen",
                (owner, time.time()),
            )

    def last_visit(self, owner: str) -> float | None:
        with self._reading() as db:
            row = db.execute("SELECT seen FROM visits WHERE owner = ?", (owner,)).fetchone()
        return None if row is None else row["seen"]

    def tell(self, owner: str, removed: int) -> None:
        """So many runs of this visitor were removed to make room."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO visits (owner, seen, removed) VALUES (?, ?, ?) "
                "ON CONFLICT (owner) DO UPDATE SET removed = removed + excluded.removed",
                (owner, time.time(), removed),
            )

    def removed(self, owner: str) -> int:
        """How many runs of this visitor were removed since `understood`."""
        with self._reading() as db:
            row = db.execute("SELECT removed FROM visits WHERE owner = ?", (owner,)).fetchone()
        return 0 if row is None else row["removed"]

    def understood(self, owner: str) -> None:
        """The visitor has read that runs were removed."""
        with self._writing() as db:
            db.execute("UPDATE visits SET removed = 0 WHERE owner = ?", (owner,))

    def forget_visits(self, before: float) -> None:
        """Visitors who were last seen before this time."""
        with self._writing() as db:
            db.execute("DELETE FROM visits WHERE seen < ?", (before,))


def _list(db: sqlite3.Connection, run: str, columns: dict[str, Any], shown: list[Event]) -> bool:
    """A run that a folder tells of, as one that was cut off. The attempt is higher than any that a
    worker may still hold."""
    texts = {name: dumps(columns[name]) for name in ("spec", "options")}
    row = columns | texts | {"id": run, "status": "interrupted", "message": FOUND}
    row |= {"server": 0, "attempt": int(time.time())}
    marks = ", ".join("?" * len(row))
    asked = f"INSERT OR IGNORE INTO runs ({', '.join(row)}) VALUES ({marks})"
    if not db.execute(asked, tuple(row.values())).rowcount:
        return False
    for event in shown:
        table, names, values = to_row(event)
        db.execute(
            f"INSERT OR REPLACE INTO {table} (run, {', '.join(names)}) VALUES (?, ?, ?)",
            (run, *values),
        )
    return True


def _run(row: dict[str, Any]) -> Run:
    read = {name: json.loads(row[name]) for name in ("spec", "facts", "options")}
    return Run(**row | read)
