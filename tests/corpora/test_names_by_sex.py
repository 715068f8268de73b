"""Names by sex: what most births of the year say, split as the names are."""

import pytest

from lm_core.corpora import SPLITS, Labelled
from lm_core.corpora.names import load_names
from lm_core.corpora.names_by_sex import FILE, load_names_by_sex, parse


@pytest.fixture
def corpus() -> Labelled:
    return load_names_by_sex()


def test_the_label_is_the_sex_of_most_of_them(corpus: Labelled) -> None:
    sex = dict(row for split in SPLITS for row in corpus.splits[split])
    assert len(sex) == 29_856
    assert (sex["emma"], sex["liam"], sex["riley"]) == ("female", "male", "female")
    assert corpus.classes == ["female", "male"]
    assert corpus.info.kind == "classes"


def test_it_is_what_pandas_counts() -> None:
    import pandas as pd

    path = FILE.path()
    table = pd.read_parquet(path, filters=[("year", "==", 2017)])
    counts = table.assign(name=table["name"].str.lower()).pivot_table(
        index="name", columns="sex", values="n", aggfunc="sum", fill_value=0
    )
    both = int(((counts["F"] > 0) & (counts["M"] > 0)).sum())
    assert dict(parse(path)) == {
        name: "F" if row.F > row.M else "M" if row.M > row.F else "="
        for name, row in zip(counts.index, counts.itertuples(index=False), strict=True)
    }
    assert f"{both:,} names were given to both" in load_names_by_sex().info.about
    assert "the 54 given to as many" in load_names_by_sex().info.about
    assert int((counts["F"] == counts["M"]).sum()) == 54


def test_what_is_held_back_of_the_names_is_held_back_here(corpus: Labelled) -> None:
    names = load_names()
    for split in SPLITS:
        held = dict(corpus.splits[split])
        assert list(held) == [name for name in names.splits[split] if name in held]
        assert len(names.splits[split]) - len(held) < 60


def test_a_kept_copy_gives_the_same(corpus: Labelled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lm_core.corpora.names_by_sex.parse", lambda path: pytest.fail("parsed"))
    assert load_names_by_sex() == corpus
