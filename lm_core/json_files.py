"""JSON that every reader takes, of numbers that JSON does not know, and from files of any origin.

A loss can be infinite or not a number, and Python then writes `Infinity` or `NaN`, which strict
readers refuse. Here such a number becomes a word, as in the JSON of protocol buffers.
"""

import json
import math
from pathlib import Path
from typing import Any

from lm_core.errors import BadCheckpoint
from lm_core.texts import is_text

DEEPEST = 32  # lists and objects within each other, in a file of the lab's
WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def strict(value: Any) -> Any:
    """`value` (dicts, lists, plain values) with the words in place of numbers that JSON lacks."""
    match value:
        case float() if not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case dict():
            return {key: strict(part) for key, part in value.items()}
        case list() | tuple():
            return [strict(part) for part in value]
    return value


def numbers(value: Any) -> Any:
    """What `strict` was given, where it holds no text of people's own: words become numbers.

    Nested lists and dicts are followed as far as they go, or BadCheckpoint is raised."""
    try:
        return _numbers(value)
    except RecursionError:
        raise BadCheckpoint("A card that is nested this deeply is none of this lab's.") from None


def _numbers(value: Any) -> Any:
    match value:
        case str():
            return WORDS.get(value, value)
        case dict():
            return {key: _numbers(part) for key, part in value.items()}
        case list():
            return [_numbers(part) for part in value]
    return value


def dumps(value: Any, **how: Any) -> str:
    """Strict JSON of `value`; `how` as `json.dumps` takes it. Pure ASCII unless that says
    otherwise, so that no stream fails for its encoding."""
    return json.dumps(strict(value), allow_nan=False, **how)


def read_json(path: Path, most: int) -> Any:
    """What the file of a checkpoint holds.

    Raises:
        BadCheckpoint: it is missing, not JSON, has more than `most` bytes, or holds what no file of
            the lab's does: halves of characters, numbers past all ranges, lists within lists
            without end.
    """
    try:
        if path.stat().st_size > most:
            raise BadCheckpoint(too_large(path, most))
        text = path.read_text(encoding="utf-8")
        value = json.loads(text, parse_int=_whole, parse_float=_finite)
        _check(value)
        return value
    except (OSError, ValueError, RecursionError):
        raise BadCheckpoint(
            f"{path.name} in {path.parent.name} is missing or not JSON of the lab's: copy or "
            "train it again."
        ) from None


def _whole(digits: str) -> int:
    if abs(number := int(digits)) >= 2**63:  # any length is JSON, and no tensor takes it
        raise ValueError("more than 64 bits")
    return number


def _finite(digits: str) -> float:
    if math.isinf(number := float(digits)):  # 1e999
        raise ValueError("no float is that large")
    return number


def _check(value: Any, within: int = 0) -> None:
    """Raises ValueError where a text is none, or `value` is nested deeper than DEEPEST."""
    if isinstance(value, str) and not is_text(value):
        raise ValueError("half a character")
    if isinstance(value, list | dict):
        if within > DEEPEST:
            raise ValueError("nested")
        for part in value if isinstance(value, list) else (*value, *value.values()):
            _check(part, within + 1)


def too_large(path: Path, most: int) -> str:
    """The sentence for a file that cannot be one of the lab's."""
    return f"{path.name} in {path.parent.name} has over {most:,} bytes: it is none of this lab's."
