"""The columns of a table of one's own as features.

Rules: a column of numbers is one feature; a column of at most 20 different words is one feature for
each word, 1 where it stands and 0 elsewhere (one-hot); a column of more words is left out.
"""

import math
import re
from collections.abc import Sequence

import numpy as np

RULE = "Doubles removed, shuffled once; 60 % train, 20 % validate, 20 % test."
FEWEST = 5  # rows of a class, so that each part has some of it
LARGEST = 1e30  # the square of a larger one is none that can be computed with
MOST_WORDS = 20  # different ones in a column
NOTHING = {"", "nan", "na", "n/a", "null", "none", "-", "?"}  # a cell that says that it is empty
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)


def number(cell: str) -> float | None:
    """What a cell says as a number, a comma being a point; None where it is none, or too large."""
    cell = cell.strip()
    if _COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    if not _NUMBER.fullmatch(cell):
        return None
    value = float(cell)
    return value if abs(value) <= LARGEST else None


def empty(cell: str) -> bool:
    return cell.strip().casefold() in NOTHING


def of_numbers(cells: Sequence[str]) -> bool:
    """Whether every filled cell is a number, and one is filled."""
    filled = [cell for cell in cells if not empty(cell)]
    return bool(filled) and all(number(cell) is not None for cell in filled)


def features(
    heading: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[np.ndarray, list[str], list[str]]:
    """X (N, D) float64, not a number where a cell is empty; the D names; and the names of columns
    that were left out."""
    made: list[np.ndarray] = []
    names: list[str] = []
    left: list[str] = []
    for name, column in zip(heading, zip(*rows, strict=True), strict=True):
        cells = [cell.strip() for cell in column]
        if of_numbers(cells):
            made.append(np.array([_known(cell) for cell in cells]))
            names.append(name)
            continue
        words = sorted({cell for cell in cells if not empty(cell)})
        if not 1 < len(words) <= MOST_WORDS:
            left.append(name)
            continue
        made += [np.array([float(cell == word) for cell in cells]) for word in words]
        names += [f"{name} = {word}" for word in words]
    X = np.column_stack(made) if made else np.zeros((len(rows), 0))
    return X, names, left


def _known(cell: str) -> float:
    value = None if empty(cell) else number(cell)
    return math.nan if value is None else value
