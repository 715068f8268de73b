"""The corpus contract: sizes, and what every entry of the registry says of itself."""

import pytest

from lm_core.corpora import SPLITS, Corpus, CorpusInfo, corpora, is_ready, origin

NAMES = ["names", "speeches", "tiny-shakespeare", "makemore-names", "wikitext-2"]


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
    assert corpora.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_corpus_says_where_it_is_from_and_under_what_licence(name: str) -> None:
    entry = corpora[name]
    info = entry.extra["info"]
    assert (info.name, info.title) == (name, entry.title)
    assert info.kind in ("items", "text")
    assert info.how in ("embedded", "download")
    assert info.may_be_passed_on  # with a model, which an archive does
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
