"""Sentences that quote anything stay one short line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core import errors
from lm_core.errors import LabError
from lm_core.texts import MOST, is_text, one_line

KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LabError)
]


@given(st.text(max_size=2000), st.sampled_from(KINDS))
def test_every_error_is_one_short_line_of_whole_characters(quoted: str, kind: type) -> None:
    said = str(kind(f"There is no {quoted}: choose another."))
    assert said.isprintable()
    assert is_text(said)
    assert said.startswith("There is no ")
    assert said.endswith(": choose another.")
    assert len(said) <= MOST
    assert len(quoted) > 400 or not quoted.isprintable() or quoted in said


@pytest.mark.parametrize("length", [10, MOST, MOST + 1, 5000, 10**6])
def test_the_middle_of_a_long_sentence_is_left_out(length: int) -> None:
    assert len(one_line("x" * length)) == min(length, MOST)


def test_what_a_terminal_would_obey_is_spelled_out() -> None:
    assert one_line("a\nb\x1b]0;c\u202e\ud800") == "a\\nb\\x1b]0;c\\u202e\\ud800"


def test_an_error_without_a_sentence_is_still_one() -> None:
    assert str(LabError()) == ""
