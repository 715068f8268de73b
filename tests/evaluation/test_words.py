import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import tokenize
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from lm_core.evaluation.words import plain_words, words_13a

SIGNS = st.text("aB3é .,-'\"&;/(~[\n", max_size=20)
TEXTS = SIGNS | st.text(max_size=20)
MARKS = st.lists(st.sampled_from(["&quot;", "&amp;lt;", "<skipped>", "x-\ny", "3-4"])).map("".join)


@given(text=TEXTS | MARKS)
def test_13a_cuts_as_sacrebleu_does(text: str) -> None:
    assert words_13a(text) == Tokenizer13a()(text).split()


@given(text=TEXTS)
def test_plain_words_are_those_of_the_rouge_package(text: str) -> None:
    assert plain_words(text) == tokenize.tokenize(text, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat is on the mat.", "The cat is on the mat ."),
        ("a knight-errant, roaming", "a knight-errant , roaming"),
        ("It cost $1,000.50!", "It cost $ 1,000.50 !"),
        ("1990-1995: don't", "1990 - 1995 : don't"),
    ],
)
def test_punctuation_stands_alone_and_words_stay_whole(text: str, words: str) -> None:
    assert words_13a(text) == words.split()


def test_plain_words_have_neither_case_nor_signs() -> None:
    assert plain_words("A knight-errant's DEEDS, in 1605.") == [
        "a",
        "knight",
        "errant",
        "s",
        "deeds",
        "in",
        "1605",
    ]
