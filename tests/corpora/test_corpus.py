"""The corpus contract: sizes, and what every entry of the registry says of itself."""

from dataclasses import replace

import pytest

from lm_core.corpora import (
    SPLITS,
    Corpus,
    CorpusInfo,
    Labelled,
    Pairs,
    corpora,
    is_ready,
    of_kind,
    origin,
)

TEXTS = ["speeches", "tiny-shakespeare", "wikitext-2", "cnn-dailymail"]
ITEMS = ["names", "makemore-names"]
PAIRS = [
    "numbers-in-words",
    "dates-in-words",
    "numbers-en-fr",
    "numbers-en-de",
    "bible-en-fr",
    "multi30k-en-fr",
    "multi30k-de-en",
    "tatoeba-en-fr",
]
CLASSES = ["names-by-sex", "speeches-by-party", "speeches-by-decade"]
VALUES = ["speeches-by-year"]
NAMES = ["names", "speeches", "tiny-shakespeare", "makemore-names", "wikitext-2", "cnn-dailymail"]
NAMES += [*PAIRS, *CLASSES, *VALUES]
FOR_RESEARCH = ["multi30k-en-fr", "multi30k-de-en", "cnn-dailymail"]  # not to be passed on


def corpus(kind: str, train: list[str]) -> Corpus:
    info = CorpusInfo("x", "X", "none", "a test", kind=kind)
    return Corpus(info, {"train": train, "validation": [], "test": []})


def test_each_item_counts_the_newline_that_ends_it() -> None:
    items = corpus("items", ["emma", "zoë"])
    assert items.items
    assert (items.characters("train"), items.bytes("train")) == (9, 10)


def test_one_running_text_counts_as_it_stands_and_several_are_parted() -> None:
    assert corpus("text", ["to be"]).characters("train") == 5
    assert corpus("text", ["to be", "or not"]).characters("train") == 13
    assert corpus("text", []).bytes("validation") == 0


def test_the_registry_lists_the_corpora_in_their_order() -> None:
    assert of_kind("text", "items", "pairs", "classes", "values") == NAMES
    assert of_kind("text") == TEXTS
    assert of_kind("items", "text") == NAMES[:6]
    assert of_kind("pairs") == PAIRS
    assert of_kind("classes", "values") == CLASSES + VALUES
    assert of_kind() == []


def test_a_fingerprint_changes_with_what_can_be_learned_and_with_nothing_else() -> None:
    info = CorpusInfo("x", "X", "none", "a test", kind="pairs")
    splits = {"train": [("a", "b")], "validation": [], "test": []}
    pairs = Pairs(info, splits, ("A", "B"))
    classes = Labelled(replace(info, kind="classes"), splits, ["b"])
    values = Labelled(replace(info, kind="values"), {**splits, "train": [("a", 1.0)]}, unit="year")
    others = [
        pairs,
        Pairs(info, splits, ("B", "A")),
        Pairs(info, {**splits, "train": [("a", "c")]}, ("A", "B")),
        classes,
        replace(classes, classes=["b", "c"]),
        values,
        replace(values, unit="day"),
    ]
    assert len({one.fingerprint for one in others}) == len(others)
    assert replace(pairs, info=replace(info, title="Y")).fingerprint == pairs.fingerprint
    assert replace(pairs, info=replace(info, name="own-1", how="own")).fingerprint == "own-1"


def test_a_fingerprint_of_text_is_what_it_was() -> None:
    """What is kept under it, of texts prepared by the version before, is found."""
    assert corpus("text", ["to be"]).fingerprint.startswith("7d46a14cda806359")


@pytest.mark.parametrize("name", NAMES)
def test_every_corpus_says_where_it_is_from_and_under_what_licence(name: str) -> None:
    entry = corpora[name]
    info = entry.extra["info"]
    assert (info.name, info.title) == (name, entry.title)
    assert info.kind in ("items", "text", "pairs", "classes", "values")
    assert info.how in ("embedded", "download", "extra")
    assert info.may_be_passed_on == (name not in FOR_RESEARCH)  # with a model, in an archive
    assert bool(info.about) == (name in CLASSES + VALUES)
    for words in (info.licence, info.source, info.size, info.split_rule, entry.idea):
        assert len(words) > 5
    assert isinstance(is_ready(name), bool)


@pytest.mark.parametrize("name", NAMES)
def test_every_corpus_says_what_its_text_comes_from(name: str) -> None:
    """Then what was made of it is made anew when that is another (`origin`)."""
    sources = corpora[name].extra["sources"]()
    assert sources
    assert [source.identity() for source in sources] == origin(name) == origin(name)
    for source in sources:
        assert bool(source.identity()) == bool(source.find())
    assert is_ready(name) == all(origin(name))


def test_the_splits_are_named_as_everywhere() -> None:
    assert SPLITS == ("train", "validation", "test")
