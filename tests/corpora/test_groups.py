"""What texts are grouped by, and counts of each group."""

from lm_core.corpora.corpus import Corpus, CorpusInfo, Labelled
from lm_core.corpora.groups import counts_by, groupings, phrase_by
from lm_core.corpora.indexed import indexed

SPEECHES = Corpus(
    CorpusInfo("x", "X", "none", "a test"),
    {"train": ["war and war", "peace"], "validation": ["war"], "test": []},
    {"train": ["1861 Abraham Lincoln", "1953 Dwight D. Eisenhower"], "validation": ["1862 A L"]},
)


def test_dated_labels_give_presidents_and_decades() -> None:
    found = groupings(SPEECHES)
    assert found["president"] == ["Abraham Lincoln", "Dwight D. Eisenhower", "A L"]
    assert found["decade"] == ["1860s", "1950s", "1860s"]
    assert found["part of the data"] == ["train", "train", "validation"]


def test_items_have_a_first_letter_and_labelled_texts_a_class() -> None:
    info = CorpusInfo("x", "X", "none", "a test", kind="items")
    items = Corpus(info, {"train": ["Ada", "bo"], "validation": ["ava"], "test": []})
    assert groupings(items)["first letter"] == ["a", "b", "a"]
    info = CorpusInfo("x", "X", "none", "a test", kind="classes")
    texts = Labelled(info, {"train": [("a", "x"), ("b", "y")]}, ["x", "y"])
    assert groupings(texts) == {"class": ["x", "y"]}


def test_one_running_text_without_labels_has_its_parts_alone() -> None:
    one = Corpus(CorpusInfo("x", "X", "none", ""), {"train": ["a"], "validation": [], "test": []})
    assert groupings(one) == {}


def test_words_are_counted_by_group() -> None:
    words = indexed({"all": ["war and war", "peace", "war"]}, str.split)["all"]
    groups = groupings(SPEECHES)["decade"]
    counts = counts_by(words, groups)
    assert {
        by: dict(zip(words.types, row.tolist(), strict=True)) for by, row in counts.items()
    } == {
        "1860s": {"war": 3, "and": 1, "peace": 0},
        "1950s": {"war": 0, "and": 0, "peace": 1},
    }
    assert phrase_by(words, groups, ["war"]) == {"1860s": (3, 4), "1950s": (0, 1)}
    assert phrase_by(words, groups, ["and", "war"]) == {"1860s": (1, 4), "1950s": (0, 1)}
