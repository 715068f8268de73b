"""makemore-names: doubles removed before the split."""

import hashlib
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from lm_core.corpora import load_corpus, makemore_names
from lm_core.corpora.statistics import overlap

NAMES = ["".join(letters) for letters in product("aeioudklmnprst", repeat=3)]  # 2,744


def test_doubles_are_removed_and_a_thousand_held_out_twice(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = "\n".join(NAMES + NAMES + NAMES[:100]).encode()
    known = replace(makemore_names.FILE, sha256=hashlib.sha256(data).hexdigest())
    monkeypatch.setattr(makemore_names, "FILE", known)
    server.files["/makemore-names/names.txt"] = data
    corpus = load_corpus("makemore-names")
    assert corpus.items
    assert [len(corpus.splits[s]) for s in ("train", "validation", "test")] == [744, 1000, 1000]
    assert overlap(corpus) == {"validation": 0, "test": 0}


def test_the_known_file_is_the_published_one() -> None:
    assert makemore_names.FILE.url.endswith("karpathy/makemore/master/names.txt")
    assert makemore_names.FILE.sha256 == (
        "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"
    )
