"""Many matrices of one size, such as all heads of a model or all gates over a text, as a page draws
them itself: packed in bytes that are sent once, so that going from one to another is a matter of
the browser alone.

A small stack holds its very numbers. A large one holds shades: 255 steps from the lowest number of
a matrix' scale to the highest, which is what an eye can tell apart, in a quarter of the bytes.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from lm_core.charts import words
from lm_core.visible import all_apart

EXACT = 150_000  # numbers up to which they are sent themselves
STEPS = 254  # between the 255 shades; shade 0 is blank
# What is said of a matrix beside its own sentences.
CELLS = "Cells of {title}"
CLOSED = "{row}, {column}: not open"
ROUNDED = "about {value}, by its shade"  # of a number that is known by its shade


@dataclass(frozen=True, eq=False)
class Part:
    """What a picture says: a sentence computed from the data, and the data. A table is made when it
    is asked for."""

    title: str
    alt: str
    cells: int  # rows of the table, at most
    make: Callable[[], pd.DataFrame] = field(repr=False)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Exactly the data, its headings with units."""
        return self.make()


@dataclass(frozen=True)
class Axis:
    """What lies along a side: of the picture of all, or of one matrix."""

    title: str
    names: Sequence[str]


@dataclass(frozen=True)
class Reading:
    """How a number of a cell is said: "{row} looks at {column}: {value}"."""

    sentence: str
    percent: bool = False  # a share of one as a percentage; else with three digits


@dataclass(frozen=True, eq=False)
class Stack:
    """A matrices down and B along. `packed` is a header (JSON, its length before it in 4 bytes,
    the lowest first) and all numbers or shades; `id` tells one stack from another."""

    name: str
    id: str
    packed: bytes = field(repr=False)
    exact: bool
    whole: Part
    one: Callable[[int, int], Part] = field(repr=False)


def stack(
    values: np.ndarray,
    *,
    name: str,
    down: Axis,
    along: Axis,
    rows: Axis,
    columns: Axis,
    titles: Sequence[str],
    says: Sequence[str],
    spans: Sequence[tuple[float, float]],
    reading: Reading,
    whole: Part,
    one: Callable[[int, int], Part],
    note: str = "",
    dotted: Sequence[int] = (),
) -> Stack:
    """Pack `values` (A, B, R, S), NaN where a cell stays blank.

    Args:
        name: one word for what it is of; a page has one stack of a name.
        down, along: what the A and the B matrices are.
        rows, columns: what the R rows and S columns of each are.
        titles: of each of the A * B matrices.
        says: of each the sentence for who cannot see it.
        spans: of each the numbers at both ends of its scale; a span below and above zero alike is
            drawn in two hues.
        whole, one: sentence and table of all, and of one by its two places.
        note: what a dotted frame means.
        dotted: which matrices have one.

    Raises:
        ValueError: names that do not fit the values.
    """
    A, B, R, S = values.shape
    sides = (down.names, along.names, rows.names, columns.names)
    if (
        tuple(map(len, sides)) != values.shape
        or not len(titles) == len(says) == len(spans) == A * B
    ):
        raise ValueError(f"names {[len(side) for side in sides]} for a stack of {values.shape}")
    exact = values.size <= EXACT
    # On a canvas no style reaches words from right to left.
    header = all_apart(
        {
            "name": name,
            "shape": [A, B, R, S],
            "exact": exact,
            "down": [down.title, list(down.names)],
            "along": [along.title, list(along.names)],
            "rows": [rows.title, list(rows.names), [words.shorten(one, 12) for one in rows.names]],
            "columns": [
                columns.title,
                list(columns.names),
                [words.shorten(one, 12) for one in columns.names],
            ],
            "title": whole.title,
            "titles": list(titles),
            "says": list(says),
            "spans": [[float(low), float(high)] for low, high in spans],
            "sentence": reading.sentence,
            "percent": reading.percent,
            "cells": CELLS,
            "closed": CLOSED,
            "rounded": ROUNDED,
            "point": ".",
            "note": note,
            "dotted": list(dotted),
        }
    )
    numbers = values.astype("<f4") if exact else shades(values, spans)
    packed = pack(header, np.ascontiguousarray(numbers).tobytes())
    return Stack(name, header["id"], packed, exact, whole, one)


def in_words(stack: Stack, say: Callable[[str], str]) -> Stack:
    """Its numbers under words of another language. Names of tokens stay, and so do those of
    matrices, unless they are all that stands below them.

    Args:
        say: a sentence of ours, or a number, as that language has it.
    """
    length = int.from_bytes(stack.packed[:4], "little")
    header = json.loads(stack.packed[4 : 4 + length])
    for one in ("title", "sentence", "cells", "closed", "rounded", "note"):
        header[one] = say(header[one])
    for many in ("titles", "says"):
        header[many] = [say(one) for one in header[many]]
    for side in ("down", "along", "rows", "columns"):
        title, names, *short = header[side]
        header[side] = [say(title), names if title else [say(name) for name in names], *short]
    header["point"] = say("0.5")[1]
    packed = pack(header, stack.packed[4 + length :])
    return replace(stack, id=header["id"], packed=packed)


def pack(header: dict, body: bytes) -> bytes:
    """Header and numbers as a page unpacks them; puts an `id` of all of it into the header."""
    text = json.dumps(header, allow_nan=False)
    header["id"] = hashlib.blake2b(text.encode() + body, digest_size=12).hexdigest()
    text = json.dumps(header, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    return len(text).to_bytes(4, "little") + text + body


def shades(values: np.ndarray, spans: Sequence[tuple[float, float]]) -> np.ndarray:
    """Of each number (A, B, R, S) its shade, 1 to 255 between the ends of its matrix' scale; 0 for
    what is not a number."""
    A, B = values.shape[:2]
    ends = np.array(spans, dtype=np.float32).reshape(A, B, 1, 1, 2)
    low, high = ends[..., 0], ends[..., 1]
    found = values.astype(np.float32)
    known = np.isfinite(found)
    found -= low  # in place, as there may be millions
    np.copyto(found, 0, where=~known)
    np.clip(found, 0, high - low, out=found)
    found *= STEPS / np.where(high > low, high - low, 1)
    found += 1.5  # to the nearest
    return found.astype(np.uint8) * known
