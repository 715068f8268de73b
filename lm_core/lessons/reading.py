"""Reading what a stranger may have written: one object of JSON, field by field, within limits."""

import math
from collections.abc import Mapping
from typing import Any

from lm_core.errors import LabError, nearest
from lm_core.texts import is_text


class BadLesson(LabError):
    """A lesson link, or a part of one, cannot be used as it stands."""


def known(data: Any, names: tuple[str, ...], what: str) -> Mapping[str, Any]:
    """`data`, an object with no other keys than `names`.

    Raises:
        BadLesson: it is none, or has another key: the nearest known one is named.
    """
    if not isinstance(data, dict):
        raise BadLesson(f"{what} must be a JSON object.")
    for key in data:
        if key not in names:
            raise BadLesson(f"{what} has no {key!r}{nearest(key, list(names))}")
    return data


def text(value: Any, most: int, what: str) -> str:
    """Text of at most so many characters, without characters that steer a terminal or a page.

    Raises:
        BadLesson: it is none.
    """
    if not isinstance(value, str) or not is_text(value):
        raise BadLesson(f"{what} must be text.")
    if len(value) > most:
        raise BadLesson(f"{what} may have {most:,} characters, not {len(value):,}: shorten it.")
    return value


def texts(value: Any, most: int, times: int, what: str) -> tuple[str, ...]:
    """At most `times` texts, each as `text` takes it.

    Raises:
        BadLesson: it is no list of them.
    """
    if not isinstance(value, list | tuple):
        raise BadLesson(f"{what} must be a list.")
    if len(value) > times:
        raise BadLesson(f"{what} may hold {times}, not {len(value)}: take some out.")
    return tuple(text(one, most, what) for one in value)


def number(value: Any, what: str, low: float = -1e12, high: float = 1e12) -> float:
    """A finite number from `low` to `high`.

    Raises:
        BadLesson: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadLesson(f"{what} must be a number.")
    if not (low <= value <= high and math.isfinite(value)):
        raise BadLesson(f"{what} must be from {low:g} to {high:g}.")
    return float(value)


def numbers(value: Any, times: int, what: str) -> tuple[float, ...]:
    """At most `times` finite numbers.

    Raises:
        BadLesson: it is no list of them.
    """
    if not isinstance(value, list | tuple):
        raise BadLesson(f"{what} must be a list of numbers.")
    if len(value) > times:
        raise BadLesson(f"{what} may hold {times} numbers, not {len(value)}: take some out.")
    return tuple(number(one, what) for one in value)
