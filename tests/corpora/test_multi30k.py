"""multi30k as published, from a server on this machine and from a folder."""

import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest

from lm_core.corpora import is_ready, load_corpus, multi30k, origin
from lm_core.errors import CorpusUnavailable

LINES = {
    "train.en": ["A dog runs.", "A man  sings. ", "Two girls read."],
    "train.fr": ["Un chien court.", "Un homme chante.", "Deux filles lisent."],
    "train.de": ["Ein Hund rennt.", "Ein Mann singt.", "Zwei Mädchen lesen."],
    "val.en": ["a man sings.", "A cat sleeps."],
    "val.fr": ["Un homme chante.", "Un chat dort."],
    "val.de": ["Ein Mann singt.", "Eine Katze schläft."],
    "test_2016_flickr.en": ["A boat."],
    "test_2016_flickr.fr": ["Un bateau."],
    "test_2016_flickr.de": ["Ein Boot."],
}
FILES = {
    f"{name}.gz": gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)
    for name, lines in LINES.items()
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, data in FILES.items():
        known = (len(data), hashlib.sha256(data).hexdigest())
        monkeypatch.setitem(multi30k._KNOWN, name.removesuffix(".gz"), known)


@pytest.fixture
def served(server: Any) -> Any:
    for corpus in ("multi30k-en-fr", "multi30k-de-en"):
        server.files |= {f"/{corpus}/{name}": data for name, data in FILES.items()}
    return server


def supply(folder: Path, monkeypatch: pytest.MonkeyPatch, *published: str) -> None:
    folder.mkdir(parents=True)
    for name, data in FILES.items():
        if name.split(".")[0] in published:
            (folder / name).write_bytes(data)
    root = folder.parent if folder.name == "multi30k" else folder
    monkeypatch.setenv("LM_LAB_DATA", str(root))


def test_six_files_become_three_splits_that_share_nothing(served: Any) -> None:
    assert not is_ready("multi30k-en-fr")
    corpus = load_corpus("multi30k-en-fr")
    assert corpus.sides == ("English", "French")
    assert corpus.splits == {
        "train": [("A dog runs.", "Un chien court."), ("Two girls read.", "Deux filles lisent.")],
        "validation": [("a man sings.", "Un homme chante."), ("A cat sleeps.", "Un chat dort.")],
        "test": [("A boat.", "Un bateau.")],
    }
    assert is_ready("multi30k-en-fr")
    assert len(served.asked) == 6
    assert corpus.info.note == ""


def test_german_is_the_source_of_the_other(served: Any) -> None:
    corpus = load_corpus("multi30k-de-en")
    assert corpus.sides == ("German", "English")
    assert corpus.splits["test"] == [("Ein Boot.", "A boat.")]


@pytest.mark.parametrize("folder", ["multi30k", "data"])
def test_without_a_test_in_the_folder_there_is_none_and_nobody_is_asked(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Any
) -> None:
    supply(tmp_path / "supplied" / folder, monkeypatch, "train", "val")
    assert is_ready("multi30k-en-fr")
    before = origin("multi30k-en-fr")
    corpus = load_corpus("multi30k-en-fr")
    assert corpus.splits["test"] == []
    assert "There is no test" in corpus.info.note
    assert len(corpus.splits["validation"]) == 2
    assert not server.asked
    for language in ("en", "fr"):
        name = f"test_2016_flickr.{language}.gz"
        (tmp_path / "supplied" / folder / name).write_bytes(FILES[name])
    assert origin("multi30k-en-fr") != before
    assert load_corpus("multi30k-en-fr").splits["test"] == [("A boat.", "Un bateau.")]


def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    supply(tmp_path / "multi30k", monkeypatch, "train", "val")
    (tmp_path / "multi30k" / "train.fr.gz").write_bytes(b"another")
    with pytest.raises(CorpusUnavailable, match="not the file that multi30k-en-fr needs"):
        load_corpus("multi30k-en-fr")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (gzip.compress(b"One line.\n", mtime=0), "have 3 and 1 lines"),
        (b"not gzip", "cannot be read"),
        (FILES["train.fr.gz"][:-9], "cannot be read"),
        (gzip.compress(b"\xff\xfe\n" * 3, mtime=0), "cannot be read"),
    ],
)
def test_sides_that_do_not_fit_are_refused(
    data: bytes, sentence: str, served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = (len(data), hashlib.sha256(data).hexdigest())
    monkeypatch.setitem(multi30k._KNOWN, "train.fr", known)
    served.files["/multi30k-en-fr/train.fr.gz"] = data
    with pytest.raises(CorpusUnavailable, match=sentence):
        load_corpus("multi30k-en-fr")


def test_the_known_files_are_those_of_a_named_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert set(multi30k._KNOWN) == set(LINES)
    file = multi30k.files(multi30k.DE_EN)["validation"][0]
    assert file.url.endswith("/a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw/val.de.gz")
    assert file.sha256 == "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a"
