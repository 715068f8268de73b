"""Cleaning by rules: each does what it says, and no rule makes a split leak."""

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.cleaning import KEPT, REMOVED, ZEROS, Cleaning
from lm_core.corpora.cleaning import as_given, as_own, cleaned, comes_with_doubles, sizes
from lm_core.corpora.corpus import Corpus, CorpusInfo, corpora
from lm_core.corpora.load import is_ready
from lm_core.corpora.own import load_own, save_own
from lm_core.errors import BadText

TEXTS = {"train": ["The end, THE END. In 1861!", "Ein Café"], "validation": ["the 2"], "test": []}


def make(kind: str = "text", **splits: list[str]) -> Corpus:
    empty: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    return Corpus(CorpusInfo("x", "X", "none", "a test", kind=kind), empty | splits)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Cleaning(), "The end, THE END. In 1861!"),
        (Cleaning(lower=True), "the end, the end. in 1861!"),
        (Cleaning(punctuation=False), "The end THE END In 1861"),
        (Cleaning(numbers=ZEROS), "The end, THE END. In 0000!"),
        (Cleaning(numbers=REMOVED), "The end, THE END. In !"),
        (Cleaning(rarest=2, lower=True, punctuation=False), "the end the end <unk> <unk>"),
    ],
)
def test_each_rule_does_what_it_says(how: Cleaning, expected: str) -> None:
    assert cleaned(make(**TEXTS), how).splits["train"][0] == expected


def test_rare_words_are_decided_by_training_alone() -> None:
    after = cleaned(make(train=["a a b"], validation=["a b b"]), Cleaning(rarest=2))
    assert after.splits == {"train": ["a a <unk>"], "validation": ["a <unk> <unk>"], "test": []}


@given(
    text=st.text(max_size=40),
    form=st.sampled_from(["NFC", "NFD", "NFKC"]),
    lower=st.booleans(),
    numbers=st.sampled_from([KEPT, ZEROS, REMOVED]),
    punctuation=st.booleans(),
)
def test_nothing_is_left_of_what_goes(
    text: str, form: str, lower: bool, numbers: str, punctuation: bool
) -> None:
    after = Cleaning(form, lower, numbers, punctuation)(text)
    kinds = {unicodedata.category(char) for char in after}
    assert numbers != REMOVED or "Nd" not in kinds
    assert punctuation or not any(kind[0] in "PS" for kind in kinds)
    assert numbers != ZEROS or all(c == "0" for c in after if unicodedata.category(c) == "Nd")


def test_items_that_become_equal_are_held_back_once() -> None:
    items = make("items", train=["Ann", "cy", "cy!", "bo", "?"], validation=["ANN"], test=["Bo"])
    after = cleaned(items, Cleaning(lower=True, punctuation=False))
    assert after.splits == {"train": ["cy"], "validation": ["ann"], "test": ["bo"]}


def test_doubles_can_be_kept_and_what_is_held_out_stays_so() -> None:
    corpus = make("items", train=["ada", "bo"], validation=["cy"], test=["di"])
    after = cleaned(corpus, Cleaning(doubles=True), items=["ada", "cy", "ada", "di", "cy", "bo"])
    assert after.splits == {
        "train": ["ada", "ada", "cy", "bo"],
        "validation": ["cy"],
        "test": ["di"],
    }
    assert "doubles kept" in after.info.split_rule


def test_whether_a_list_comes_with_doubles_is_known_without_reading_it() -> None:
    for name in filter(is_ready, corpora.names()):
        assert comes_with_doubles(name) == bool(as_given(name)), name
    assert comes_with_doubles("names")
    assert not comes_with_doubles("own-of-somebody")


def test_the_rule_goes_with_the_text_when_it_is_stored() -> None:
    after = as_own(cleaned(make(**TEXTS), Cleaning(lower=True, rarest=2)))
    again = load_own(save_own(after))
    assert again.splits == after.splits
    assert again.info.split_rule == after.info.split_rule
    assert "lower case, words that train less than 2 times as <unk>" in again.info.split_rule
    assert again.info.name == after.info.name


def test_a_text_of_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(BadText, match="switch off"):
        cleaned(make(train=["?!"]), Cleaning(punctuation=False))


def test_sizes_are_counted() -> None:
    texts = ["one two", "two"]
    assert sizes(texts) == {
        "texts": 2,
        "characters": 10,
        "different characters": len(Counter("".join(texts))),
        "words": 3,
        "different words": 2,
    }
