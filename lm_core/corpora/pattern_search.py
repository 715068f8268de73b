"""Search by a regular expression, in time that grows with the text alone.

Python's own engine goes back and tries again: `(a+)+b` can hold it for years, and a page with it.
Here RE2 reads the text, which ships inside pyarrow and keeps a set of states instead. It has no
back references and no look-around, for that reason, and says so. A pattern may still be so large
that each letter takes long: the text is read in pieces, and the reading ends with its time.

Source: Cox 2010, "Regular Expression Matching in the Wild"; github.com/google/re2.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lm_core.corpora.corpus import Corpus
from lm_core.corpora.statistics import Found, Hit
from lm_core.errors import BadText
from lm_core.texts import in_form

LONGEST = 200  # characters of a pattern
SECONDS = 1.0  # of computing, after which no further piece is begun; a busy machine has longer
PIECE = 8_000  # characters, to the end of a line where there is one
HELP = (
    "Letters stand for themselves; . is any of them, [aeiou] one of these, \\d a digit, \\w a "
    "letter or digit, \\b the end of a word; * is any number, + one or more, ? none or one; "
    "(this|that)."
)
QUICK = 0.1  # seconds: pieces that take less are twice as many the next time
_PRIVATE = range(0xE000, 0xF8FF)  # characters for marks, of which some stand in no text


@dataclass(frozen=True)
class FoundByPattern(Found):
    """`stopped` where its time ended before it had read everything."""

    stopped: bool = False


@dataclass(frozen=True)
class _Piece:
    document: int
    begin: int  # characters from the beginning of the document
    text: str


def search_pattern(
    corpus: Corpus,
    pattern: str,
    split: str = "train",
    limit: int = 20,
    *,
    around: int = 60,
    match_case: bool = False,
    seconds: float = SECONDS,
) -> FoundByPattern:
    """Where `pattern` matches in a split, as `statistics.search` answers. Matches of nothing do not
    count; one that would reach over many lines may be missed.

    Raises:
        BadText: it is empty, too long, or not a pattern that RE2 knows.
    """
    check(pattern)
    wanted = f"(?{'m' if match_case else 'im'}:{in_form(pattern, corpus.info.form)})"
    ends = time.thread_time() + seconds
    texts, labels = corpus.splits[split], corpus.labels.get(split, [])
    pieces, many = _pieces(texts), 8
    hits: list[Hit] = []
    total, documents = 0, set()
    while some := list(islice(pieces, many)):
        began = time.thread_time()
        if began > ends:
            return FoundByPattern(total, len(documents), hits, stopped=True)
        begin, end, marked = _marked([piece.text for piece in some], wanted)
        for piece, found in zip(some, marked, strict=True):
            if here := found.count(begin) - found.count(begin + end):
                total += here
                documents.add(piece.document)
                if len(hits) < limit:
                    label = labels[piece.document] if labels else ""
                    hits += _hits(texts[piece.document], piece, found, begin, end, label, around)
        many *= 2 if time.thread_time() - began < QUICK else 1
    return FoundByPattern(total, len(documents), hits[:limit])


def check(pattern: str) -> None:
    """Raises BadText: it is empty, too long, or not a pattern that RE2 knows."""
    if not pattern:
        raise BadText("Type a pattern to look for, such as \\bwar\\w*.")
    if len(pattern) > LONGEST:
        raise BadText(f"A pattern has at most {LONGEST} characters: make it shorter.")
    try:
        # Alone first: what is wrong is then said of it, and not of what is put around it.
        for one in (pattern, f"(?im:{pattern})"):
            _marked([""], one)
    except (ValueError, UnicodeError) as error:
        said = str(error).removeprefix("Invalid regular expression: ")
        raise BadText(
            f"This is not a pattern that can be searched for ({said}): mend it, or put a backslash "
            "before a sign that stands for itself. There are no back references and no look-around."
        ) from None


def _pieces(texts: Sequence[str]) -> Iterator[_Piece]:
    """All texts, long ones cut behind a line, or where they have none so near, behind a blank."""
    for document, text in enumerate(texts):
        begin = 0
        while begin < len(text):
            far = begin + PIECE
            end = text.find("\n", far, far + PIECE) + 1 or text.find(" ", far, far + PIECE) + 1
            end = min(len(text), end or far + PIECE) if far < len(text) else len(text)
            yield _Piece(document, begin, text[begin:end])
            begin = end


def _marked(texts: Sequence[str], pattern: str) -> tuple[str, str, list[str]]:
    """Two characters that stand in none of the texts, and the texts with every match between them.

    Raises:
        ValueError: RE2 does not know the pattern.
    """
    import pyarrow
    import pyarrow.compute

    whole = [text.encode("utf-8", "replace").decode() for text in texts]  # half characters as ?
    free = (chr(code) for code in _PRIVATE if not any(chr(code) in text for text in whole))
    begin, end = next(free), next(free)
    marked = pyarrow.compute.replace_substring_regex(
        pyarrow.array(whole, pyarrow.large_string()),
        pattern=pattern,
        replacement=f"{begin}\\0{end}",
    )
    return begin, end, marked.to_pylist()


def _hits(
    text: str, piece: _Piece, marked: str, begin: str, end: str, label: str, around: int
) -> list[Hit]:
    """The matches between marks, each with its place in the whole text."""
    hits, at = [], piece.begin
    for part in re.split(f"({begin}[^{end}]*{end})", marked):
        if not part.startswith(begin):
            at += len(part)
            continue
        match = part[1:-1]
        if match:
            behind = at + len(match)
            before = text[max(0, at - around) : at].rpartition("\n")[2]
            after = text[behind : behind + around].partition("\n")[0]
            hits.append(Hit(piece.document, label, at, before, match, after))
        at += len(match)
    return hits
