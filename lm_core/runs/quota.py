"""How much the lab keeps. What is over goes, the oldest first, and whoever it belonged to is told.

    runs that have ended   so many of one visitor, and of all together
    disk                   runs of one visitor, of all together, and own texts
    own texts              so many of one visitor, and so much; who has as many gives no more
    age                    a run that ended, a text that was read, so long ago (`keep_days`)

A run that waits or goes on is never touched, nor a text that one of these reads. How much
that is says `caps.py`.
"""

import contextlib
import math
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lm_core.corpora import AnyCorpus
from lm_core.corpora.files import texts_folder
from lm_core.corpora.own import as_text, has_own, own_bytes, own_key, own_name
from lm_core.errors import LabError, StoreUnavailable
from lm_core.runs.caps import caps
from lm_core.runs.own_texts import OwnText
from lm_core.runs.prepare import forget
from lm_core.runs.store import ACTIVE, ENDED, WAITING, Run, RunStore

OF_ONE, OF_TEXTS = 0.25, 0.1  # of these, for one visitor's runs (texts), and for all own texts
FREE = 300e6  # bytes that have to be free before a run begins: its snapshots and a checkpoint
DAY = 24 * 3600.0
FORGOTTEN = 400 * DAY  # seconds after which a visit is, as the cookie is by then


def disk() -> float:
    """Bytes that runs and texts may take together."""
    return 1e9 * caps().disk


def keep_seconds() -> float:
    """For how long a run that ended, and a text that was read, are kept; infinite: for ever."""
    days = caps().keep_days
    return math.inf if days is None else DAY * days


def check_free(folder: Path) -> None:
    """There is room for one more run.

    Raises:
        StoreUnavailable: there is not.
    """
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(folder).free
        if free < FREE:
            raise StoreUnavailable(
                f"Only {free / 1e6:,.0f} MB are free on the disk of the lab's home folder and a "
                f"run may need {FREE / 1e6:,.0f}: free some space, or delete runs you no longer "
                "need."
            )


def check_texts(given: list[OwnText], corpus: AnyCorpus) -> None:
    """There is room for one more text beside those of a visitor.

    Raises:
        LabError: there is not.
    """
    others = [one for one in given if one.text != own_key(corpus.info.name)]
    if len(others) >= (texts := caps().texts_kept):
        raise LabError(f"You have {texts} texts here, which is the most: delete one of them.")
    size = len(as_text(corpus).encode()) + sum(own_bytes(one.text) for one in others)
    most = disk() * OF_TEXTS * OF_ONE
    if size > most:
        raise LabError(
            f"With this your texts would take {size / 1e6:,.0f} MB here and {most / 1e6:,.0f} is "
            "the most: delete one of them."
        )


def reads(run: Run, text: str) -> bool:
    """Whether a run learns an own text, by its SHA-256."""
    return run.spec.get("data", {}).get("text") == text


class Quota:
    """Keeps a store within its bounds; `tidy` is called now and then."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._bytes: dict[str, int] = {}  # of the folders of runs that have ended

    def tidy(self, remove: Callable[[Run], bool]) -> dict[str, int]:
        """Let `remove` take away what is over; how many runs of each owner it took.

        Raises:
            StoreUnavailable: the store cannot be read or written.
        """
        ended = self.store.runs_with(ENDED)  # oldest first
        sizes = {run.id: self._size(run) for run in ended}
        self._bytes = sizes
        removed: dict[str, int] = {}
        for run in self._over(ended, sizes):
            if remove(run):
                removed[run.owner] = removed.get(run.owner, 0) + 1
        for owner, runs in removed.items():
            self.store.tell(owner, runs)
        self._texts()
        self.store.forget_visits(time.time() - min(FORGOTTEN, keep_seconds()))
        return removed

    def _over(self, ended: list[Run], sizes: dict[str, int]) -> Iterator[Run]:
        """Runs that are to go: that are too old, of visitors who have too many or too large ones,
        then of all."""
        before = time.time() - keep_seconds()
        old = [run for run in ended if (run.ended or run.created) < before]
        yield from old
        owners: dict[str, list[Run]] = {}
        for run in ended:
            owners.setdefault(run.owner, []).append(run)
        most = disk() * (1 - OF_TEXTS)
        gone = {run.id for run in old}
        groups = [(runs, caps().runs_kept, disk() * OF_ONE) for runs in owners.values()]
        for runs, most_runs, space in [*groups, (ended, caps().runs_kept_in_all, most)]:
            left = [run for run in runs if run.id not in gone]
            total = sum(sizes[run.id] for run in left)
            for place, run in enumerate(left):
                if len(left) - place <= most_runs and total <= space:
                    break
                total -= sizes[run.id]
                gone.add(run.id)
                yield run

    def _size(self, run: Run) -> int:
        """Bytes of what a run, and its parts, left on disk."""
        if run.id not in self._bytes:
            parts = (run.id, *(child.id for child in self.store.children_of(run.id)))
            folders = map(self.store.run_folder, parts)
            self._bytes[run.id] = sum(_bytes(f for d in folders for f in d.rglob("*")))
        return self._bytes[run.id]

    def _texts(self) -> None:
        """Own texts that were not read for the longest time."""
        needed = {
            run.spec.get("data", {}).get("text") for run in self.store.runs_with(WAITING + ACTIVE)
        }
        files = []
        for file in filter(lambda f: has_own(f.stem), texts_folder().glob("*.json")):
            with contextlib.suppress(OSError):
                files.append((file.stat().st_mtime, file.stat().st_size, file))
        total, most = sum(size for _, size, _ in files), disk() * OF_TEXTS
        before = time.time() - keep_seconds()
        for read, size, file in sorted(files, key=lambda one: one[0]):
            if total <= most and read >= before:
                return
            if file.stem not in needed:
                file.unlink(missing_ok=True)
                forget(own_name(file.stem))
                total -= size


def _bytes(files: Iterable[Path]) -> Iterator[int]:
    for file in files:
        with contextlib.suppress(OSError):
            yield file.stat().st_size if file.is_file() else 0


def sentence(count: int) -> str:
    """What the owner of removed runs is told."""
    runs = "1 of your oldest runs was" if count == 1 else f"{count:,} of your oldest runs were"
    days = keep_seconds() / DAY
    aged = "" if math.isinf(days) else f", none longer than {days:g} days"
    return (
        f"{runs} removed to make room: this lab keeps {caps().runs_kept:,} runs and "
        f"{disk() * OF_ONE / 1e9:,.3g} GB of each visitor, {caps().runs_kept_in_all:,} and "
        f"{disk() / 1e9:,.3g} GB in all{aged}. Download what you want to keep."
    )
