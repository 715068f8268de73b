"""Whether lines are items is told by what they look like, over lists and running texts alike."""

import re
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.listing import seems_list
from tests.marks import fewer_examples

LETTERS = st.characters(categories=("Ll",), min_codepoint=97, max_codepoint=0x24F)
WORD = st.text(LETTERS, min_size=2, max_size=9)
ITEMS = st.lists(st.lists(WORD, min_size=1, max_size=3), min_size=20, max_size=80)
SENTENCE = st.lists(WORD, min_size=4, max_size=18).map(lambda words: " ".join(words).capitalize())
SENTENCES = st.lists(SENTENCE, min_size=20, max_size=40)


@given(ITEMS, st.sampled_from([str, str.title, str.upper]), st.sampled_from(["", " ", ",", ";"]))
def test_short_lines_without_the_signs_of_sentences_are_a_list(items, written, ending) -> None:
    guess = seems_list("\n".join(written(" ".join(words)) + ending for words in items))
    assert guess.items
    assert "sentence" in guess.why


@fewer_examples()
@given(SENTENCES, st.integers(30, 100), st.sampled_from([".", ".", "!", "?", "。"]))
def test_sentences_are_running_text_however_they_are_broken(sentences, width, end) -> None:
    whole = " ".join(f"{sentence}{end}" for sentence in sentences)
    for text in (whole, textwrap.fill(whole, width), "\n".join(f"{s}{end}" for s in sentences)):
        guess = seems_list(text)
        assert not guess.items, (guess, text)


@given(st.text())
def test_anything_is_one_or_the_other_with_half_a_sentence(text: str) -> None:
    why = seems_list(text).why
    assert why[0].islower() or why[0].isdigit()
    assert why[-1].isalnum()
    assert "\n" not in why


VERSES = """Row row row your boat
Gently down the stream
Merrily merrily merrily merrily
Life is but a dream

"""
POEM = """Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date;
"""
LETTER = (
    """I had hoped to be with you
on Sunday but the train from
Leeds did not run and so we
stayed the night with my aunt
who sends her love to you all
and asks for the recipe
"""
    * 4
)


@pytest.mark.parametrize(
    ("text", "items", "why"),
    [
        ("St. Ives\nLlanfairpwllgwyngyll\nBury St Edmunds\nBath\n" * 5, True, "none ends"),
        ("Spaghetti with Tomato Sauce\nSoup of the Day\nBread\n" * 8, True, "few|none ends"),
        ("北京\n上海\n广州市\n重庆\n天津\n" * 5, True, "4 characters"),
        (VERSES * 5, False, "verses"),
        (POEM * 5, False, "100 % of its lines hold"),
        (LETTER, False, "capital"),
        ("A line that goes on for a while and then some more of it\n" * 30, False, "or more"),
        ("Ashton", False, "it has 1 line$"),
        ("a\nb\nc\nd", False, "it has 4 lines"),
        ("ada\n" * 30 + ("x" * 90 + "\n") * 5, False, "14 % of its lines are longer than 80"),
    ],
)
def test_what_is_said_of_it(text: str, items: bool, why: str) -> None:
    guess = seems_list(text)
    assert guess.items is items
    assert re.search(why, guess.why)
