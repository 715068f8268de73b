"""The 2017 names: their number, their letters, their splits; quick, and without pandas."""

import hashlib
import string
import subprocess
import sys
from pathlib import Path

import pytest

from lm_core.corpora.corpus import Corpus
from lm_core.corpora.names import FILE, load_names, parse_names
from lm_core.corpora.statistics import overlap


@pytest.fixture
def corpus() -> Corpus:
    return load_names()


def test_there_are_29_910_different_names_in_small_letters(corpus: Corpus) -> None:
    names = [name for split in corpus.splits.values() for name in split]
    assert len(names) == len(set(names)) == 29_910
    assert set("".join(names)) == set(string.ascii_lowercase)


def test_a_thousand_validate_and_a_thousand_test_and_none_of_them_trains(corpus: Corpus) -> None:
    assert [len(corpus.splits[s]) for s in ("train", "validation", "test")] == [27_910, 1000, 1000]
    assert overlap(corpus) == {"validation": 0, "test": 0}


def test_the_split_is_the_one_that_shipped_models_were_trained_with(corpus: Corpus) -> None:
    held = "\n".join(corpus.splits["validation"] + corpus.splits["test"])
    assert hashlib.sha256(held.encode()).hexdigest().startswith("4a6f88edc532606a")


def test_the_package_is_read_as_pandas_reads_it() -> None:
    import pandas as pd

    path = FILE.path()
    table = pd.read_parquet(path, columns=["year", "name"], filters=[("year", "==", 2017)])
    assert parse_names(path) == list(dict.fromkeys(table["name"].str.lower()))


def test_a_kept_copy_gives_the_same_corpus(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lm_core.corpora.names.parse_names", lambda path: pytest.fail("parsed"))
    assert load_names().splits == corpus.splits


def test_a_home_that_cannot_be_written_changes_nothing(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    monkeypatch.setenv("LM_LAB_HOME", str(blocked))
    assert load_names().splits == corpus.splits


def test_embedded_corpora_load_without_pandas_or_torch() -> None:
    code = (
        "import sys; from lm_core.corpora import load_corpus; "
        "load_corpus('names'); load_corpus('speeches'); "
        "print([m for m in ('pandas', 'torch', 'torchtext', 'pooch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
