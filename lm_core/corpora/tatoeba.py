"""tatoeba-en-fr: short sentences that volunteers of Tatoeba translated, English and French.

The list is that of manythings.org, from the shortest sentence to the longest: English, French and
who wrote them, with tabs between. It grows month by month, so no hash of it is known; what arrives
is looked at instead. All translations of a sentence go into one split.
"""

import io
import zipfile
import zlib
from pathlib import Path

from lm_core.corpora.corpus import CorpusInfo, Pairs, Progress, register
from lm_core.corpora.fetching import RemoteFile, download_folder, obtain, remove
from lm_core.corpora.splitting import split_pairs
from lm_core.errors import CorpusUnavailable

MEMBER = "fra.txt"
MAX_BYTES = 500_000_000  # of the list once unpacked: more is no list of sentences
FEWEST = 1000  # pairs
HELD_OUT = 1000  # pairs that validate, and as many that test

INFO = CorpusInfo(
    name="tatoeba-en-fr",
    title="Tatoeba, English to French",
    licence="CC BY 2.0 France (tatoeba.org; list by manythings.org/anki).",
    may_be_passed_on=True,
    source="manythings.org/anki, fra-eng.zip; sentences by the volunteers of tatoeba.org",
    kind="pairs",
    how="download",
    size="about 230,000 pairs, 8 MB to fetch",
    split_rule=(
        "Doubles removed, shuffled once, all translations of a sentence together; 1,000 pairs "
        "validate and 1,000 test."
    ),
    cut="word",
)
FILE = RemoteFile(
    corpus=INFO.name,
    name="fra-eng.zip",
    url="https://www.manythings.org/anki/fra-eng.zip",
    size=8_000_000,
    aliases=("tatoeba/fra-eng.zip",),
)


@register(
    INFO,
    idea="Everyday sentences, from “Go.” to whole stories: what a phrase book holds.",
    order=180,
    sources=lambda: [FILE],
)
def load_tatoeba(progress: Progress | None = None) -> Pairs:
    """Raises CorpusUnavailable as `fetching.obtain`, or where what arrived is no list of pairs."""
    (path,) = obtain([FILE], progress)
    rows = (line.split("\t") for line in _read(path).split("\n"))
    pairs = [
        (" ".join(row[0].split()), " ".join(row[1].split()))
        for row in rows
        if len(row) >= 2 and row[0].strip() and row[1].strip()
    ]
    if len(pairs) < FEWEST:
        raise CorpusUnavailable(_wrong(path))
    splits = split_pairs(pairs, validation=HELD_OUT, test=HELD_OUT)
    return Pairs(INFO, splits, ("English", "French"))


def _read(path: Path) -> str:
    """The list in the archive, not more of it than a list can be."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(MEMBER) as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise CorpusUnavailable(_wrong(path))
        return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig").read()
    except (
        OSError,
        EOFError,
        KeyError,
        ValueError,  # of which a letter that is not UTF-8 is one
        RuntimeError,  # a password
        NotImplementedError,  # a way of packing that is not known
        zipfile.BadZipFile,
        zlib.error,
    ):
        raise CorpusUnavailable(_wrong(path)) from None


def _wrong(path: Path) -> str:
    """The sentence for another file; a kept one is removed, so as to try again."""
    if path.is_relative_to(download_folder(INFO.name)):
        remove(INFO.name)
        return (
            "What was downloaded is not the list of Tatoeba's English and French pairs and was "
            f"thrown away: try again, or set LM_LAB_DATA to a folder that holds {FILE.name}."
        )
    return (
        f"{path.name} in the folder LM_LAB_DATA is not the list of Tatoeba's English and French "
        "pairs: replace it with the original, or take it away so that it is downloaded."
    )
