"""A word in its contexts."""

import pytest

from lm_core.corpora.concordance import ORDERS, concordance
from lm_core.corpora.indexed import indexed

TEXTS = ["a war of words a war", "war on want", "no such word"]
WORDS = indexed({"train": TEXTS}, str.split)["train"]


def test_every_place_stands_in_its_context_and_none_reaches_over_its_text() -> None:
    found = concordance(WORDS, ["war"], around=2)
    assert (found.total, found.texts) == (3, 2)
    assert [(one.text, one.place, one.before, one.match, one.after) for one in found.lines] == [
        (0, 1, "a", "war", "of words"),
        (0, 5, "words a", "war", ""),
        (1, 0, "", "war", "on want"),
    ]


@pytest.mark.parametrize("order", ORDERS)
def test_lines_are_ordered_by_what_stands_beside(order: str) -> None:
    lines = concordance(WORDS, ["war"], order=order).lines
    keys = {
        ORDERS[0]: lambda one: (one.text, one.place),
        ORDERS[1]: lambda one: one.after.split(),
        ORDERS[2]: lambda one: one.before.split()[::-1],
    }[order]
    assert lines == sorted(lines, key=keys)


def test_phrases_are_found_and_all_are_counted_beyond_the_limit() -> None:
    assert concordance(WORDS, ["a", "war"]).total == 2
    few = concordance(WORDS, ["war"], limit=1)
    assert (few.total, len(few.lines)) == (3, 1)
    assert concordance(WORDS, ["peace"], order=ORDERS[1]).total == 0
