"""Several continuations of one text as a tree: what they share once, then what each goes on with.

limbs([[1, 2, 3], [1, 2, 4], [1, 5]])
# 1 | 2 | 3
#       | 4
#   | 5
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Limb:
    """A stretch of tokens that the same rows share."""

    parent: int | None  # the limb it grows from, by its place in the list; None at the root
    start: int  # its first token, counted from the beginning of the rows
    stop: int  # and the one after its last; equal to `start` where rows part at the first token
    rows: tuple[int, ...]  # who goes through it
    ends: tuple[int, ...]  # who ends with it


def limbs(rows: Sequence[Sequence[int]]) -> list[Limb]:
    """The tree of `rows`, parents before children, in the order in which the rows come."""
    found: list[Limb] = []
    if rows:
        _grow(rows, tuple(range(len(rows))), 0, None, found)
    return found


def _grow(
    rows: Sequence[Sequence[int]],
    of: tuple[int, ...],
    start: int,
    parent: int | None,
    found: list[Limb],
) -> None:
    first = rows[of[0]]
    shortest = min(len(rows[k]) for k in of)
    stop = start
    while stop < shortest and all(rows[k][stop] == first[stop] for k in of):
        stop += 1
    here = len(found)
    found.append(Limb(parent, start, stop, of, tuple(k for k in of if len(rows[k]) == stop)))
    parts: dict[int, list[int]] = {}
    for k in of:
        if len(rows[k]) > stop:
            parts.setdefault(rows[k][stop], []).append(k)
    for part in parts.values():
        _grow(rows, tuple(part), stop, here, found)
