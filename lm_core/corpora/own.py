"""Your own text: pasted, uploaded or a file; made into a corpus; stored so a worker can read it.

own = read_upload("diary.txt", data)
corpus = own_corpus(own.text, title=own.title, items=False)
key = save_own(corpus);  load_own(key).splits == corpus.splits

A text is known by the hash of its content, whatever it is called: given again, under any title, it
is the text that models have learned already. Pairs, labelled texts, series and tables of one's own
are made in `own_pairs.py`, `own_labelled.py`, `own_series.py` and `own_table.py`, and named and
stored here.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lm_core.corpora.corpus import (
    SPLITS,
    AnyCorpus,
    Corpus,
    CorpusInfo,
    Labelled,
    Numbers,
    Pairs,
    Progress,
    untold,
)
from lm_core.corpora.decoding import MAX_BYTES, check_size, decode, tidy
from lm_core.corpora.files import texts_folder, write_whole
from lm_core.corpora.own_numbers import numbers_of, rows_of
from lm_core.corpora.own_summaries import names_summaries, of_table
from lm_core.corpora.splitting import split_items, split_text, unique
from lm_core.corpora.table import Table, parse_table
from lm_core.csv_files import csv_text, harmless
from lm_core.errors import BadText, StoreUnavailable
from lm_core.home import typed_path, unwritable
from lm_core.json_files import dumps
from lm_core.texts import in_form

MIN_CHARACTERS, MIN_ITEMS = 200, 20
MAX_FILE_BYTES = 1_000_000_000  # of a file named on the command line, which no stranger sent
STEPS = 4  # of making a corpus: letters, doubles, splits, and what names it
MAX_HELD_OUT = 1000  # items that validate, and as many that test
_PREFIX = "own-"  # of the name of a stored text
_KEY = re.compile(r"[0-9a-f]{64}")

Own = TypeVar("Own", Corpus, Pairs, Labelled, Numbers)


@dataclass(frozen=True)
class OwnText:
    """What was read. `note` is "" or a sentence for its owner on how it was read."""

    title: str
    text: str
    note: str = ""
    column: str | None = None

    @property
    def told(self) -> str:
        """The note, with the title of what it is about."""
        return f"{self.title}: {self.note}" if self.note else ""

    @property
    def items(self) -> list[str]:
        """The lines, without spaces around them and without the empty ones."""
        return _lines(self.text)


@dataclass(frozen=True)
class OwnFile(OwnText):
    """An uploaded file as it stands: of a `table` all of its columns."""

    table: bool = False

    def opened(self, progress: Progress = untold) -> "OwnText | OwnTable":
        """As text, or as a table of which a column is to be chosen; one of articles and their
        summaries is a text too. Errors as of `open_upload`."""
        if not self.table:
            return OwnText(self.title, self.text, self.note)
        if names_summaries(self.text):
            text, note = of_table(self.text)
            return OwnText(self.title, text, " ".join(filter(None, (self.note, note))))
        return OwnTable(self.title, parse_table(self.text, progress=progress), self.note)


@dataclass(frozen=True)
class OwnTable:
    """A CSV that was read, of which a column is to be chosen."""

    title: str
    table: Table
    note: str = ""

    def read(self, column: str | None = None, heading: bool | None = None) -> OwnText:
        """The text of a column, with notes on all that was done; arguments and errors as of
        `Table.text`."""
        text, column, first = self.table.text(column, heading)
        note = " ".join(filter(None, (self.note, self.table.note, first)))
        return OwnText(self.title, text, note, column)


def open_upload(
    name: str, data: bytes, *, limit: int = MAX_BYTES, progress: Progress = untold
) -> OwnText | OwnTable:
    """Read an uploaded .txt, .md, .csv or .tsv of at most 10 MB (`limit` in bytes).

    Args:
        name: the file's name as the browser gave it; only its ending and title are used.
        progress: told how far a table is read, which takes a while.

    Raises:
        BadText: too large, another kind of file, empty, binary, unreadable, or a table without
            text; with how to mend it.
    """
    return decode_upload(name, data, limit=limit).opened(progress)


def decode_upload(name: str, data: bytes, *, limit: int = MAX_BYTES, encoding: str = "") -> OwnFile:
    """An upload before a table is taken apart, in an `encoding` of `decode` where one is said;
    other arguments and errors as of `open_upload`, but for those of a table."""
    check_size(len(data), limit)
    title, ending = _title(name)
    if ending not in (".txt", ".md", ".csv", ".tsv"):
        raise BadText("Only .txt, .md, .csv and .tsv can be read: save it as plain text (.txt).")
    return OwnFile(
        title, *decode(data, limit=limit, encoding=encoding), table=ending in (".csv", ".tsv")
    )


def read_upload(
    name: str, data: bytes, column: str | None = None, *, limit: int = MAX_BYTES
) -> OwnText:
    """As `open_upload`, and of a table the text of a column.

    Raises:
        BadText: as `open_upload` and `Table.text`.
    """
    opened = open_upload(name, data, limit=limit)
    return opened.read(column) if isinstance(opened, OwnTable) else opened


def from_paste(text: str, *, title: str = "Pasted text") -> OwnText:
    """Text from a text box.

    Raises:
        BadText: over 10 MB, empty, a single character, or full of control characters.
    """
    check_size(len(text))  # cheap, and enough for a text far too long
    check_size(len(text.encode("utf-8", "replace")))
    return OwnText(title, *tidy(text))


def read_file(path: str | Path, column: str | None = None) -> OwnText:
    """A file of this machine, whatever its ending; a .csv as `read_upload` does. Up to 1 GB.

    Raises:
        BadText: it cannot be opened, or as `read_upload`.
        BadPath: as `typed_path`.
    """
    path, data = _bytes_of(path)
    if path.suffix.lower() == ".csv":
        return read_upload(path.name, data, column, limit=MAX_FILE_BYTES)
    return OwnText(_title(path.name)[0], *decode(data, limit=MAX_FILE_BYTES))


def open_file(path: str | Path) -> OwnText:
    """A file of this machine as it stands, a table too: all of its columns. Errors as of
    `read_file`."""
    path, data = _bytes_of(path)
    return OwnText(_title(path.name)[0], *decode(data, limit=MAX_FILE_BYTES))


def _bytes_of(path: str | Path) -> tuple[Path, bytes]:
    """What a file holds, and where it is."""
    path = typed_path(path)
    try:
        check_size(path.stat().st_size, MAX_FILE_BYTES)
        return path, path.read_bytes()
    except (OSError, ValueError) as error:  # a name with a zero byte, from a card, is a ValueError
        reason = getattr(error, "strerror", None) or "it cannot be opened"
        raise BadText(f"{path} cannot be read ({reason}): check the name of the file.") from None


def own_corpus(
    text_or_items: str | Sequence[str],
    *,
    title: str,
    items: bool,
    validation: str | None = None,
    note: str = "",
    form: str = "NFC",
    progress: Progress = untold,
) -> Corpus:
    """A corpus from text, or from items (a list, or text with one item a line).

    Items lose their doubles, are shuffled once and cut 80/10/10, with 1,000 at most in each of
    the last two. Running text is cut in order, 90/5/5. With `validation` all of the text trains
    and `validation` validates exactly as it is given, but for its accents.

    Args:
        note: what its owner is to be told of how it was read.
        form: "NFC" makes a letter and its accents one character, so that two spellings that look
            alike are one; "" leaves them as they stand.
        progress: told which of STEPS are done.

    Raises:
        BadText: fewer than 200 characters, or than 20 different items; or nothing to validate on.
    """
    given = text_or_items if isinstance(text_or_items, str) else "\n".join(text_or_items)
    given, _ = tidy(given)
    text = in_form(given, form)
    if text != given:
        note = f"{note} Letters and their accents were made one character (NFC).".lstrip()
    progress(1, STEPS)
    different = unique(_lines(text)) if items else []
    progress(2, STEPS)
    if items and len(different) < MIN_ITEMS:
        raise BadText(
            f"There are {len(different):,} different items here and {MIN_ITEMS} is the least: "
            "give more, one a line."
        )
    if not items and len(text) < MIN_CHARACTERS:
        raise BadText(
            f"This text has {len(text):,} characters and {MIN_CHARACTERS} is the least: "
            "give a longer one."
        )
    if validation is not None:
        held, _ = tidy(in_form(validation, form))
        splits = {
            "train": different if items else [text],
            "validation": _lines(held) if items else [held],
            "test": [],
        }
        rule = "All of it trains; a text of its own validates; no test."
    elif items:
        n = min(MAX_HELD_OUT, len(different) // 10)
        splits = split_items(different, validation=n, test=n)
        rule = f"Doubles removed, shuffled once; {n:,} items validate and {n:,} test."
    else:
        splits = split_text(text, 0.9, 0.95)
        rule = "In order: 90 % of the characters train, 5 % validate, the last 5 % test."
    progress(3, STEPS)
    corpus = _corpus(_shown(title), items, rule, splits)
    progress(STEPS, STEPS)
    return dataclasses.replace(corpus, info=dataclasses.replace(corpus.info, note=note))


@contextlib.contextmanager
def of_validation() -> Iterator[None]:
    """What is wrong inside is said to be so in the validation file."""
    try:
        yield
    except BadText as error:
        raise BadText(f"In the validation file: {error}") from None


def save_own(corpus: AnyCorpus) -> str:
    """Store an own corpus under the SHA-256 of its content, which is returned. One that is there
    keeps the title under which it was stored first.

    Raises:
        StoreUnavailable: the home folder cannot be written.
    """
    key = own_key(corpus.info.name)
    try:
        if not _path(key).exists():
            write_whole(_path(key), _json({"title": corpus.info.title} | _content(corpus)))
    except OSError as error:
        raise StoreUnavailable(unwritable(error)) from None
    return key


def load_own(key: str) -> AnyCorpus:
    """The corpus stored under a SHA-256, in any process of this machine.

    Raises:
        BadText: there is none of that key, or its file is damaged.
        StoreUnavailable: the home folder cannot be read.
    """
    gone = BadText("That text is not stored on this machine (any more): upload or paste it again.")
    if not _KEY.fullmatch(key):  # nothing else ever becomes part of a path
        raise gone
    try:
        data = _path(key).read_bytes()
        with contextlib.suppress(OSError):
            os.utime(_path(key))  # texts that nobody reads any more are the first to go
    except FileNotFoundError:
        raise gone from None
    except OSError as error:
        raise StoreUnavailable(unwritable(error)) from None
    corpus = None
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, OverflowError):
        stored: dict[str, Any] = json.loads(data)
        corpus = _restored(stored)
        if own_key(corpus.info.name) == key:
            return corpus
    if hashlib.sha256(data).hexdigest() != key:
        raise BadText("The stored copy of that text is damaged: upload or paste it again.")
    if corpus is None:  # right hash, another lab's format
        raise gone
    # Once the title was part of what was hashed; such a text keeps the name that runs know it by.
    return dataclasses.replace(corpus, info=dataclasses.replace(corpus.info, name=_PREFIX + key))


def remove_own(key: str) -> None:
    """Delete a stored text, if it is there.

    Raises:
        StoreUnavailable: the home folder cannot be written.
    """
    if not has_own(key):
        return
    try:
        _path(key).unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(unwritable(error)) from None


def as_text(corpus: AnyCorpus) -> str:
    """The text as models read it, all splits together: running text from beginning to end; items
    one a line, as they were shuffled; pairs likewise, with a tab between the sides; labelled texts,
    series and tables as a CSV. No cell of either is a formula to a spreadsheet."""
    if isinstance(corpus, Numbers):
        return csv_text(rows_of(corpus.given))
    rows: list[Any] = [row for split in SPLITS for row in corpus.splits[split]]
    if isinstance(corpus, Pairs):
        return "".join(f"{harmless(one)}\t{harmless(other)}\n" for one, other in rows)
    if isinstance(corpus, Labelled):
        return csv_text([("text", "label"), *rows])
    return "".join(f"{item}\n" for item in rows) if corpus.items else "".join(rows)


def is_own(name: str) -> bool:
    """Whether a corpus name is that of a stored own text."""
    return name.startswith(_PREFIX)


def own_key(name: str) -> str:
    """The SHA-256 in the `info.name` of an own corpus."""
    return name.removeprefix(_PREFIX)


def own_name(key: str) -> str:
    """How a corpus with that SHA-256 is named."""
    return _PREFIX + key


def has_own(key: str) -> bool:
    """Whether `load_own` would find a file of that key."""
    return bool(_KEY.fullmatch(key)) and _path(key).is_file()


def own_bytes(key: str) -> int:
    """What a stored text takes on disk; 0 where there is none."""
    try:
        return _path(key).stat().st_size if _KEY.fullmatch(key) else 0
    except OSError:
        return 0


def own_info(title: str, kind: str, rule: str) -> CorpusInfo:
    """What is known of an own text before it has its name (`named`)."""
    return CorpusInfo(
        name=_PREFIX,
        title=_shown(title),
        licence="Yours: it stays on the machine that runs this lab.",
        may_be_passed_on=True,  # by whoever gave it
        source="Your own text",
        kind=kind,
        how="own",
        split_rule=rule,
    )


def named(corpus: Own) -> Own:
    """The corpus, named after its content: the same text is the same name everywhere."""
    content, texts = _json(_content(corpus)), []
    if not isinstance(corpus, Numbers):
        texts = [text for rows in corpus.splits.values() for row in rows for text in _texts(row)]
    size = sum(len(text.encode()) for text in texts) or len(content)
    info = dataclasses.replace(
        corpus.info,
        name=_PREFIX + hashlib.sha256(content).hexdigest(),
        size=f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:,.1f} kB",
        form="NFC" if all(map(_is_composed, texts)) else "",
    )
    return dataclasses.replace(corpus, info=info)


def _texts(row: Any) -> Sequence[str]:
    """Of a document, a pair or a labelled text."""
    return (row,) if isinstance(row, str) else [text for text in row if isinstance(text, str)]


def _corpus(title: str, items: bool, rule: str, splits: dict[str, list[str]]) -> Corpus:
    info = own_info(title, "items" if items else "text", rule)
    return named(Corpus(info, {split: splits[split] for split in SPLITS}))


def _restored(stored: dict[str, Any]) -> AnyCorpus:
    """What `_content` and a title were made of."""
    if "items" in stored:
        return _corpus(stored["title"], stored["items"], stored["rule"], stored["splits"])
    info = own_info(stored["title"], stored["kind"], stored["rule"])
    if "given" in stored:
        return named(numbers_of(info, stored["given"]))
    splits: dict[str, Any] = {s: [tuple(row) for row in stored["splits"][s]] for s in SPLITS}
    if info.kind == "pairs":
        source, target = stored["sides"]
        return named(Pairs(info, splits, (source, target)))
    return named(Labelled(info, splits, stored["classes"], stored["unit"]))


def _content(corpus: AnyCorpus) -> dict[str, Any]:
    """What makes it the text that it is."""
    if isinstance(corpus, Numbers):
        rule = {"rule": corpus.info.split_rule, "kind": corpus.info.kind}
        return rule | {"given": corpus.given}
    content = {"rule": corpus.info.split_rule, "splits": corpus.splits}
    if isinstance(corpus, Corpus):
        return {"items": corpus.items} | content
    content["kind"] = corpus.info.kind
    if isinstance(corpus, Pairs):
        return {"sides": corpus.sides} | content
    return {"classes": corpus.classes, "unit": corpus.unit} | content


def _json(stored: dict[str, Any]) -> bytes:
    return dumps(stored, ensure_ascii=False, sort_keys=True).encode()


def _path(key: str) -> Path:
    return texts_folder() / f"{key}.json"


def _is_composed(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.split("\n")) if line]


def _title(name: str) -> tuple[str, str]:
    """A title that is safe to show, and the ending in small letters."""
    base = re.split(r"[\\/]", name)[-1]
    stem, dot, ending = base.rpartition(".")
    return _shown(stem if dot else base), f".{ending.lower()}" if dot else ""


def _shown(title: str) -> str:
    printable = "".join(c for c in title if c.isprintable())
    return printable.strip()[:80] or "Own text"
