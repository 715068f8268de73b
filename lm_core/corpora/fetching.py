"""Files from the network: fetched once with pooch, verified, kept in the lab's home folder.

`LM_LAB_DATA=FOLDER` supplies files by name with no network; the hash is checked all the same.
`LM_LAB_MIRROR=ADDRESS` names a server that holds the same files (one in the classroom, say); they
are asked for there as ADDRESS/corpus/file.
"""

import hashlib
import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lm_core.corpora.corpus import Progress, stamp
from lm_core.errors import BadPath, CorpusUnavailable, LabError, StoreUnavailable
from lm_core.home import home_folder, make_folder, typed_path, unwritable

TIMEOUT = (10, 30)  # seconds to connect, seconds without a byte
_CHUNK = 64 * 1024  # bytes between two calls of the progress callback


class Cancelled(LabError):
    """Raised by a progress callback to stop a download; nothing of it is kept."""

    def __init__(self, message: str = "The download was stopped; nothing of it was kept.") -> None:
        super().__init__(message)


@dataclass(frozen=True)
class RemoteFile:
    """One file of a corpus, and how to know that it is the right one."""

    corpus: str
    name: str
    url: str
    size: int  # bytes, for the progress bar before the server has said it
    sha256: str | None = None  # None: the corpus checks the content itself
    aliases: tuple[str, ...] = ()  # other names it may have in LM_LAB_DATA

    def address(self) -> str:
        """Where it is asked for."""
        mirror = os.environ.get("LM_LAB_MIRROR")
        return f"{mirror.rstrip('/')}/{self.corpus}/{self.name}" if mirror else self.url

    def kept(self) -> Path:
        """Where it is kept once fetched."""
        return download_folder(self.corpus) / self.name

    def supplied(self) -> list[Path]:
        """Files of its names in the folder `LM_LAB_DATA`, the likeliest first.

        Raises:
            CorpusUnavailable: that folder is in nobody's home.
        """
        folder = os.environ.get("LM_LAB_DATA")
        if not folder:
            return []
        try:
            folder = typed_path(folder)
        except BadPath as error:
            raise CorpusUnavailable(f"LM_LAB_DATA: {error}") from None
        paths = [folder / name for name in (self.name, *self.aliases)]
        return [path for path in paths if path.is_file()]

    def matches(self, path: Path) -> bool:
        """Whether `path` can be read and has the right hash, where one is known."""
        try:
            with path.open("rb") as file:
                if self.sha256 is None:
                    return True
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False

    def find(self) -> Path | None:
        """The file where it already is on this machine and right, else None."""
        return next((p for p in (*self.supplied(), self.kept()) if self.matches(p)), None)

    def identity(self) -> list[str | int]:
        """The hash, where one is known; else which of the possible files it is."""
        path = self.find()
        return [] if path is None else [self.sha256] if self.sha256 else stamp(path)


def download_folder(corpus: str) -> Path:
    """Where the files of a corpus are kept. Not created here."""
    return home_folder() / "downloads" / corpus


def obtain(files: Sequence[RemoteFile], progress: Progress | None = None) -> list[Path]:
    """Paths of the files, downloading those that are not on this machine.

    Args:
        progress: called with bytes so far and bytes in all, over all files together; it may raise
            `Cancelled`.

    Raises:
        CorpusUnavailable: no network, a server that refuses, or a file that is not the right one.
        StoreUnavailable: the home folder cannot be written.
        Cancelled: the callback asked for it.
    """
    found = [file.find() for file in files]
    total = sum(file.size for file, path in zip(files, found, strict=True) if path is None)
    before, paths = 0, []
    for file, path in zip(files, found, strict=True):
        if path is None:
            _refuse_wrong(file)
            path = _download(file, _Bar(progress, before, total))
            before += file.size
        paths.append(path)
    return paths


def remove(corpus: str) -> None:
    """Forget the kept files of a corpus; it may be fetched again.

    Raises:
        StoreUnavailable: the folder cannot be written.
    """
    try:
        shutil.rmtree(download_folder(corpus))
    except FileNotFoundError:
        return  # there was nothing
    except OSError as error:
        raise StoreUnavailable(unwritable(error)) from None


class _Bar:
    """What pooch calls a progress bar, passing on to our callback.

    pooch reports whole chunks, so the last one runs over; counts are held to the file's size.
    """

    def __init__(self, progress: Progress | None, before: int, overall: int) -> None:
        self._progress, self._before, self._overall = progress, before, overall
        self.total, self._done = 0, 0

    def update(self, count: int) -> None:
        self._done += count
        if self.total:
            self._done = min(self._done, self.total)
        if self._progress is not None:
            so_far = self._before + self._done
            self._progress(so_far, max(so_far, self._overall))

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        """Nothing to tidy."""


def _refuse_wrong(file: RemoteFile) -> None:
    # A file supplied by hand is what its owner means to be used: say that it is wrong rather than
    # pass over it in silence and ask the network.
    for path in file.supplied():
        raise CorpusUnavailable(
            f"{path.name} in the folder LM_LAB_DATA is not the file that {file.corpus} needs "
            "(its SHA-256 differs, or it cannot be read): replace it with the original, or take "
            "it away so that it is downloaded."
        )


def _download(file: RemoteFile, bar: _Bar) -> Path:
    import pooch  # these two take 0.2 s to import and only a download needs them
    from requests.exceptions import HTTPError, RequestException

    pooch.get_logger().setLevel(logging.WARNING)  # it would print each download
    address, path = file.address(), file.kept()
    host = urlsplit(address).hostname or address
    mend = f"or set LM_LAB_DATA to a folder that holds {file.name}."
    make_folder(path.parent)
    # Without compression the bytes that arrive are the bytes the progress bar was told of.
    downloader = pooch.HTTPDownloader(
        progressbar=bar,
        chunk_size=_CHUNK,
        timeout=TIMEOUT,
        headers={"Accept-Encoding": "identity"},
    )
    try:
        pooch.retrieve(
            address, file.sha256, fname=path.name, path=path.parent, downloader=downloader
        )
    except HTTPError as error:
        raise CorpusUnavailable(
            f"The download of {file.corpus} failed: {host} answered {error.response.status_code} "
            f"for {file.name}; try again later, {mend}"
        ) from None
    except RequestException:
        raise CorpusUnavailable(
            f"{file.corpus} has to be downloaded once and {host} could not be reached, or the "
            f"connection broke off: check the network and try again, {mend}"
        ) from None
    except OSError as error:
        raise StoreUnavailable(unwritable(error)) from None
    except ValueError:  # pooch's word for a wrong hash
        raise CorpusUnavailable(
            f"What {host} sent for {file.corpus} is not the file this lab knows (its SHA-256 "
            f"differs) and was thrown away: try again, {mend}"
        ) from None
    return path
