"""CSV tables as text: one cell of the chosen column a line."""

import csv
import io
from collections.abc import Sequence

from lm_core.errors import BadText, nearest

MAX_COLUMNS = 200
_SAMPLE = 1000  # rows looked at to tell text from numbers


def parse_table(text: str) -> tuple[list[str], list[list[str]]]:
    """The headings (made distinct) and the rows of a CSV with commas, semicolons, tabs or bars.

    Raises:
        BadText: no rows, too many columns, rows of unequal length, or quotes that do not close.
    """
    mark = max(",;\t|", key=lambda m: _width(text, m))  # the first of equals: a comma
    rows, number = [], 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for row in reader:
            number = reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > MAX_COLUMNS:
                raise BadText(
                    f"This CSV has {len(row):,} columns and {MAX_COLUMNS} is the most: "
                    "keep the column with the text and delete the others."
                )
            if rows and len(row) != len(rows[0]):
                raise BadText(
                    f"Line {number:,} of this CSV has {_cells(len(row))} where the first row has "
                    f"{len(rows[0])}: put quotes around text that holds the separator {mark!r}."
                )
            rows.append(row)
    except csv.Error:
        # Unclosed quotes, or a cell past the 131,072 characters the csv module allows.
        raise BadText(
            f"This CSV cannot be read near line {number + 1:,}: close its quotes and keep cells "
            "under 131,000 characters, or save the text column alone as .txt."
        ) from None
    if len(rows) < 2:
        raise BadText("This CSV has no rows under its headings: give a table with text in it.")
    return _distinct(rows[0]), rows[1:]


def text_columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Headings of the columns that hold words: letters in at least half of their filled cells.

    Raises:
        BadText: there is none.
    """
    found = []
    for i, heading in enumerate(headings):
        filled = [row[i] for row in rows[:_SAMPLE] if row[i].strip()]
        worded = sum(any(c.isalpha() for c in cell) for cell in filled)
        if worded and 2 * worded >= len(filled):
            found.append(heading)
    if not found:
        raise BadText("No column of this CSV holds words: give a table with a column of text.")
    return found


def column_text(text: str, column: str | None) -> tuple[str, str]:
    """The cells of a column, one a line, empty ones left out; and the column's heading.

    Raises:
        BadText: as `parse_table`; no such column; or `column` is None and there is a choice.
    """
    headings, rows = parse_table(text)
    choices = text_columns(headings, rows)
    if column is None and len(choices) > 1:
        raise BadText(f"Choose the column to read: {', '.join(choices)}.")
    chosen = choices[0] if column is None else column
    if chosen not in choices:
        raise BadText(f"This CSV has no column of text named {chosen!r}{nearest(chosen, choices)}")
    i = headings.index(chosen)
    cells = (" ".join(row[i].split()) for row in rows)  # a cell with line breaks stays one line
    return "\n".join(cell for cell in cells if cell), chosen


def _width(text: str, mark: str) -> int:
    """Cells of the first row if `mark` is what separates them, 0 if it cannot be."""
    try:
        return len(
            next(csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=mark, strict=True))
        )
    except (csv.Error, StopIteration):
        return 0


def _distinct(headings: Sequence[str]) -> list[str]:
    """Short headings, the empty ones numbered, repeated ones told apart."""
    names: list[str] = []
    for i, heading in enumerate(headings, start=1):
        base = name = " ".join(heading.split())[:60] or f"column {i}"
        count = 1
        while name in names:
            count += 1
            name = f"{base} ({count})"
        names.append(name)
    return names


def _cells(n: int) -> str:
    return "1 cell" if n == 1 else f"{n:,} cells"
