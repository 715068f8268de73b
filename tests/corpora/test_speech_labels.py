"""Paragraphs with their party, decade and year: right labels, and no year in two splits."""

from itertools import combinations

import pytest

from lm_core.corpora import SPLITS, Labelled
from lm_core.corpora.speech_labels import (
    load_by_decade,
    load_by_party,
    load_by_year,
    paragraphs,
    split_years,
)
from lm_core.corpora.speeches import read_speeches
from lm_core.corpora.splitting import same


@pytest.fixture(scope="module")
def corpora() -> list[Labelled]:
    return [load_by_party(), load_by_decade(), load_by_year()]


def test_all_three_have_the_same_paragraphs(corpora: list[Labelled]) -> None:
    party, decade, year = corpora
    for split in SPLITS:
        texts = [[text for text, _ in corpus.splits[split]] for corpus in corpora]
        assert texts[0] == texts[1] == texts[2]
    assert [len(party.splits[split]) for split in SPLITS] == [15_485, 2636, 1676]
    assert (party.info.kind, decade.info.kind, year.info.kind) == ("classes", "classes", "values")
    assert party.classes == ["Democratic", "Republican", "Other"]
    assert (decade.classes[0], decade.classes[-1], len(decade.classes)) == ("1790s", "2020s", 24)
    assert (year.classes, year.unit) == ([], "year")


def test_labels_agree_with_the_speech_a_paragraph_is_from(corpora: list[Labelled]) -> None:
    party, decade, year = corpora
    spoken = {(s.year, same(p)): s for s in read_speeches() for p in paragraphs(s.text)}
    for split in SPLITS:
        rows = zip(party.splits[split], decade.splits[split], year.splits[split], strict=True)
        for (text, of_party), (_, of_decade), (_, of_year) in rows:
            speech = spoken[int(of_year), same(text)]
            assert of_decade == f"{int(of_year) // 10 * 10}s"
            assert of_party in (speech.party, "Other")


@pytest.mark.parametrize(
    ("year", "label"),
    [(1797, "Other"), (1862, "Republican"), (1866, "Other"), (1941, "Democratic")],
)
def test_parties_are_merged_where_they_are_no_more(
    corpora: list[Labelled], year: int, label: str
) -> None:
    party, _, of_year = corpora
    pairs = [
        (found, row[1])
        for split in SPLITS
        for (_, found), row in zip(party.splits[split], of_year.splits[split], strict=True)
    ]
    assert {found for found, of in pairs if of == year} == {label}


def test_no_year_and_no_paragraph_is_in_two_splits(corpora: list[Labelled]) -> None:
    for place, key in ((1, float), (0, same)):
        seen = [{key(row[place]) for row in corpora[2].splits[split]} for split in SPLITS]
        assert not any(one & other for one, other in combinations(seen, 2))


def test_each_decade_has_a_year_in_each_split(corpora: list[Labelled]) -> None:
    for split in SPLITS:
        assert {decade for _, decade in corpora[1].splits[split]} == set(corpora[1].classes)
    splits = split_years(range(1790, 1810))
    assert [list(splits.values()).count(split) for split in SPLITS] == [16, 2, 2]
    assert splits == split_years(reversed(range(1790, 1810)))


def test_paragraphs_have_20_to_200_words() -> None:
    text = "\n\n".join("word " * n for n in (19, 20, 200, 201))
    assert [len(p.split()) for p in paragraphs(text)] == [20, 200]
