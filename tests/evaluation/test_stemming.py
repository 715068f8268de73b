import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer

from lm_core.evaluation import stemming
from lm_core.evaluation.stemming import measure, stem
from tests.tiny import TEXT

ENDINGS = [*stemming._STEP_2, *stemming._STEP_3, *stemming._STEP_4]
ENDINGS += ["s", "ies", "sses", "ed", "eed", "ing", "y", "e", "ll", "ated", "bling", "ized", ""]
MADE = st.builds(
    "{}{}{}".format,
    st.text("aeiouybdhlstwxz", max_size=6),
    st.sampled_from(ENDINGS),
    st.sampled_from(ENDINGS),
)
REFERENCE = PorterStemmer(PorterStemmer.MARTIN_EXTENSIONS)


@given(word=MADE | st.text("aeiouybcdfghlmnpstwxz'-", max_size=12))
def test_stems_are_those_of_nltk(word: str) -> None:
    assert stem(word) == REFERENCE.stem(word)


@pytest.mark.parametrize("before", ["", "b", "tr", "oat", "troubl", "privat", "hop", "fizz", "y"])
def test_every_ending_after_little_and_much(before: str) -> None:
    words = [before + ending for ending in ENDINGS]
    assert list(map(stem, words)) == list(map(REFERENCE.stem, words))


def test_words_of_a_text() -> None:
    words = set(re.findall("[a-z]+", TEXT.lower()))
    assert {word: stem(word) for word in words} == {word: REFERENCE.stem(word) for word in words}


PAPER = (
    "caresses caress ponies poni ties ti cats cat feed feed agreed agre plastered plaster "
    "bled bled motoring motor sing sing hopping hop falling fall hissing hiss failing fail "
    "filing file happy happi sky sky relational relat conditional condit rational ration "
    "vietnamization vietnam hopefulness hope formality formal triplicate triplic "
    "electricity electr goodness good revival reviv adoption adopt communion communion "
    "effective effect rate rate cease ceas controlling control rolling roll"
)


def test_the_examples_of_the_paper() -> None:
    words = PAPER.split()
    assert [stem(word) for word in words[::2]] == words[1::2]


@pytest.mark.parametrize(
    ("m", "words"), [(0, "tr ee tree y by"), (1, "trouble oats trees ivy"), (2, "troubles private")]
)
def test_the_measure_counts_consonants_after_vowels(m: int, words: str) -> None:
    assert {measure(word) for word in words.split()} == {m}


def test_a_word_of_vowels_is_measured_in_one_look() -> None:
    """Looked for from each vowel on, the consonant that never comes would take hours."""
    assert measure("a" * 300_000) == 0
    assert measure("a" * 300_000 + "b") == 1
