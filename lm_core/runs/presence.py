"""Which lab servers are alive on a home folder: each holds a file lock that its death lets go.

A process id would not do: after a restart of the machine, or of a container, the same number
belongs to somebody else.
"""

import contextlib
import secrets
from pathlib import Path

from filelock import FileLock

from lm_core.errors import StoreUnavailable
from lm_core.home import make_folder, unwritable


class Presence:
    """This server's own lock, and a look at those of others.

    Raises:
        StoreUnavailable: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.id = secrets.randbits(53)
        self._folder = make_folder(folder / "servers")
        self._lock = _lock(self._path(self.id))
        try:
            self._lock.acquire()
        except OSError as error:
            raise StoreUnavailable(unwritable(error)) from None

    def __repr__(self) -> str:
        return f"Presence({self.id})"

    def is_alive(self, server: int | None) -> bool:
        """Whether the server of that id still runs; what a dead one left behind is removed."""
        if not server or not self._path(server).exists():
            return False
        try:
            with _lock(self._path(server)):
                pass
        except OSError:  # filelock's Timeout is one: it is held
            return True
        self._path(server).unlink(missing_ok=True)
        return False

    def leave(self) -> None:
        """This server ends."""
        self._lock.release()
        with contextlib.suppress(OSError):
            self._path(self.id).unlink(missing_ok=True)

    def _path(self, server: int) -> Path:
        return self._folder / f"{server}.lock"


def _lock(path: Path) -> FileLock:
    """It is taken at once or not at all, and one thread may let go what another took."""
    return FileLock(path, blocking=False, thread_local=False)
