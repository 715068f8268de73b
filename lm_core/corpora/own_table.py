"""Your own table: a CSV with a column that is to be said from the others, made into a corpus.

table = table_of("length,width,kind\\n5.1,3.5,a\\n ...", title="Mine", kind="table classes")
save_own(table)
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence

from lm_core.corpora.corpus import Numbers
from lm_core.corpora.decoding import tidy
from lm_core.corpora.own import named, own_info
from lm_core.corpora.own_numbers import numbers_of
from lm_core.corpora.table import parse_rows
from lm_core.csv_files import typed
from lm_core.errors import BadText, nearest
from lm_core.figures import count
from lm_core.tables.columns import (
    FEWEST,
    MOST_WORDS,
    RULE,
    empty,
    features,
    number,
    of_numbers,
)

MIN_ROWS, MAX_ROWS = 30, 50_000
MAX_CLASSES, MAX_FEATURES = 50, 500
FEW_VALUES = 10  # different numbers are taken for the names of classes


def read_table(text: str) -> tuple[list[str], list[list[str]], str]:
    """The heading, the rows, and a note.

    Raises:
        BadText: too little in it, two columns of one name, or as `parse_rows`.
    """
    given, _ = tidy(text)
    rows, _, note = parse_rows(given)
    if len(rows) < 2 or len(rows[0]) < 2:
        raise BadText(
            "A table needs a line of headings, at least two columns, and rows under them: give a "
            "CSV with a row for each case."
        )
    first, *rows = rows
    heading = [_cell(cell)[:60] or f"column {i}" for i, cell in enumerate(first, start=1)]
    if again := [name for name, times in Counter(heading).items() if times > 1]:
        raise BadText(f"Two columns are named “{again[0]}”: give each a name of its own.")
    return heading, [[_cell(cell) for cell in row] for row in rows], note


def guess_target(cells: Sequence[str]) -> str:
    """What a column is as a target: "table values" where it holds many numbers."""
    different = {cell for cell in cells if not empty(cell)}
    many = len(different) > FEW_VALUES
    return "table values" if many and of_numbers(cells) else "table classes"


def table_of(
    text: str,
    *,
    title: str,
    kind: str,
    target: str | None = None,
    unit: str = "",
    note: str = "",
) -> Numbers:
    """A corpus of a CSV.

    Args:
        kind: "table classes" or "table values".
        target: the column to be said from the others; None is the last.
        unit: of the target, where it is a number.
        note: what its owner is to be told of how the file was read.

    Raises:
        BadText: no such column, a word in a target of numbers, too few rows of a class, or too
            much of something; or as `read_table`.
    """
    heading, rows, said = read_table(text)
    target = heading[-1] if target is None else target
    if target not in heading:
        raise BadText(f"This table has no column named {target!r}{nearest(target, heading)}")
    at = heading.index(target)
    notes = [note, said]
    filled = [row for row in rows if not empty(row[at])]
    if left := len(rows) - len(filled):
        notes.append(f"Left out: {count(left, 'row')} without “{target}”.")
    if not MIN_ROWS <= len(filled) <= MAX_ROWS:
        bound = (
            f"{MIN_ROWS} is the least" if len(filled) < MIN_ROWS else f"{MAX_ROWS:,} is the most"
        )
        raise BadText(f"This table has {count(len(filled), 'row')} and {bound}: give another part.")
    if kind == "table values":
        for row in filled:
            if number(row[at]) is None:
                raise BadText(
                    f"The column “{target}” has “{row[at][:40]}”, which is no number: write a "
                    "number or leave the cell empty, or read the column as classes."
                )
    else:
        filled, rare = _of_classes(filled, at, target)
        notes.append(rare)
    others = [[cell for i, cell in enumerate(row) if i != at] for row in filled]
    X, names, unread = features([name for name in heading if name != target], others)
    if not names:
        raise BadText(
            "No other column holds numbers or a few different words: give columns to say it from."
        )
    if len(names) > MAX_FEATURES:
        raise BadText(
            f"These columns are {len(names):,} features and {MAX_FEATURES} is the most: delete "
            "columns that do not matter."
        )
    if unread:
        which = ", ".join(f"“{name}”" for name in unread[:5])
        notes.append(f"Left out, as they hold more than {MOST_WORDS} words or one alone: {which}.")
    if missing := int((X != X).sum()):
        notes.append(f"{count(missing, 'empty cell')} read as the mean of the training part.")
    info = own_info(title, kind, RULE)
    info = dataclasses.replace(info, note=" ".join(filter(None, notes)))
    given = {"heading": heading, "rows": filled, "target": target, "unit": unit}
    return named(numbers_of(info, given))


def _of_classes(rows: list[list[str]], at: int, target: str) -> tuple[list[list[str]], str]:
    """The rows whose class is not too rare, and a note on the others."""
    counts = Counter(row[at] for row in rows)
    if len(counts) > MAX_CLASSES:
        raise BadText(
            f"The column “{target}” has {len(counts):,} different classes and {MAX_CLASSES} is "
            "the most: choose another, or read it as numbers where it holds some."
        )
    rare = {label for label, times in counts.items() if times < FEWEST}
    if len(counts) - len(rare) < 2:
        raise BadText(
            f"The column “{target}” needs two classes of at least {FEWEST} rows each: give more "
            "rows, or choose another column."
        )
    note = f"Left out: {count(len(rare), 'class', 'classes')} of fewer than {FEWEST} rows."
    return [row for row in rows if row[at] not in rare], note if rare else ""


def _cell(cell: str) -> str:
    return " ".join(typed(cell).split())
