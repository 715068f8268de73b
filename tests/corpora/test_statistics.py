"""Statistics on small corpora whose answers can be counted by hand."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.corpus import Corpus, CorpusInfo
from lm_core.corpora.statistics import (
    coverage,
    filled_splits,
    overlap,
    pieces,
    rank_frequency,
    search,
    summary,
    token_counts,
)
from lm_core.errors import BadText


def make(kind: str, **splits: list[str]) -> Corpus:
    empty: dict[str, list[str]] = {"train": [], "validation": [], "test": []}
    return Corpus(CorpusInfo("x", "X", "none", "a test", kind=kind), empty | splits)


ITEMS = make("items", train=["emma", "ava", "zoë"], validation=["ava", "mia"])
TEXT = make("text", train=["To be\n\nor not to be"])
SPEECHES = Corpus(
    CorpusInfo("x", "X", "none", "a test"),
    {"train": ["peace and Peace\nwar", "peace"], "validation": [], "test": []},
    {"train": ["1790 Washington", "1861 Lincoln"]},
)


def test_the_summary_counts_each_split_and_all_of_them() -> None:
    table = summary(ITEMS)
    assert table.index.tolist() == ["train", "validation", "all"]
    assert table.loc["train"].tolist() == [3, 13, 14]
    assert table.loc["all"].tolist() == [5, 21, 22]


def test_the_summary_counts_words_and_different_words_with_a_split_function() -> None:
    table = summary(ITEMS, str.split)
    assert table["words"].tolist() == [3, 2, 5]
    assert table["distinct words"].tolist() == [3, 2, 4], "ava is in both splits"


def test_empty_splits_are_left_out() -> None:
    assert filled_splits(TEXT) == ["train"]
    assert summary(TEXT).index.tolist() == ["train", "all"]


def test_lengths_are_of_items_documents_or_the_lines_of_one_text() -> None:
    assert pieces(ITEMS, "train") == ["emma", "ava", "zoë"]
    assert pieces(TEXT, "train") == ["To be", "or not to be"]
    assert len(pieces(SPEECHES, "train")) == 2
    assert pieces(TEXT, "test") == []


def test_token_counts_are_sorted_by_frequency_then_alphabet() -> None:
    table = token_counts(["b", "a", "c", "a", "b", "d"])
    assert table["token"].tolist() == ["a", "b", "c", "d"]
    assert table["count"].tolist() == [2, 2, 1, 1]
    assert table["share"].sum() == pytest.approx(1)
    assert token_counts([]).empty


@pytest.mark.parametrize("slope", [-1.0, -0.5])
def test_zipfs_slope_is_recovered_from_counts_that_follow_it(slope: float) -> None:
    rank = np.arange(1, 2001)
    fitted = rank_frequency(np.round(1e7 * rank**slope))
    assert fitted.slope == pytest.approx(slope, abs=1e-3)
    assert fitted.line(rank[:5]) == pytest.approx(fitted.count[:5], rel=1e-2)


def test_ranks_start_at_one_and_counts_fall() -> None:
    fitted = rank_frequency([1, 5, 0, 3])
    assert fitted.rank.tolist() == [1, 2, 3]
    assert fitted.count.tolist() == [5, 3, 1]
    assert math.isnan(rank_frequency([7]).slope)
    assert rank_frequency([]).rank.size == 0


def test_coverage_is_the_share_of_the_k_most_frequent() -> None:
    assert coverage([1, 5, 4]).tolist() == pytest.approx([0.5, 0.9, 1.0])
    assert coverage([]).size == 0


def test_overlap_is_the_share_that_also_trains() -> None:
    assert overlap(ITEMS) == {"validation": 0.5}
    assert overlap(TEXT) == {}


def test_search_says_where_a_text_occurs() -> None:
    found = search(SPEECHES, "peace", "train")
    assert (found.total, found.documents) == (3, 2)
    second, last = found.hits[1], found.hits[2]
    assert (second.before, second.match, second.after) == ("peace and ", "Peace", "")
    assert (last.document, last.label, last.position) == (1, "1861 Lincoln", 0)


def test_search_counts_all_and_shows_as_many_as_asked() -> None:
    found = search(SPEECHES, "peace", "train", 1)
    assert (found.total, len(found.hits)) == (3, 1)
    assert search(SPEECHES, "peace", match_case=True).total == 2
    assert search(SPEECHES, "peace", "test").total == 0


def test_search_takes_signs_as_they_are() -> None:
    corpus = make("text", train=["what? (really) a+b"])
    assert search(corpus, "(really)").total == 1
    assert search(corpus, "a.b").total == 0


LETTERS = st.text("aAbBéÉΣσςİiIẞßſ.\n ", max_size=30)


@given(document=LETTERS, wanted=LETTERS.filter(len))
def test_a_search_finds_what_stands_there_in_any_case(document: str, wanted: str) -> None:
    found = search(make("text", train=[document]), wanted, limit=99)
    assert found.total == len(found.hits)
    for hit in found.hits:
        assert hit.match == document[hit.position : hit.position + len(wanted)]
        assert re.fullmatch(re.escape(hit.match), wanted, re.IGNORECASE) or "İ" in document + wanted
    exact = search(make("text", train=[document]), wanted, match_case=True)
    assert found.total >= exact.total == document.count(wanted)


def test_a_search_of_many_equal_letters_looks_at_each_once() -> None:
    """At every place it would find all but the last letter, and begin again at the next."""
    corpus = make("text", train=["a" * 2_000_000])
    assert search(corpus, "A" * 1_000_000 + "b").total == 0


def test_an_empty_search_says_what_to_type() -> None:
    with pytest.raises(BadText, match="Type a word"):
        search(TEXT, "")
