"""The lab's home folder as one file, made while the lab runs, and a home folder made of one.

    lab.zip:  limits.json  texts/...  downloads/...  runs/RUN/...  runs.sqlite

Folders are copied first and the record last: it then says at least as much of a run as its
checkpoint does, as after any interruption, and Resume goes on from there to the same bits. What
servers hold, what is made again by itself (`prepared`) and what is half written stays out.

An archive may come from anywhere: names that lead elsewhere, links, more than fits, and a record
that is none of the lab's are refused, and then nothing is left behind. Whoever has one has all that
visitors gave and learned, and their ids: keep it as you keep the machine.
"""

import contextlib
import os
import re
import shutil
import sqlite3
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from lm_core.errors import LabError, StoreUnavailable
from lm_core.home import make_folder, unwritable
from lm_core.runs import caps
from lm_core.runs.joined import CHECKPOINT
from lm_core.runs.store import FILE

RUNS = "runs"
FOLDERS = ("texts", "downloads", RUNS)
PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}")  # of a path; with a dot begins what is
# half written
# Events that say where on this machine a file is, by run and step.
PLACES = {"snapshots": "snapshots/step-%09d.safetensors", "checkpoints": CHECKPOINT}
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
SPARE = 100e6  # bytes that stay free
ENCRYPTED = 1  # a bit of an entry's flags
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
UNFIT = (
    "{} is no backup of this lab, or was damaged on its way ({}): take another one, or make it "
    "again with python -m lm_core backup."
)


class BadBackup(LabError):
    """A file that is no backup, or a folder that cannot take one."""


@dataclass(frozen=True)
class Kept:
    """What a backup holds: runs (without those that are parts of another), files, and the bytes of
    these files."""

    runs: int
    files: int
    bytes: int


# Out ----------------------------------------------------------------------------------------------


def back_up(home: Path, out: Path) -> Kept:
    """Write what a home folder keeps into `out`, which appears whole or not at all and can be read
    by this user alone. Servers may go on there meanwhile.

    Raises:
        BadBackup: there is no record of runs in `home`, or `out` is a folder, say.
        StoreUnavailable: one of the two cannot be read or written.
    """
    if not (home / FILE).is_file():
        raise BadBackup(
            f"There is no lab in {home}, so nothing to back up: set LM_LAB_HOME to its home folder."
        )
    if out.exists() and not out.is_file():  # a folder, or a device, which it would replace
        raise BadBackup(f"{out} is there already and no file: name another one, as lab.zip.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".backup-", dir=out.parent) as folder:
            made, record = Path(folder) / "made", Path(folder) / FILE
            how = {"compresslevel": 1, "strict_timestamps": False}
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, **how) as archive:
                for name, path in _files(home, Path(folder)):
                    with contextlib.suppress(FileNotFoundError):  # it was deleted meanwhile
                        archive.write(path, name)
                runs = _copy_record(home / FILE, record)
                archive.write(record, FILE)
                sizes = [one.file_size for one in archive.infolist()]
            made.chmod(0o600)
            os.replace(made, out)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(unwritable(error, out.parent)) from None
    return Kept(runs, len(sizes), sum(sizes))


def _files(home: Path, spare: Path) -> Iterator[tuple[str, Path]]:
    """Names in the archive, and where each file is. A checkpoint, which may be replaced at any
    time, is copied to `spare` first."""
    from lm_core.checkpoints import NEXT, copy_checkpoint  # which imports torch

    if (home / caps.FILE).is_file():
        yield caps.FILE, home / caps.FILE
    for path in (path for folder in FOLDERS for path in _walk(home / folder)):
        within = path.relative_to(home)
        if within.parts[0] != RUNS or CHECKPOINT not in within.parts[2:3]:
            yield within.as_posix(), path
    for folder in sorted((home / RUNS).glob(f"*/{CHECKPOINT}")):
        copy = spare / CHECKPOINT
        if copy_checkpoint(folder, copy):
            for path in (copy / NEXT).glob("*"):  # all there, and on the way to its place
                os.replace(path, copy / path.name)
            for path in _walk(copy):
                yield (folder.relative_to(home) / path.relative_to(copy)).as_posix(), path


def _walk(folder: Path) -> Iterator[Path]:
    """The files in a folder and below, without links and without what is half written."""
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(filter(PART.fullmatch, folders))
        paths = (Path(at) / name for name in sorted(filter(PART.fullmatch, files)))
        yield from (path for path in paths if path.is_file() and not path.is_symlink())


def _copy_record(path: Path, to: Path) -> int:
    """The record as it is at one moment, whoever writes to it; how many runs it has. VACUUM leaves
    out what was deleted, which the file itself holds until SQLite writes over it."""
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as db:
        db.execute("VACUUM INTO ?", (str(to),))
    return _runs_in(to)


def _runs_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT count(*) FROM runs WHERE parent = ''").fetchone()[0]


# In -----------------------------------------------------------------------------------------------


def restore(archive: Path, home: Path) -> Kept:
    """Fill the home folder `home`, which is made where it is missing, with a backup. Runs that were
    going when it was made are interrupted, and can be resumed.

    Raises:
        BadBackup: `home` is not empty, or `archive` is no backup.
        StoreUnavailable: `home` cannot be written, or has no room.
    """
    with ExitStack() as opened:
        packed, entries = _opened(archive, opened)
        make_folder(home)
        if here := sorted({path.name for path in home.iterdir()} - {"lost+found"}):
            raise BadBackup(
                f"{home} already holds {here[0]}: set LM_LAB_HOME to a new folder, or an empty one."
            )
        size = sum(entry.file_size for entry in entries)
        if size > shutil.disk_usage(home).free - SPARE:
            raise StoreUnavailable(
                f"{archive.name} unpacks to {size / 1e9:,.1f} GB, which {home} has no room for: "
                "free some space, or set LM_LAB_HOME to a folder on another disk."
            )
        try:
            made = Path(opened.enter_context(TemporaryDirectory(prefix=".restore-", dir=home)))
            for entry in entries:
                path = made / entry.filename
                path.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(entry) as source, path.open("wb") as target:
                    shutil.copyfileobj(source, target)
            runs = _settled(made, home)
            for path in sorted(made.iterdir(), key=lambda path: path.name == FILE):  # record last
                os.replace(path, home / path.name)
        except DAMAGE as error:
            raise BadBackup(UNFIT.format(archive.name, error)) from None
        except OSError as error:
            raise StoreUnavailable(unwritable(error, home)) from None
    return Kept(runs, len(entries), size)


def _opened(archive: Path, opened: ExitStack) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """The archive, and its entries, each of which is a file at a place where the lab has files.

    Raises:
        BadBackup: one is not, or it is no archive.
    """
    try:
        packed = opened.enter_context(zipfile.ZipFile(archive))
    except DAMAGE as error:
        raise BadBackup(UNFIT.format(archive.name, error)) from None
    except OSError as error:
        said = error.strerror or error
        raise BadBackup(f"{archive} cannot be read ({said}): check the path.") from None
    entries = packed.infolist()
    for entry in entries:
        first, *more = parts = entry.filename.split("/")
        placed = first in FOLDERS if more else first in (FILE, caps.FILE)
        # A link is a file whose content says where it leads; of a system without, the mode is 0.
        plain = stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG)
        readable = entry.compress_type in METHODS and not entry.flag_bits & ENCRYPTED
        if not (placed and plain and readable and all(map(PART.fullmatch, parts))):
            raise BadBackup(UNFIT.format(archive.name, f"{entry.filename!r} is none of its files"))
    names = {entry.filename for entry in entries}
    if len(names) < len(entries) or FILE not in names:
        raise BadBackup(UNFIT.format(archive.name, f"no {FILE}, or one name twice"))
    return packed, entries


def _settled(made: Path, home: Path) -> int:
    """Check the record, and let it and the folders of runs agree: paths lead into the new home, and
    a run that was deleted while the backup was made is not there. How many runs there are.

    Raises:
        ValueError: it is none of the lab's.
    """
    try:
        with closing(sqlite3.connect(made / FILE, isolation_level=None)) as db:
            db.execute("PRAGMA trusted_schema=OFF")
            # A trigger or a view would do what it likes whenever the lab writes or reads.
            strange = "type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
            found = db.execute(f"SELECT name FROM sqlite_master WHERE {strange}").fetchone()
            if found or db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise ValueError("its record of runs is damaged or none of the lab's")
            named = db.execute("SELECT id FROM runs UNION SELECT follows FROM runs").fetchall()
            runs = {str(name) for (name,) in named} - {""}
            if not all(map(PART.fullmatch, runs)):  # each is the name of a folder
                raise ValueError("its record of runs has ids that are none of the lab's")
            at = (home.absolute() / RUNS).as_posix()
            for table, place in PLACES.items():
                db.execute(
                    f"UPDATE {table} SET path = printf('%s/%s/{place}', ?, run, step)", (at,)
                )
        for folder in (made / RUNS).glob("*"):
            if folder.name not in runs:
                shutil.rmtree(folder)
        return _runs_in(made / FILE)
    except sqlite3.Error as error:
        raise ValueError(f"its record of runs: {error}") from None
