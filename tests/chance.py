"""Telling ids that are drawn from ids that are counted."""

from collections.abc import Sequence
from itertools import pairwise


def assert_drawn_by_chance(ids: Sequence[str]) -> None:
    """72 bits or more, no two alike, and every place takes many signs, one after the other too.

    Of 200 signs drawn from 64 about 61 differ, and 1 of 64 is the sign of the id before; of a
    number that is counted on most places stay.
    """
    assert len(ids) >= 200
    assert len(set(ids)) == len(ids)
    assert all(len(one) >= 12 for one in ids)
    for place in zip(*ids, strict=True):
        assert len(set(place)) > 32
        assert sum(a == b for a, b in pairwise(place)) < len(ids) / 8
