"""makemore-names: doubles removed before the split."""

import hashlib
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from lm_core.corpora import load_corpus, makemore_names
from lm_core.corpora.statistics import overlap

NAMES = ["".join(letters) for letters in product("aeiouklmnrst", repeat=3)]


def test_doubles_are_removed_and_a_thousand_held_out_twice(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = "\n".join(NAMES + NAMES + NAMES[:100]).encode()
    known = replace(makemore_names.FILE, sha256=hashlib.sha256(data).hexdigest())
    monkeypatch.setattr(makemore_names, "FILE", known)
    server.files["/makemore-names/names.txt"] = data
    corpus = load_corpus("makemore-names")
    assert corpus.items
    assert {split: len(items) for split, items in corpus.splits.items()} == {
        "train": 12**3 - 2000 if 12**3 > 2000 else 0,
        "validation": 1000,
        "test": 728,
    }
    assert overlap(corpus) == {"validation": 0, "test": 0}
