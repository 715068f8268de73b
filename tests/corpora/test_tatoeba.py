"""tatoeba-en-fr from a server on this machine: a list of pairs, or refused."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lm_core.corpora import is_ready, load_corpus, tatoeba
from lm_core.corpora.fetching import download_folder
from lm_core.corpora.splitting import same
from lm_core.errors import CorpusUnavailable

ROWS = [f"Sentence {i // 2}.\tPhrase {i}.\tCC-BY 2.0 (somebody)" for i in range(2000)]
PLACE = "/tatoeba-en-fr/fra-eng.zip"


def packed(text: str | bytes, member: str = "fra.txt") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_about.txt", "about")
        archive.writestr(member, text)
    return file.getvalue()


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tatoeba, "HELD_OUT", 100)


def test_the_first_two_columns_are_pairs_and_translations_stay_together(server: Any) -> None:
    server.files[PLACE] = packed("\r\n".join([*ROWS, "no tab", "\t\t", ""]))
    assert not is_ready("tatoeba-en-fr")
    corpus = load_corpus("tatoeba-en-fr")
    assert is_ready("tatoeba-en-fr")
    assert corpus.sides == ("English", "French")
    assert [len(pairs) for pairs in corpus.splits.values()] == [1800, 100, 100]
    sources = [{same(source) for source, _ in pairs} for pairs in corpus.splits.values()]
    assert len(set.union(*sources)) == sum(map(len, sources)) == 1000
    assert ("Sentence 7.", "Phrase 14.") in [p for s in corpus.splits.values() for p in s]


@pytest.mark.parametrize(
    "data",
    [
        b"<html>please log in</html>",
        b"",
        packed("\n".join(ROWS), "deu.txt"),
        packed("\n".join(ROWS[:999])),
        packed("\n".join(ROWS).encode("utf-16")),
        packed("\n".join(ROWS))[:-40],
        packed("\n".join(ROWS)).replace(b"Sentence", b"xxxxxxxx", 1)[:5000],
    ],
)
def test_what_is_no_list_is_refused_and_thrown_away(data: bytes, server: Any) -> None:
    server.files[PLACE] = data
    with pytest.raises(CorpusUnavailable, match="was thrown away: try again"):
        load_corpus("tatoeba-en-fr")
    assert not download_folder("tatoeba-en-fr").exists()


def test_an_archive_that_unpacks_without_end_is_refused(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tatoeba, "MAX_BYTES", 10_000)
    server.files[PLACE] = packed("\n".join(ROWS))
    with pytest.raises(CorpusUnavailable, match="is not the list"):
        load_corpus("tatoeba-en-fr")


def test_a_wrong_file_supplied_by_hand_is_refused_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fra-eng.zip").write_bytes(b"another")
    monkeypatch.setenv("LM_LAB_DATA", str(tmp_path))
    with pytest.raises(CorpusUnavailable, match="in the folder LM_LAB_DATA is not the list"):
        load_corpus("tatoeba-en-fr")
    assert (tmp_path / "fra-eng.zip").read_bytes() == b"another"
