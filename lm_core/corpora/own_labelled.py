"""Your own labelled texts: a CSV with the columns `text` and `label`, made into a corpus.

labelled = labelled_of('text,label\\n"Good, very good",kind\\n ...', title="Mine", kind="classes")
save_own(labelled)
"""

import contextlib
import csv
import dataclasses
import io
import math
import re
from collections import Counter
from itertools import islice
from typing import Any

from lm_core.corpora.corpus import Labelled
from lm_core.corpora.decoding import tidy
from lm_core.corpora.own import MAX_HELD_OUT, named, of_validation, own_info
from lm_core.corpora.splitting import FEWEST, beside, same, shuffled, split_classes
from lm_core.corpora.table import parse_rows
from lm_core.csv_files import typed
from lm_core.errors import BadText
from lm_core.figures import count
from lm_core.texts import in_form

MIN_TEXTS, MAX_TEXTS = 20, 300_000
MAX_CLASSES = 200
COLUMNS = ("text", "label")
_HELD_OUT = 0.1  # of the texts validate, and as many test
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LOOKED_AT = 1000  # rows, to tell what the labels are
_MARKS = ",;\t|"  # that may part the columns
_DECLARED = re.compile(r'\s*"?sep=.{0,3}\n', re.IGNORECASE)  # a line of spreadsheets above all


def labelled_of(
    text: str,
    *,
    title: str,
    kind: str,
    unit: str = "",
    form: str = "NFC",
    validation: str | None = None,
    note: str = "",
) -> Labelled:
    """A corpus of the columns `text` and `label`, in any order and among others.

    A text that comes again goes, and where its label is another the first counts: the note says how
    often. Of each class a tenth validates and a tenth tests (of numbers, of all), with about 1,000
    at most in each. With `validation`, rows in the same form, these validate as they stand and all
    others train.

    Args:
        kind: "classes", where a label is the name of a class; "values", where it is a number.
        unit: of the number.
        form: "NFC" makes a letter and its accents one character; "" leaves them as they stand.
        note: what its owner is to be told of how the text was read.

    Raises:
        BadText: empty, no such columns, fewer than 20 different texts or more than 300,000, a label
            that is no number, a single class, or more than 200 classes; or `validation` is empty,
            has no such columns, or has a class that nothing trains.
    """
    rows, said = read_labelled(text, kind=kind, form=form)
    notes = [note, said]
    different, doubles, others = _different(rows)
    if doubles:
        again = f"{count(doubles, 'text')} came again and went"
        with_other = f", {others:,} of them with another label: the first one counts" * bool(others)
        notes.append(f"{again}{with_other}.")
    if not MIN_TEXTS <= len(different) <= MAX_TEXTS:
        bound, mend = (
            (f"{MIN_TEXTS} is the least", "give more, each in a row with its label")
            if len(different) < MIN_TEXTS
            else (f"{MAX_TEXTS:,} is the most", "cut out a part and give that")
        )
        raise BadText(f"This has {count(len(different), 'different text')} and {bound}: {mend}.")
    if validation is None:
        make = _values if kind == "values" else _classes
        splits, classes, rule, said = make(different)
    else:
        with of_validation():
            held, told = read_labelled(validation, kind=kind, form=form)
            if not held:
                raise BadText(f"There is no text with a label to validate on. {told}".rstrip())
        said = told and f"The validation file: {told}"
        splits, classes, rule = _beside(different, held, kind)
    info = own_info(title, kind, f"Doubles removed, shuffled once; {rule}")
    info = dataclasses.replace(info, note=" ".join(filter(None, [*notes, said])))
    return named(Labelled(info, splits, classes, unit if kind == "values" else ""))


def read_labelled(text: str, *, kind: str, form: str = "NFC") -> tuple[list[tuple[str, Any]], str]:
    """(text, class) or (text, number) of each row as it stands, doubles too; and a note on how they
    were read. Arguments and errors as of `labelled_of`."""
    given, _ = tidy(text)
    text = in_form(given, form)
    notes = []
    if text != given:
        notes.append("Letters and their accents were made one character (NFC).")
    rows, said = _rows(text)
    filled = [row for row in rows if all(row)]
    left = len(rows) - len(filled)
    notes += [said, f"Left out: {count(left, 'row')} without a text or a label." if left else ""]
    if kind == "values":
        filled = [(one, _number(label)) for one, label in filled]
    return filled, " ".join(filter(None, notes))


def labels_in(text: str) -> list[str] | None:
    """The labels of the first rows, where the first line names the columns text and label; None
    where it does not."""
    declared = _DECLARED.match(text)
    text = text[declared.end() if declared else 0 :].lstrip()
    heading = text.partition("\n")[0]
    for mark in _MARKS:
        names = [name.strip(' "') for name in _names(heading.split(mark))]
        if all(names.count(name) == 1 for name in COLUMNS):
            break
    else:
        return None
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # whoever reads all of it is told
        source = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        rows.extend(islice(source, 1, _LOOKED_AT))
    place = names.index("label")
    return [label for row in rows if len(row) > place and (label := _plain(row[place]))]


def numbers_alone(labels: list[str]) -> bool:
    """Whether every label is a number."""
    return bool(labels) and all(map(_NUMBER.fullmatch, labels))


def _names(first: list[str]) -> list[str]:
    return [cell.strip().casefold() for cell in first]


def _rows(text: str) -> tuple[list[tuple[str, str]], str]:
    """(text, label) of each row, and a note.

    Raises:
        BadText: no such columns, no rows, or as `parse_rows`.
    """
    (first, *rows), _, note = parse_rows(text)
    names = _names(first)
    for name in COLUMNS:
        if names.count(name) != 1:
            how = "no column" if name not in names else "several columns"
            raise BadText(
                f"This CSV has {how} named {name}: name one column text and one label in its "
                "first line."
            )
    one, label = map(names.index, COLUMNS)
    return [(_plain(row[one]), " ".join(_plain(row[label]).split())) for row in rows], note


def _plain(cell: str) -> str:
    return typed(cell).strip()


def _number(label: str) -> float:
    value = float(label) if _NUMBER.fullmatch(label) else math.inf
    if math.isinf(value):  # or it was too large for one
        raise BadText(
            f"The label “{label[:60]}” is no number: write it as 3 or as -3.5, or read the labels "
            "as classes."
        )
    return value


def _different(rows: list[tuple[str, Any]]) -> tuple[list[tuple[str, Any]], int, int]:
    """The first row of each text; how many came again, and how many of those with another label."""
    first: dict[str, tuple[str, Any]] = {}
    others = sum(row[1] != first.setdefault(same(row[0]), row)[1] for row in rows)
    return list(first.values()), len(rows) - len(first), others


def _beside(
    rows: list[tuple[str, Any]], held: list[tuple[str, Any]], kind: str
) -> tuple[dict, list[str], str]:
    """Splits where `held` validates, the classes by name, and how it was split."""
    splits = beside(rows, held, sides=(0,))
    left = len(splits["train"])
    if left < MIN_TEXTS:
        raise BadText(
            f"Without those of the validation file {count(left, 'different text')} would train and "
            f"{MIN_TEXTS} is the least: validate on other texts, or give more."
        )
    rule = (
        f"{left:,} texts train, none of them in the validation file, and all {len(held):,} of that "
        "file validate; no test."
    )
    if kind == "values":
        _check_values(splits["train"])
        return splits, [], rule
    counts = _counted(splits["train"])
    if new := sorted({label for _, label in held} - counts.keys()):
        raise BadText(
            f"The validation file has the label “{new[0][:60]}”, which no text that trains has: "
            "write it as there, or give texts with it to train on."
        )
    return splits, sorted(counts), rule


def _counted(rows: list[tuple[str, str]]) -> Counter[str]:
    """How many texts each class has."""
    counts = Counter(label for _, label in rows)
    if len(counts) == 1:
        raise BadText(
            f"All texts have the label “{rows[0][1][:60]}”: give texts of two classes at least."
        )
    if len(counts) > MAX_CLASSES:
        raise BadText(
            f"There are {len(counts):,} different labels and {MAX_CLASSES} classes are the most: "
            "give related ones the same label, or read them as values where they are numbers."
        )
    return counts


def _classes(rows: list[tuple[str, str]]) -> tuple[dict, list[str], str, str]:
    """Splits, the classes by name, how it was split, and a note on rare classes."""
    counts = _counted(rows)
    splits = split_classes(rows, held_out=min(_HELD_OUT, MAX_HELD_OUT / len(rows)))
    if not splits["validation"]:
        raise BadText(
            f"No class has {FEWEST} texts, so that none can be held back to judge by: "
            "give more texts of each class."
        )
    held = len(splits["validation"])
    rare = [label for label, count in counts.items() if count < FEWEST]
    note = f"Of {count(len(rare), 'rare class', 'rare classes')} no text is held back."
    rule = f"of each class the same share; {held:,} texts validate and {held:,} test."
    return splits, sorted(counts), rule, note if rare else ""


def _check_values(rows: list[tuple[str, float]]) -> None:
    if len({value for _, value in rows}) == 1:
        raise BadText(f"All texts have the label {rows[0][1]:g}: give texts of different values.")


def _values(rows: list[tuple[str, float]]) -> tuple[dict, list[str], str, str]:
    _check_values(rows)
    n, order = min(MAX_HELD_OUT, int(_HELD_OUT * len(rows))), shuffled(rows)
    splits = {"train": order[2 * n :], "validation": order[:n], "test": order[n : 2 * n]}
    return splits, [], f"{n:,} texts validate and {n:,} test.", ""
