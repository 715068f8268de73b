"""Tokens as chips: text is text, ids are said, nothing is told by colour alone."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lm_core.charts.chips import COLORS, chips


def test_a_chip_holds_its_token_and_its_id() -> None:
    html = chips([" the", "\n"], [262, 198], what="Your text")
    assert html.count('role="listitem"') == 2
    assert 'role="list" aria-label="Your text"' in html
    assert ">·the</span>" in html
    assert ">⏎</span>" in html
    assert 'title="id 262"' in html
    assert ">262</span>" in html


def test_what_is_unknown_says_so_beside_its_colour() -> None:
    html = chips(["<unk>", "a"], [0, 5], unread=[True, False])
    assert html.count("dashed") == 1
    assert "&lt;unk&gt; ?" in html
    assert 'title="unknown, id 0"' in html


def test_the_same_id_has_the_same_colour() -> None:
    used = re.findall(r"border:1px solid (#\w{6})", chips(["a", "b", "a"], [7, 8, 7]))
    assert used[0] == used[2] != used[1]
    assert set(used) <= set(COLORS)


def test_of_many_the_first_are_shown_and_the_rest_counted() -> None:
    html = chips(["a"] * 12, range(12), most=5)
    assert html.count('role="listitem"') == 5
    assert "and 7 more tokens" in html
    assert chips([], []).count("listitem") == 0


@given(st.lists(st.text(), max_size=5), st.text())
def test_no_token_is_markup(tokens: list[str], what: str) -> None:
    html = chips(tokens, range(len(tokens)), what=what)
    assert set(re.findall(r"</?([a-z]+)", html)) <= {"div", "span"}
    assert html.count("<span") == 3 * len(tokens)
