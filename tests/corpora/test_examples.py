"""Figures of pairs and of labelled texts are those of the rows themselves."""

import pytest

from lm_core.corpora import Labelled, Pairs, load_corpus
from lm_core.corpora.examples import as_texts, find, label_counts, overlap, sizes, told_otherwise
from lm_core.corpora.own import own_info
from lm_core.errors import BadText

PAIRS = Pairs(
    own_info("", "pairs", ""),
    {
        "train": [("one two", "un deux"), ("One  two", "un, deux"), ("three", "trois")],
        "validation": [("four", "TROIS")],
        "test": [],
    },
    ("English", "French"),
)
TEXTS = Labelled(
    own_info("", "classes", ""),
    {"train": [("good day", "kind"), ("go", "rude")], "validation": [("Good  DAY", "kind")]},
    ["kind", "rude", "odd"],
)


def test_sizes_are_those_of_each_side_and_split() -> None:
    table = sizes(PAIRS, str.split)
    assert list(table.index) == ["train", "validation", "all"]
    assert table.loc["train"].tolist() == [3, 5, 4, 5, 4]
    assert table.loc["all"].tolist() == [4, 6, 5, 6, 5]
    assert sizes(TEXTS, str.split).loc["all"].tolist() == [3, 5, 5]


def test_what_stands_in_two_splits_is_found_by_either_side() -> None:
    assert overlap(PAIRS) == {"validation": [0, 1]}
    assert overlap(TEXTS) == {"validation": [1]}
    for name in ("numbers-in-words", "names-by-sex"):
        assert all(not any(counts) for counts in overlap(load_corpus(name)).values())


def test_sources_with_several_targets_are_counted() -> None:
    assert told_otherwise(PAIRS) == (1, 3)


def test_every_class_has_its_counts() -> None:
    assert label_counts(TEXTS).to_numpy().tolist() == [
        ["kind", 1, 1],
        ["rude", 1, 0],
        ["odd", 0, 0],
    ]


def test_a_search_looks_at_both_sides_and_counts_all() -> None:
    counts, hits = find(PAIRS, "TROIS", limit=1)
    assert counts == {"train": 1, "validation": 1}
    assert hits == [("train", ("three", "trois"))]
    assert find(PAIRS, "TROIS", limit=9, match_case=True)[0] == {"train": 0, "validation": 1}
    assert find(TEXTS, "kind", limit=9)[1] == []  # a label is no text
    with pytest.raises(BadText, match="Type a word"):
        find(TEXTS, "", limit=1)


def test_a_side_is_a_text_labelled_with_the_other() -> None:
    side = as_texts(PAIRS, 1)
    assert side.splits == {"train": ["un deux", "un, deux", "trois"], "validation": ["TROIS"]}
    assert side.labels == {"train": ["one two", "One  two", "three"], "validation": ["four"]}
    assert len({side.fingerprint, as_texts(PAIRS).fingerprint, PAIRS.fingerprint}) == 3
    assert as_texts(TEXTS).labels["train"] == ["kind", "rude"]
