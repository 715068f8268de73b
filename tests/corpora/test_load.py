"""Corpora by name: known or refused, loaded once, a bounded number in memory."""

from typing import Any

import pytest

from lm_core.corpora import is_ready, load, load_corpus, remove_download, shakespeare
from lm_core.corpora.own import own_corpus, save_own
from lm_core.errors import BadText, CorpusUnavailable, UnknownName


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    for function in (load_corpus, is_ready, remove_download):
        with pytest.raises(UnknownName, match="did you mean 'names'"):
            function("nmaes")


def test_embedded_corpora_are_ready_and_loaded_once() -> None:
    assert is_ready("speeches")
    assert load_corpus("names") is load_corpus("names")


def test_another_home_or_data_folder_takes_effect(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_corpus("names")
    monkeypatch.setenv("LM_LAB_DATA", str(tmp_path))
    assert load_corpus("names") is not first


def test_few_corpora_stay_in_memory() -> None:
    for i in range(2 * load._KEPT):
        corpus = own_corpus(f"{i} to be or not to be " * 20, title="t", items=False)
        save_own(corpus)
        load_corpus(corpus.info.name)
    assert len(load._loaded) == load._KEPT


def test_a_stored_own_text_is_loaded_by_the_name_of_its_corpus() -> None:
    corpus = own_corpus("To be, or not to be. " * 20, title="Mine", items=False)
    assert not is_ready(corpus.info.name)
    with pytest.raises(BadText, match="upload or paste it again"):
        load_corpus(corpus.info.name)
    save_own(corpus)
    assert is_ready(corpus.info.name)
    assert load_corpus(corpus.info.name) == corpus


def test_a_removed_download_is_gone_from_disk_and_memory(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace
    from hashlib import sha256

    data = b"Speak, speak.\n" * 50
    known = replace(shakespeare.FILE, sha256=sha256(data).hexdigest())
    monkeypatch.setattr(shakespeare, "FILE", known)
    server.files["/tiny-shakespeare/tinyshakespeare.txt"] = data
    load_corpus("tiny-shakespeare")
    remove_download("tiny-shakespeare")
    server.files.clear()
    assert not is_ready("tiny-shakespeare")
    with pytest.raises(CorpusUnavailable):
        load_corpus("tiny-shakespeare")


def test_removing_what_ships_in_a_package_does_nothing() -> None:
    remove_download("names")
    assert is_ready("names")
