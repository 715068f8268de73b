"""tiny-shakespeare is cut exactly as nanoGPT cuts it."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from lm_core.corpora import is_ready, load_corpus, shakespeare

TEXT = "First Citizen:\nBefore we proceed any further, hear me speak.\r\nAll:\nSpeak.\n" * 7


@pytest.fixture(autouse=True)
def small(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = TEXT.encode()
    known = replace(shakespeare.FILE, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    monkeypatch.setattr(shakespeare, "FILE", known)
    server.files["/tiny-shakespeare/tinyshakespeare.txt"] = data


def test_the_first_nine_tenths_train_and_the_rest_validates() -> None:
    corpus = load_corpus("tiny-shakespeare")
    n = int(0.9 * len(TEXT))
    assert corpus.splits == {"train": [TEXT[:n]], "validation": [TEXT[n:]], "test": []}
    assert not corpus.items


def test_it_is_ready_once_fetched() -> None:
    assert not is_ready("tiny-shakespeare")
    load_corpus("tiny-shakespeare")
    assert is_ready("tiny-shakespeare")


def test_the_known_file_is_the_published_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert shakespeare.FILE.url.endswith("char-rnn/master/data/tinyshakespeare/input.txt")
    assert shakespeare.FILE.sha256 == (
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
    )
