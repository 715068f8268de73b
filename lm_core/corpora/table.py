"""CSV tables as text: one cell of the chosen column a line, read as a person would read them.

table = parse_table(text)
table.columns();  table.text("name")
"""

import contextlib
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Any

from lm_core.corpora.corpus import Progress, untold
from lm_core.csv_files import typed
from lm_core.errors import BadText, nearest

MAX_COLUMNS = 200
_SAMPLE = 1000  # rows looked at to tell text from numbers, and a heading from text
_SAMPLE_CHARACTERS = 100_000  # of the file, looked at to find its separator
_PORTION = 50_000  # rows between two words of progress
_MARKS = ",;\t|"
_NONE = "\x1f"  # separates nothing: text has no control characters
_FITTING = 0.5  # of the rows are as wide as the first, or it is no table but a list

_DECLARED = re.compile(r'\ufeff?"?sep=(\t|[^\w\s"\'])"?[,;]*[ \t]*(?=\n|$)', re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?[\d.,' ]*\d[\d.,' ]*(e[+-]?\d+)?\s*%?", re.IGNORECASE)
_NOTHING = frozenset(("", "-", "na", "n/a", "nan", "none", "null"))
_HEADING = re.compile(
    r"(first|last|sur)?[ _]?names?|texts?|titles?|words?|sentences?|lines?|content|body|comments?|"
    r"messages?|labels?|items?|terms?|tokens?|prompts?|quotes?|poems?|lyrics|recipes?|reviews?|"
    r"questions?|answers?|descriptions?|categor(y|ies)|cit(y|ies)|countr(y|ies)|[a-z]+(_[a-z]+)+|"
    r"(pré|sur)?noms?|textes?|titres?|mots?|(vor|nach)?namen?|w[oö]rt(er)?|s[aä]tze?|titel|"
    r"nombres?|textos?|palabras?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Table:
    """A CSV as it was read: no more of it is kept than its columns of words."""

    first: tuple[str, ...]  # the cells of its first line
    heading: bool  # whether that line names the columns, as far as can be told
    texts: dict[int, str] = field(repr=False)  # place -> the cells under it, a line each
    note: str = ""  # "" or a sentence on how its lines were read

    def columns(self, heading: bool | None = None) -> list[str]:
        """Names of the columns that hold words. `heading` overrules what was found."""
        return list(self._places(heading))

    def text(self, column: str | None, heading: bool | None = None) -> tuple[str, str, str]:
        """The cells of a column, one a line, empty ones left out; the column's name; and a
        sentence on what the first line was taken for.

        Raises:
            BadText: no such column; or `column` is None and there is a choice.
        """
        chose, heading = heading is not None, self.heading if heading is None else heading
        places = self._places(heading)
        if column is None and len(places) > 1:
            raise BadText(f"Choose the column to read: {', '.join(places)}.")
        chosen = next(iter(places)) if column is None else column
        if chosen not in places:
            known = nearest(chosen, list(places))
            raise BadText(f"This CSV has no column of text named {chosen!r}{known}")
        place = places[chosen]
        rest, begin = self.texts[place], _cell(self.first[place])
        if heading:
            note = f"Its first line is the heading: the column “{chosen}” was read."
            if not chose and len(self.first) == 1:
                note += " If it is text, put a heading above it."
            return rest, chosen, note
        note = f"Its first line, “{begin[:60]}”, was read as text."
        note += "" if chose else " If it is a heading, delete it."
        return "\n".join(filter(None, (begin, rest))), chosen, note

    def _places(self, heading: bool | None) -> dict[str, int]:
        named = self.heading if heading is None else heading
        names = _distinct(self.first if named else [""] * len(self.first))
        return {names[place]: place for place in self.texts}


def parse_table(text: str, *, progress: Progress = untold) -> Table:
    """A CSV with commas, semicolons, tabs or bars, or as its line `sep=` says; or a list with a
    text in each line, whatever signs are in it.

    Args:
        progress: told of characters so far, and of all there are: its rows are read in the first
            half of them, and cells in the second.

    Raises:
        BadText: no rows, no words, too many columns, rows of unequal length, or quotes that do not
            close.
    """
    rows, mark, note = parse_rows(text, progress=progress)
    if len(rows) < 2:
        raise BadText("This CSV has no rows under its headings: give a table with text in it.")
    first, rows = rows[0], rows[1:]
    if not mark and any(sign in line for line, *_ in rows[:_SAMPLE] for sign in _MARKS):
        note = f"Each line was read as one text, commas and all. {note}".rstrip()
    worded = [i for i in range(len(first)) if _holds_words([row[i] for row in rows[:_SAMPLE]])]
    if not worded:
        raise BadText("No column of this CSV holds words: give a table with a column of text.")
    texts = {}
    for place, i in enumerate(worded):
        cells: list[str] = []
        for begin in range(0, len(rows), _PORTION):
            cells += filter(None, (_cell(row[i]) for row in rows[begin : begin + _PORTION]))
            done = (place + (begin + _PORTION) / len(rows)) / len(worded)
            progress(int(len(text) * (1 + min(1.0, done)) / 2), len(text))
        texts[i] = "\n".join(cells)
    return Table(tuple(first), _is_heading(first, rows[:_SAMPLE]), texts, note)


def parse_rows(text: str, *, progress: Progress = untold) -> tuple[list[list[str]], str, str]:
    """The rows that hold anything, all of one width and cells as they stand; what separates the
    cells ("" for a list, with a text in each line); and a note, "" or a sentence.

    Args:
        progress: told of half the characters that were read, and of all there are.

    Raises:
        BadText: too many columns, rows of unequal length, or quotes that do not close.
    """
    mark, note = "", ""
    if declared := _DECLARED.match(text):
        mark, text = declared[1], text[declared.end() :]  # its line stays, empty, and is counted
    if not mark:
        mark = _mark(text)
    try:
        rows = list(_read(text, mark, progress))
    except csv.Error:
        if mark != _NONE:  # quotes, or a cell past the 131,072 characters the csv module allows
            raise BadText(
                f"This CSV cannot be read near line {_line(text, mark):,}: close its quotes and "
                "keep cells under 131,000 characters, or save the text column alone as .txt."
            ) from None
        rows, note = [[line] for line in text.split("\n")], "Its quotes were read as text."
    rows = _even(rows, text, mark)
    return rows, "" if mark == _NONE else mark, note


def _mark(text: str) -> str:
    """What separates the cells: of the signs that give most rows the width of the first, the one
    that gives most; `_NONE` for a list."""
    sample = text[:_SAMPLE_CHARACTERS]
    if len(text) > len(sample) and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    found, ending = [], _NONE
    for mark in _MARKS:
        rows: list[list[str]] = []
        with contextlib.suppress(csv.Error):  # what stands before it says enough
            rows.extend(islice(_reader(sample, mark), _SAMPLE))
        rows = [row for row in rows if _end(row)]
        if not rows:
            continue
        ends = list(map(_end, rows))
        most, width = _widths(rows, ends)
        fitting = sum(
            e <= most and width <= len(r) for r, e in zip(rows[1:], ends[1:], strict=True)
        )
        share = fitting / (len(rows) - 1) if rows[1:] else 1.0
        if width > 1 and share >= _FITTING:
            found.append((share, width, mark))
        elif width == 1 and share == 1 and any(len(row) > 1 for row in rows):
            ending = mark  # a list whose lines end with it
    best = max(found, key=lambda one: one[:2], default=None)  # the first of equals: a comma
    return best[2] if best else ending


def _reader(text: str, mark: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)


def _read(text: str, mark: str, progress: Progress) -> Iterator[list[str]]:
    """The rows, a portion at a time."""
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=mark, strict=True)
    while portion := list(islice(reader, _PORTION)):
        yield from portion
        progress(source.tell() // 2, len(text))


def _even(rows: list[list[str]], text: str, mark: str) -> list[list[str]]:
    """The rows that hold anything, all of one width: separators at the end of a line part no cells.

    Raises:
        BadText: a row is wider or narrower than the first, or all are too wide.
    """
    ends = list(map(_end, rows))
    filled = [n for n, end in enumerate(ends) if end]
    if not filled:
        return []
    most, width = _widths(rows[filled[0] :], ends)
    if width > MAX_COLUMNS:
        raise BadText(
            f"This CSV has {width:,} columns and {MAX_COLUMNS} is the most: "
            "keep the column with the text and delete the others."
        )
    for n in filled:
        end = ends[n]
        if end <= most and width <= len(rows[n]):
            continue
        wide = end > most
        mend = (
            f"put quotes around text that holds the separator {mark!r}, or save a list as .txt."
            if wide
            else "fill it up, or delete it."
        )
        raise BadText(
            f"Line {_line(text, mark, n):,} of this CSV has "
            f"{_cells(end if wide else len(rows[n]))} where the first row has {width}: {mend}"
        )
    return [rows[n] if len(rows[n]) == width else rows[n][:width] for n in filled]


def _widths(rows: Sequence[Sequence[str]], ends: Sequence[int]) -> tuple[int, int]:
    """Cells of the first row, and up to the last that any row no wider fills."""
    most = len(rows[0])
    return most, max(end for end in ends if end <= most)


def _line(text: str, mark: str, row: int | None = None) -> int:
    """The line on which a row ends, from 1; without `row`, where the unreadable one begins."""
    reader, line = _reader(text, mark), 0
    with contextlib.suppress(csv.Error):
        for n, _ in enumerate(reader):
            line = reader.line_num
            if n == row:
                return line
    return line + 1


def _end(row: Sequence[str]) -> int:
    """Cells up to the last filled one."""
    n = len(row)
    while n and not row[n - 1].strip():
        n -= 1
    return n


def _cell(cell: str) -> str:
    """A cell with line breaks stays one line."""
    return " ".join((typed(cell) if cell[:1] == "'" else cell).split())


def _holds_words(cells: Sequence[str]) -> bool:
    """Letters in at least half of the filled cells."""
    filled = [cell for cell in cells if cell.strip()]
    worded = sum(any(c.isalpha() for c in cell) and not _is_number(cell) for cell in filled)
    return bool(worded) and 2 * worded >= len(filled)


def _is_heading(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: a word over numbers does, a number over numbers or
    a text that comes again below does not. A table has a heading otherwise; a list has one where
    it is a usual one, or looks unlike what is under it."""
    columns = [[cell for row in rows if (cell := row[i].strip())] for i in range(len(first))]
    heads = [cell.strip() for cell in first]
    over_numbers = [
        _is_number(head)
        for head, cells in zip(heads, columns, strict=True)
        if cells and all(map(_is_number, cells)) and head.casefold() not in _NOTHING
    ]
    if over_numbers:
        return not all(over_numbers)
    if any(head and head in cells for head, cells in zip(heads, columns, strict=True)):
        return False
    if len(first) > 1:
        return True
    (head,), (cells,) = heads, columns
    if _HEADING.fullmatch(head):
        return True
    title = len(head) <= 30 and median(map(len, cells)) > 4 * len(head)
    small = head.islower() and sum(cell[0].isupper() for cell in cells) > 0.9 * len(cells)
    return title or small


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None or cell in ("nan", "inf", "-inf")


def _distinct(headings: Sequence[str]) -> list[str]:
    """Short headings, the empty ones numbered, repeated ones told apart."""
    names: list[str] = []
    for i, heading in enumerate(headings, start=1):
        base = name = _cell(heading)[:60] or f"column {i}"
        count = 1
        while name in names:
            count += 1
            name = f"{base} ({count})"
        names.append(name)
    return names


def _cells(n: int) -> str:
    return "1 cell" if n == 1 else f"{n:,} cells"
