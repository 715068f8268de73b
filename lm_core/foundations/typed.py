"""Numbers as people type them: nested lists, as Python writes them, and what is inside brackets."""

import ast
import json
import math
import re
from typing import Any

import numpy as np

from lm_core.errors import BadText

LONGEST, DEEPEST, LONGEST_INDEX = 2000, 5, 60  # characters, brackets, characters
HOW = "Write numbers in square brackets with commas between them, such as [[1, 2], [3, 4]]."
Index = tuple[Any, ...]


def read_nested(text: str) -> Any:
    """ "[[1, 2.5], [3, 4]]" -> nested lists whose rows are equally long; True and False as well.

    Raises:
        BadText: it is none, or its rows differ in length.
    """
    bare = text.strip()
    if len(bare) > LONGEST:
        raise BadText(f"That is longer than {LONGEST:,} characters: write fewer numbers.")
    bare = re.sub(r"\bTrue\b", "true", re.sub(r"\bFalse\b", "false", bare))
    bare = re.sub(r"(?<=\d)\.(?!\d)", ".0", re.sub(r"(?<!\d)\.(?=\d)", "0.", bare))
    bare = re.sub(r",\s*\]", "]", bare)
    try:
        values = json.loads(bare, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise BadText(HOW) from None
    _shape(values, 0)
    return values


def _refused(word: str) -> None:
    raise ValueError(word)


def _shape(values: Any, depth: int) -> tuple[int, ...]:
    if isinstance(values, bool | int | float):
        if not isinstance(values, bool) and not abs(values) < 2**63:
            raise BadText("A number here lies between −2⁶³ and 2⁶³: write a smaller one.")
        return ()
    if not isinstance(values, list):
        raise BadText(HOW)
    if depth == DEEPEST:
        raise BadText(f"At most {DEEPEST} brackets within each other can be read here.")
    inner = {_shape(one, depth + 1) for one in values}
    if len(inner) > 1:
        raise BadText("All rows must be equally long, and no number may stand beside a row.")
    return (len(values), *(inner.pop() if inner else ()))


def read_index(text: str) -> Index:
    """What stands in the brackets of `a[...]`: "0, 2", ":, [1, 2]", "1:4", "-1".

    Read by its grammar, never run.

    Raises:
        BadText: it is none, or holds more than whole numbers, colons and lists of them.
    """
    said = "Write what stands in the brackets, such as 0, 2 or :, [1, 2] or 1:4."
    if len(text) > LONGEST_INDEX or not text.strip():
        raise BadText(said)
    try:
        body = ast.parse(f"a[{text}]", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise BadText(said) from None
    if not isinstance(body, ast.Subscript) or not isinstance(body.value, ast.Name):
        raise BadText(said)
    inner = body.slice
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    try:
        return tuple(_part(part) for part in parts)
    except ValueError:
        raise BadText(said) from None


def _part(node: ast.expr) -> int | slice | list[int]:
    if isinstance(node, ast.Slice):
        ends = (node.lower, node.upper, node.step)
        return slice(*(None if end is None else _whole(end) for end in ends))
    if isinstance(node, ast.List):
        return [_whole(one) for one in node.elts]
    return _whole(node)


def _whole(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=bool()):
            raise ValueError("a truth value is no place")
        case ast.Constant(value=int(value)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return -value
    raise ValueError("no whole number")


def chosen(array: np.ndarray, index: Index) -> tuple[np.ndarray, np.ndarray]:
    """What `array[index]` gives, and which cells it took: (a mask of array's shape).

    Raises:
        BadText: NumPy's own reason, where there is no such place.
    """
    try:
        taken = array[index]
        places = np.arange(array.size).reshape(array.shape)[index]
    except (IndexError, ValueError, OverflowError) as error:
        raise BadText(f"NumPy says: {error}.") from None
    mask = np.zeros(array.size, dtype=bool)
    mask[np.asarray(places, dtype=int).ravel()] = True
    return np.asarray(taken), mask.reshape(array.shape)


def read_row(text: str, *, most: int = 40) -> list[float]:
    """ "1.73, 1.68" -> numbers, with commas or blanks between them.

    Raises:
        BadText: there is none, one is no finite number, or there are too many.
    """
    parts = [one for one in re.split(r"[\s,;]+", text.strip().strip("[]()")) if one]
    try:
        values = [float(one) for one in parts]
    except ValueError:
        raise BadText("Write numbers with commas between them, such as 1.73, 1.68.") from None
    if not values or len(values) > most:
        raise BadText(f"Write 1 to {most} numbers with commas between them.")
    if not all(math.isfinite(one) and abs(one) < 1e9 for one in values):
        raise BadText("Every number must be finite and below a thousand millions.")
    return values
