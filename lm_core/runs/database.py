"""The SQLite file behind the run store, and what happens when it is not what it was.

While the lab runs, somebody may delete the file or its folder, or a disk may damage it. SQLite
would go on in a file that has no name any more, or refuse every page for good. Here a file that is
gone is noticed at the next look, one that is damaged is put aside and never deleted, and a new one
is begun. A worker opens what there is, and never makes a file: it would compute on for nobody.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from lm_core.errors import StoreUnavailable
from lm_core.home import make_folder, unwritable

DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
PARTS = ("", "-wal", "-shm", "-journal")  # the files of a database, which belong together
TIMEOUT = 10.0  # seconds to wait for another writer


class StoreGone(StoreUnavailable):
    """There is no file any more."""


class Database:
    """The database in the file `path`: a connection for each thread, made when it is needed.

    Args:
        make: fills a new file, and brings an older one up to date, given a connection; None: the
            file is there, and whoever asks for it never makes one.
        called: what it holds, in the sentence that says it was damaged.

    Raises:
        StoreUnavailable: from any method; of a damaged file once, as the next call finds a new one.
    """

    def __init__(
        self,
        path: Path,
        make: Callable[[sqlite3.Connection], None] | None,
        called: str = "record of runs",
    ) -> None:
        self.path, self._make, self._called = path, make, called
        self.aside: Path | None = None  # where the last damaged file was put
        self._local = threading.local()
        self._lock = threading.RLock()
        self._ready: tuple[int, int] | None = None  # the file that was made or brought up to date

    def __repr__(self) -> str:
        return f"Database({str(self.path)!r})"

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        file = None
        try:
            db, file = self._connection()
            yield db
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a defect of ours, not of the disk
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise StoreUnavailable(unwritable(error)) from None
            self._disconnect()
            raise StoreUnavailable(self._damaged(file)) from None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with self.reading() as db, db:
            db.execute("BEGIN IMMEDIATE")
            yield db

    def _connection(self) -> tuple[sqlite3.Connection, tuple[int, int] | None]:
        """This thread's connection to the file that is there now, and which file that is."""
        file = _identity(self.path)
        if self._make and (file is None or file != self._ready):
            with self._lock:
                self._prepare()
                file = self._ready
        db, held = getattr(self._local, "held", (None, None))
        if db is None or held != file:
            self._disconnect()
            if file is None:
                raise StoreGone(f"The lab's {self._called} is not there any more.")
            db = _connect(self.path)
            self._local.held = db, file
        return db, file

    def _disconnect(self) -> None:
        db, _ = self._local.__dict__.pop("held", (None, None))
        if db is not None:
            db.close()

    def _prepare(self) -> None:
        """See that the file is there and has its tables."""
        file = _identity(self.path)
        if file is not None and file == self._ready:
            return
        make_folder(self.path.parent)
        if file is None:
            self._put_aside(PARTS[1:])  # of a file that was deleted: they say nothing without it
            self.path.touch()
        try:
            with closing(_connect(self.path)) as db:
                self._make(db)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self._put_aside(PARTS)
            self._prepare()
        self._ready = _identity(self.path)

    def _damaged(self, file: tuple[int, int] | None) -> str:
        """Put a damaged file aside, if it is still there; the sentence that says so."""
        if self._make is None:
            return f"The lab's {self._called} is damaged."
        with self._lock:
            if _identity(self.path) == file:
                self._put_aside(PARTS)
                self._ready = None
        return f"The lab's {self._called} was damaged, and is begun anew: do that again."

    def _put_aside(self, parts: tuple[str, ...]) -> None:
        name = f"{self.path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}{self.path.suffix}"
        for part in parts:
            with suppress(FileNotFoundError):
                try:
                    Path(f"{self.path}{part}").rename(self.path.with_name(f"{name}{part}"))
                except FileNotFoundError:
                    raise
                except OSError as error:
                    raise StoreUnavailable(unwritable(error)) from None
                self.aside = self.path.with_name(name)


def _connect(path: Path) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=rw"
    db = sqlite3.connect(address, uri=True, timeout=TIMEOUT, isolation_level=None)
    db.row_factory = sqlite3.Row
    try:
        for setting in _journal():
            db.execute(f"PRAGMA {setting}")
    except BaseException:
        db.close()
        raise
    return db


def _journal() -> tuple[str, str]:
    """WAL needs memory that all who use the file share, so one machine. Several have the locks of
    their shared folder alone, and then a file that is cut short at each change."""
    if os.environ.get("LM_LAB_CLUSTER"):
        return "journal_mode=TRUNCATE", "synchronous=FULL"
    return "journal_mode=WAL", "synchronous=NORMAL"


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever its name; None where there is none."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreUnavailable(unwritable(error)) from None
    return found.st_dev, found.st_ino


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the content of the file is at fault; a file that was cut off has lost its tables."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says where it was noticed
    return code in DAMAGE or "no such table" in str(error)
