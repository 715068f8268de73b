"""Characters: exact both ways, and the course's own example."""

import string
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.tokenizer import load_tokenizer

LETTERS = CharTokenizer.train([string.ascii_lowercase], items=True)


def test_emma_becomes_the_pairs_of_the_course() -> None:
    """Boundary 0, a = 1 ...: xs [0,5,13,13,1] predict ys [5,13,13,1,0]."""
    boundary = LETTERS.boundary_id
    ids = [boundary, *LETTERS.encode("emma").tolist(), boundary]
    assert ids[:-1] == [0, 5, 13, 13, 1]
    assert ids[1:] == [5, 13, 13, 1, 0]
    assert LETTERS.vocab_size == 27


@given(st.text(st.characters()))
def test_any_text_over_its_own_alphabet_comes_back(text: str) -> None:
    tokenizer = CharTokenizer.train([text])
    ids = tokenizer.encode(text)
    assert ids.dtype == np.int64
    assert len(ids) == len(text)
    assert tokenizer.decode(ids) == text
    assert tokenizer.count_unknown(text) == 0


@given(st.text())
def test_the_json_gives_the_same_tokenizer(text: str) -> None:
    tokenizer = CharTokenizer.train([text])
    again = load_tokenizer(tokenizer.to_dict())
    assert again.to_dict() == tokenizer.to_dict()
    assert again.encode(text).tolist() == tokenizer.encode(text).tolist()


def test_a_strange_character_is_named() -> None:
    with pytest.raises(BadText, match="never saw 'E' 'é'"):
        LETTERS.encode("Eémma")


@given(st.text())
def test_strange_characters_can_be_skipped_and_counted(text: str) -> None:
    known = [c for c in text if c in LETTERS.chars]
    assert LETTERS.decode(LETTERS.encode(text, skip_unknown=True)) == "".join(known)
    assert LETTERS.count_unknown(text) == len(text) - len(known)


def test_no_text_is_no_ids() -> None:
    assert LETTERS.encode("").tolist() == []
    assert LETTERS.encode("").dtype == np.int64
    assert LETTERS.decode([]) == ""


def test_the_boundary_is_the_newline_and_is_shown_as_a_sign() -> None:
    assert LETTERS.decode([LETTERS.boundary_id]) == "\n"
    assert LETTERS.token_text(LETTERS.boundary_id) == "⏎"
    assert CharTokenizer.train(["a b"]).token_text(1) == "·"


@given(st.lists(st.text(st.sampled_from("abcé\ud800\udc00"))))
def test_many_texts_are_read_as_each_of_them(texts: list[str]) -> None:
    read = LETTERS.encode_many(texts, skip_unknown=True)
    assert [ids.tolist() for ids in read] == [
        LETTERS.encode(text, skip_unknown=True).tolist() for text in texts
    ]
    untold = sum((LETTERS.untold(*one) for one in zip(texts, read, strict=True)), Counter())
    assert LETTERS.untold_in(texts, read) == untold
    assert untold.total() == sum(map(LETTERS.count_unknown, texts))
